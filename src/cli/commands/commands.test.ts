import { expect, it } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import type { Registry } from "../framework/index.ts";
import { registry } from "./index.ts";

it("every command loads, has a summary, and shows its help", async () => {
  const paths = registry.commands.map(({ path }) => path.join(" "));
  expect(new Set(paths).size).toBe(paths.length);
  for (const { path, summary } of registry.commands) {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    if (path.length === 2) expect(registry.groups).toHaveProperty(path[0]);
    const { exitCode, stdout } = await captureCli(registry, [...path, "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: regionformer ${path.join(" ")}`);
    expect(stdout).toContain("Examples:\n");
  }
});

/** The commands without dry runs of their own, which need data: what is left shows the resolved options. */
const resolving: Registry = {
  ...registry,
  commands: registry.commands.map((entry) => ({
    ...entry,
    load: async () => {
      const { dryRun: _, ...command } = await entry.load();
      return command;
    },
  })),
};

/** The words of a command line as a shell makes them, as far as examples need: double quotes keep spaces. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

it("every example is a command line that resolves", async () => {
  for (const entry of registry.commands) {
    const { examples, options } = await entry.load();
    expect(examples.length, entry.path.join(" ")).toBeGreaterThan(0);
    for (const example of examples) {
      const words = shellWords(example);
      expect(words.slice(0, entry.path.length)).toEqual([...entry.path]);
      // A configuration file of somebody's run is not there to be read.
      if (Object.keys(options.shape).length === 0 || words.includes("--config")) continue;
      const argv = words.includes("--dry-run") ? words : [...words, "--dry-run"];
      const { exitCode, stderr } = await captureCli(resolving, argv);
      expect(exitCode, `${example}: ${stderr}`).toBe(0);
    }
  }
});
