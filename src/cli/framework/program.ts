/** The command line's grammar: Commander's program for one call, with every other command as a name in a list. */
import { Argument, Command as Commander, CommanderError, type Option } from "commander";
import { UsageError } from "../../base/errors.ts";
import type { Command } from "./define.ts";
import { type Field, readFields } from "./fields.ts";
import { addFlags, flagTerm, givenFlags } from "./flags.ts";
import { helpTail } from "./help-tail.ts";
import { type CommandEntry, groupSummary, type Registry, sectionOf } from "./registry.ts";

/** The command that a call names, loaded. */
export interface LoadedCommand {
  readonly entry: CommandEntry;
  readonly command: Command;
}

/** What a command line says. */
export interface Call extends LoadedCommand {
  readonly arguments: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly flags: ReadonlyMap<string, unknown>;
  readonly configFile: string | undefined;
  readonly dryRun: boolean;
}

/** Where help and the version go. */
export interface HelpStreams {
  readonly version: string;
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
}

const optionsOnly = "print the resolved options with their sources as YAML, and stop";

function addArguments(leaf: Commander, command: Command): void {
  for (const { name, summary, required, variadic } of command.arguments) {
    const term = variadic === true ? `${name}...` : name;
    leaf.addArgument(new Argument(required ? `<${term}>` : `[${term}]`, summary));
  }
}

function describeCommand(leaf: Commander, { entry, command }: LoadedCommand, program: string): void {
  const fields = readFields(command.options);
  leaf.description(command.description ?? entry.summary);
  addArguments(leaf, command);
  for (const field of fields) addFlags(leaf, field);
  if (fields.length > 0) {
    leaf.optionsGroup("Configuration:");
    leaf.option("--config <file>", `YAML file whose section ${sectionOf(entry)} sets options; flags override it`);
    leaf.option("--dry-run", command.dryRun === undefined ? optionsOnly : "print what would be done, and stop");
  }
  leaf.addHelpText("after", helpTail(command, program));
}

function buildProgram(registry: Registry, loaded: LoadedCommand | undefined, streams: HelpStreams) {
  const fields: readonly Field[] = loaded === undefined ? [] : readFields(loaded.command.options);
  const root = new Commander(registry.program)
    .description(registry.summary)
    .version(streams.version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .option("--json", "print one JSON document on stdout")
    .option("--quiet", "no messages or progress on stderr, only warnings and errors")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, optionTerm: (option: Option) => flagTerm(option, fields) })
    .configureOutput({
      writeOut: streams.out,
      writeErr: streams.err,
      outputError: () => {}, // errors are thrown, and worded in one place
      getOutHelpWidth: () => streams.columns,
      getErrHelpWidth: () => streams.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const groups = new Map<string, Commander>();
  let called: Commander | undefined;
  for (const entry of registry.commands) {
    const [first, second] = entry.path;
    let parent = root;
    if (second !== undefined) {
      parent = groups.get(first) ?? root.command(first).description(groupSummary(registry, first));
      groups.set(first, parent);
    }
    const leaf = parent.command(second ?? first).summary(entry.summary);
    if (entry !== loaded?.entry) continue;
    called = leaf;
    describeCommand(leaf, loaded, registry.program);
  }
  return { root, called, fields };
}

function usageErrorFrom(error: CommanderError, where: string): UsageError {
  const [message = "", hint] = error.message
    .replace(/^error: (.)/, (_, first: string) => first.toUpperCase())
    .split("\n(");
  const suggestion = hint === undefined ? "" : `${hint.replace(/\)$/, "")} `;
  return new UsageError(`${message}.`, { where, remedy: `${suggestion}See ${where} --help.` }, { cause: error });
}

/**
 * Reads a command line.
 * @returns what it says, or the exit code when it asked for help or the version, which are printed
 * @throws UsageError for unknown or incomplete flags and arguments, with the nearest known flag
 */
export function parseCall(
  argv: readonly string[],
  registry: Registry,
  loaded: LoadedCommand | undefined,
  streams: HelpStreams,
): Call | number {
  const { root, called, fields } = buildProgram(registry, loaded, streams);
  let values: readonly (string | readonly string[] | undefined)[] = [];
  called?.action(() => {
    values = called.processedArgs;
  });
  try {
    root.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help") return 2; // a group or the program alone: its help is on stderr
    throw usageErrorFrom(error, [registry.program, ...(loaded?.entry.path ?? [])].join(" "));
  }
  if (loaded === undefined || called === undefined) return 0; // not reached: without a command there is only help
  const configFile: unknown = called.getOptionValue("config");
  return {
    ...loaded,
    arguments: Object.fromEntries(loaded.command.arguments.map(({ name }, i) => [name, values[i]])),
    flags: givenFlags(called, fields),
    configFile: typeof configFile === "string" ? configFile : undefined,
    dryRun: called.getOptionValue("dryRun") === true,
  };
}
