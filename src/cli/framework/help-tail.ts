/** What a command's help says after its options: presets and examples. */
import type { Command } from "./define.ts";
import { kebabCase } from "./fields.ts";

function presetLines({ presets }: Command): readonly string[] {
  if (presets === undefined) return [];
  const names = Object.keys(presets.tables);
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.entries(presets.tables).map(([name, table]) => {
    const values = Object.entries(table).map(([key, value]) => `${kebabCase(key)} ${value}`);
    return `  ${name.padEnd(width)}  ${values.length === 0 ? "the defaults" : values.join(", ")}`;
  });
  return ["", `Presets of --${kebabCase(presets.key)} (file and flags override them):`, ...lines];
}

export function helpTail(command: Command, program: string): string {
  const examples = command.examples.map((example) => `  $ ${program} ${example}`);
  const exampleLines = examples.length === 0 ? [] : ["", "Examples:", ...examples];
  return [...presetLines(command), ...exampleLines].join("\n");
}
