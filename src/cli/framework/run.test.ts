import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { DataError, GraphError, InterruptedError, ModelError, ShapeError } from "../../base/errors.ts";
import { type CommandResult, defineCommand } from "./define.ts";
import type { Registry } from "./registry.ts";

const train = defineCommand({
  description: "Trains a mapper on a folder of features.",
  arguments: [
    { name: "features", summary: "Folder of features.", required: true },
    { name: "runs", summary: "Runs to compare with.", required: false, variadic: true },
  ],
  options: z.object({
    protocol: z.enum(["clean", "paper"]).default("clean").describe("Set of defaults"),
    epochs: z.number().int().positive().default(20).describe("Passes over the rows"),
    concatNorm: z.boolean().default(true).describe("Normalise the pair"),
    strict: z.boolean().default(false).describe("Refuse what is only warned about"),
    box: z.array(z.string()).default([]).describe("Box x1,y1,x2,y2"),
    out: z.string().optional().describe("Run folder"),
  }),
  presets: { key: "protocol", tables: { clean: {}, paper: { concatNorm: false } } },
  examples: ["train features --epochs 3"],
  async run(input, context) {
    context.log.info("an info");
    context.log.warn("a warning");
    const progress = context.progress("train", 2);
    progress.advance(2);
    return {
      document: { ...input.options, features: input.arguments.features, runs: input.arguments.runs },
      text: `trained for ${input.options.epochs} epochs`,
    };
  },
});

/** A command that fails, answers or waits as a test tells it. */
const told: { act: (signal: AbortSignal) => Promise<CommandResult> } = {
  act: () => Promise.reject(new Error("untold")),
};
const check = defineCommand({
  arguments: [],
  options: z.object({}),
  examples: [],
  run: (_, { signal }) => told.act(signal),
});

const loaded: string[] = [];
const registry: Registry = {
  program: "regionformer",
  summary: "A program.",
  groups: { data: "Data sets." },
  commands: [
    {
      path: ["train"],
      summary: "Train a mapper.",
      load: async () => {
        loaded.push("train");
        return train;
      },
    },
    {
      path: ["data", "check"],
      summary: "Check a data set.",
      load: async () => {
        loaded.push("data check");
        return check;
      },
    },
  ],
};
const cli = (...argv: string[]) => captureCli(registry, argv);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "regionformer-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function configFile(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("an answer", () => {
  it("is text for people, with messages and progress on stderr", async () => {
    const { exitCode, stdout, stderr } = await cli("train", "features", "--epochs", "3");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "trained for 3 epochs\n" });
    expect(stderr).toMatch(/^an info\nwarning: a warning\ntrain 2\/2 \(100%\)/);
  });

  it("is exactly one JSON document under --json, wherever the flag stands", async () => {
    for (const argv of [
      ["--json", "train", "features"],
      ["train", "--json", "features"],
      ["train", "features", "--json"],
    ]) {
      const { exitCode, stdout, stderr } = await cli(...argv);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        protocol: "clean",
        epochs: 20,
        concatNorm: true,
        strict: false,
        box: [],
        features: "features",
        runs: [],
      });
      expect(stderr).toMatch(/a warning/);
    }
  });

  it("comes with warnings only under --quiet", async () => {
    const { stdout, stderr } = await cli("train", "features", "--quiet");
    expect(stdout).toBe("trained for 20 epochs\n");
    expect(stderr).toBe("warning: a warning\n");
  });

  it("may carry a verdict as exit code", async () => {
    told.act = async () => ({ document: { errors: 2 }, text: "2 errors", exitCode: 3 });
    expect(await cli("data", "check")).toEqual({ exitCode: 3, stdout: "2 errors\n", stderr: "" });
    const { exitCode, stdout } = await cli("data", "check", "--json");
    expect({ exitCode, document: JSON.parse(stdout) }).toEqual({ exitCode: 3, document: { errors: 2 } });
  });
});

describe("flags", () => {
  it("set numbers, lists, arguments and switches both ways", async () => {
    const argv = ["train", "features", "a", "b", "--box", "0,0,1,1", "--no-concat-norm", "--strict", "--box=-1,0,1,1"];
    const document = JSON.parse((await cli(...argv, "--json")).stdout);
    expect(document).toMatchObject({ box: ["0,0,1,1", "-1,0,1,1"], concatNorm: false, strict: true, runs: ["a", "b"] });
  });

  it("win over the file, which wins over the preset, in both directions of a switch", async () => {
    const path = await configFile("layers.yaml", "train: {protocol: paper, epochs: 7, strict: true}\ndata-check: {}\n");
    const fromFile = JSON.parse((await cli("train", "features", "--config", path, "--json")).stdout);
    expect(fromFile).toMatchObject({ protocol: "paper", epochs: 7, concatNorm: false, strict: true });
    const argv = ["train", "features", "--config", path, "--concat-norm", "--no-strict", "--epochs", "8", "--json"];
    expect(JSON.parse((await cli(...argv)).stdout)).toMatchObject({ epochs: 8, concatNorm: true, strict: false });
  });
});

describe("--dry-run", () => {
  it("prints a file that gives the same options again, and runs nothing", async () => {
    const first = await cli("train", "features", "--protocol", "paper", "--box", "0,0,1,1", "--dry-run");
    expect(first).toEqual({
      exitCode: 0,
      stderr: "",
      stdout:
        "train:\n  protocol: paper # --protocol\n  epochs: 20 # default\n  concatNorm: false # protocol paper\n" +
        '  strict: false # default\n  box: [ "0,0,1,1" ] # --box\n',
    });
    const path = await configFile("resolved.yaml", first.stdout);
    const again = JSON.parse((await cli("train", "features", "--config", path, "--dry-run", "--json")).stdout);
    const document = JSON.parse(
      (await cli("train", "features", "--protocol", "paper", "--box", "0,0,1,1", "--dry-run", "--json")).stdout,
    );
    expect(again.options).toEqual(document.options);
    expect(document).toMatchObject({ section: "train", arguments: { features: "features" } });
    expect(document.sources.concatNorm).toEqual({ layer: "preset", where: "protocol paper" });
  });
});

describe("what cannot be understood", () => {
  it.each([
    ["an unknown command", ["trian"], /no command trian[\s\S]*Did you mean train\?/],
    ["an unknown command of a group", ["data", "chek"], /no command data chek[\s\S]*Did you mean check\?/],
    ["an unknown command with --help", ["help", "trian"], /no command trian/],
    ["an unknown flag", ["train", "f", "--epoch", "3"], /Unknown option '--epoch'[\s\S]*Did you mean --epochs\?/],
    ["an unknown flag before the command", ["--jsn", "train", "f"], /Unknown option '--jsn'/],
    ["a flag without its value", ["train", "f", "--epochs"], /--epochs <number>.* argument missing/],
    ["a missing argument", ["train"], /Missing required argument 'features'/],
    ["a surplus argument", ["data", "check", "x"], /Too many arguments/],
    ["a flag that the command has not", ["data", "check", "--dry-run"], /Unknown option '--dry-run'/],
    ["a wrong value", ["train", "f", "--epochs", "many"], /where: --epochs\n {2}expected: number\n {2}found: "many"/],
    [
      "a configuration file that is not there",
      ["train", "f", "--config", "none.yaml"],
      /--config none.yaml\n {2}found: ENOENT/,
    ],
    ["no command", [], /Usage: regionformer/],
    ["a group alone", ["data"], /Usage: regionformer data[\s\S]*Check a data set/],
  ])("%s exits 2 with words on stderr", async (_, argv, message) => {
    const { exitCode, stdout, stderr } = await cli(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it("in a configuration file is named with file, line and column", async () => {
    const path = await configFile("wrong.yaml", "train:\n  epochs: 3\n  epoch: 4\n");
    const { exitCode, stderr } = await cli("train", "f", "--config", path);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`where: ${path}, line 3, column 3`);
    expect(stderr).toContain("Did you mean epochs?");
  });

  it("is one JSON document under --json, too", async () => {
    const { exitCode, stdout, stderr } = await cli("train", "f", "--epochs", "many", "--json");
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        kind: "UsageError",
        exitCode: 2,
        what: "An option is not valid.",
        where: "--epochs",
        expected: "number",
        found: '"many"',
      },
    });
    expect(stderr).toMatch(/not valid/);
    expect(JSON.parse((await cli("trian", "--json")).stdout)).toMatchObject({ error: { exitCode: 2 } });
  });
});

describe("exit codes", () => {
  const where = { where: "somewhere" };
  it.each([
    [3, new DataError("x", where)],
    [4, new ModelError("x", where)],
    [4, new ShapeError("x", where)],
    [4, new GraphError("x", where)],
    [130, new InterruptedError("x", where)],
  ])("%i for %s, without a stack", async (code, error) => {
    told.act = () => Promise.reject(error);
    const { exitCode, stdout, stderr } = await cli("data", "check");
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toMatch(/^x/);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it("70 for a bug, with versions, where to report, and the stack", async () => {
    told.act = () => Promise.reject(new TypeError("undefined is not a film"));
    const { exitCode, stdout, stderr } = await cli("data", "check", "--json");
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(/bug in regionformer.*report/);
    expect(stderr).toMatch(new RegExp(`regionformer \\d+\\.\\d+\\.\\d+.*Node ${process.version}`));
    expect(stderr).toMatch(/TypeError: undefined is not a film\n {4}at /);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "Bug", exitCode: 70 } });
  });
});

describe("an interruption", () => {
  const reason = new InterruptedError("Interrupted.", { where: "Ctrl-C" });

  function interrupted(act: (signal: AbortSignal) => Promise<CommandResult>) {
    const controller = new AbortController();
    told.act = (signal) => {
      setTimeout(() => controller.abort(reason));
      return act(signal);
    };
    return captureCli(registry, ["data", "check", "--json"], controller.signal);
  }
  const untilAborted = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
    });

  it("that the command throws exits 130 without a stack", async () => {
    const { exitCode, stdout, stderr } = await interrupted(async (signal) => {
      await untilAborted(signal);
      signal.throwIfAborted();
      throw new Error("not reached");
    });
    expect(exitCode).toBe(130);
    expect(stderr).toBe("Interrupted.\n");
    expect(JSON.parse(stdout)).toEqual({ error: { kind: "InterruptedError", exitCode: 130, what: "Interrupted." } });
  });

  it("after which the command still answers exits 130 with the answer", async () => {
    const { exitCode, stdout } = await interrupted(async (signal) => {
      await untilAborted(signal);
      return { document: { saved: true }, text: "saved" };
    });
    expect({ exitCode, document: JSON.parse(stdout) }).toEqual({ exitCode: 130, document: { saved: true } });
  });

  it("does not hide another failure", async () => {
    const { exitCode } = await interrupted(async (signal) => {
      await untilAborted(signal);
      throw new DataError("disk full", { where: "out" });
    });
    expect(exitCode).toBe(3);
  });
});

describe("help", () => {
  it("lists commands and groups without loading any", async () => {
    loaded.length = 0;
    const { exitCode, stdout } = await cli("--help");
    expect(exitCode).toBe(0);
    expect(loaded).toEqual([]);
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: regionformer [options] [command]

      A program.

      Options:
        --version       print the version
        --json          print one JSON document on stdout
        --quiet         no messages or progress on stderr, only warnings and errors
        -h, --help      print this help

      Commands:
        train           Train a mapper.
        data            Data sets.
        help [command]  print the help of a command
      "
    `);
    expect((await cli("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(loaded).toEqual([]);
  });

  it("of a command loads that one, and shows its schema", async () => {
    loaded.length = 0;
    const { exitCode, stdout } = await cli("help", "train");
    expect(exitCode).toBe(0);
    expect(loaded).toEqual(["train"]);
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: regionformer train [options] <features> [runs...]

      Trains a mapper on a folder of features.

      Arguments:
        features             Folder of features.
        runs                 Runs to compare with.

      Options:
        --protocol <choice>  Set of defaults (one of clean, paper; default: clean)
        --epochs <number>    Passes over the rows (default: 20)
        --[no-]concat-norm   Normalise the pair (default: on)
        --strict             Refuse what is only warned about
        --box <value>        Box x1,y1,x2,y2 (may be repeated)
        --out <value>        Run folder
        -h, --help           print this help

      Configuration:
        --config <file>      YAML file whose section train sets options; flags override it
        --dry-run            print the resolved options with their sources as YAML, and stop

      Global Options:
        --version            print the version
        --json               print one JSON document on stdout
        --quiet              no messages or progress on stderr, only warnings and errors

      Presets of --protocol (file and flags override them):
        clean  the defaults
        paper  concat-norm false

      Examples:
        $ regionformer train features --epochs 3
      "
    `);
    expect((await cli("train", "--help")).stdout).toBe(stdout);
    expect((await cli("help", "data", "check")).stdout).toMatch(/^Usage: regionformer data check/);
  });
});
