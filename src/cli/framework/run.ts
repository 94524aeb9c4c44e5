/** From a command line to an exit code: find, parse, resolve, run, print. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import type { FileSection } from "./config-file.ts";
import type { Context } from "./context.ts";
import type { CommandResult } from "./define.ts";
import { failureOf } from "./failure.ts";
import { packageInfo } from "./package-info.ts";
import { type LoadedCommand, parseCall } from "./program.ts";
import { ProgressDisplay, type TextStream } from "./progress.ts";
import { findCommand, type Registry, sectionOf } from "./registry.ts";
import { resolveOptions } from "./resolve.ts";

/** What the command line touches of the world; a test hands in its own. */
export interface Environment {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly signal: AbortSignal;
  /** Milliseconds, for progress. */
  now(): number;
}

const HELP_COLUMNS = 100;

/** `help train` is `train --help`. */
function withoutHelpWord(argv: readonly string[]): readonly string[] {
  return argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
}

function asksFor(flag: string, argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes(flag);
}

/** `study my.yaml` is `study run my.yaml`, in groups that say so. */
function withImpliedWord(argv: readonly string[], { groups }: Registry): readonly string[] {
  const at = argv.findIndex((word) => !word.startsWith("-"));
  const group = Object.entries(groups).find(([name]) => name === argv[at])?.[1];
  if (typeof group !== "object" || !/\.ya?ml$/i.test(argv[at + 1] ?? "")) return argv;
  return [...argv.slice(0, at + 1), group.runsFiles, ...argv.slice(at + 1)];
}

async function load(registry: Registry, argv: readonly string[]): Promise<LoadedCommand | undefined> {
  const words = argv.filter((word) => !word.startsWith("-"));
  const entry = findCommand(registry, words);
  return entry && { entry, command: await entry.load() };
}

async function readConfig(path: string, registry: Registry): Promise<ReadonlyMap<string, FileSection>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const found = fileErrorCode(error);
    if (found === undefined) throw error;
    throw new UsageError(
      "The configuration file cannot be read.",
      { where: `--config ${path}`, found },
      { cause: error },
    );
  }
  // Loading the YAML parser costs each start a thirtieth of a second, and few commands are given a file.
  const { readSections } = await import("./config-file.ts");
  return readSections(text, path, registry.commands.map(sectionOf));
}

async function execute(
  argv: readonly string[],
  registry: Registry,
  { stdout, stderr }: Environment,
  context: Context,
): Promise<CommandResult | number> {
  const call = parseCall(argv, registry, await load(registry, argv), {
    version: packageInfo().version,
    columns: stdout.columns ?? HELP_COLUMNS,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
  });
  if (typeof call === "number") return call;
  const { command } = call;
  const section = sectionOf(call.entry);
  const file = call.configFile === undefined ? undefined : (await readConfig(call.configFile, registry)).get(section);
  const resolved = resolveOptions(command, { section, file: file ?? new Map(), flags: call.flags });
  const input = { arguments: call.arguments, options: resolved.options, resolved };
  if (!call.dryRun) return command.run(input, context);
  if (command.dryRun !== undefined) return command.dryRun(input, context);
  const { resolvedYaml } = await import("./resolved-yaml.ts");
  return { document: { ...resolved, arguments: call.arguments }, text: resolvedYaml(resolved) };
}

/**
 * Runs one command line and prints its answer.
 * @returns the exit code: 0, 2 usage, 3 data, 4 model or graph, 70 bug, 130 interrupted, or what the command's verdict is
 */
export async function runCli(
  rawArgv: readonly string[],
  environment: Environment,
  registry: Registry,
): Promise<number> {
  const { stdout, stderr, signal, now } = environment;
  const argv = withImpliedWord(withoutHelpWord(rawArgv), registry);
  // Read before parsing: even a command line that cannot be parsed is answered in the form it asks for.
  const json = asksFor("--json", argv);
  const quiet = asksFor("--quiet", argv);
  const display = new ProgressDisplay(stderr, { quiet, now });
  const context: Context = {
    log: {
      info: (message) => void (quiet || display.write(`${message}\n`)),
      warn: (message) => display.write(`warning: ${message}\n`),
    },
    json,
    signal,
    progress: (label, total) => display.start(label, total),
  };
  const print = (document: object, text: string) => {
    const answer = json ? JSON.stringify(document, null, 2) : text;
    if (answer !== "") stdout.write(answer.endsWith("\n") ? answer : `${answer}\n`);
  };
  try {
    const result = await execute(argv, registry, environment, context);
    display.close();
    if (typeof result === "number") return result;
    print(result.document, result.text);
    return signal.aborted ? 130 : (result.exitCode ?? 0);
  } catch (error) {
    display.close();
    const failure = failureOf(error, signal);
    stderr.write(`${failure.text}\n`);
    print(failure.document, "");
    return failure.exitCode;
  }
}
