/** Commander's options out of a command's fields, and the values that a command line gave, by key. */
import { type Command as Commander, Option } from "commander";
import type { Field } from "./fields.ts";

const PLACEHOLDERS = { boolean: "", number: " <number>", string: " <value>", choice: " <choice>" };

function describe({ kind, summary, choices, repeatable, required, defaultValue }: Field): string {
  const facts: string[] = [];
  if (choices.length > 0) facts.push(`one of ${choices.join(", ")}`);
  if (repeatable) facts.push("may be repeated");
  if (required) facts.push("required");
  const isTrivial = defaultValue === undefined || defaultValue === false;
  const isEmptyList = Array.isArray(defaultValue) && defaultValue.length === 0;
  if (!isTrivial && !isEmptyList) facts.push(`default: ${kind === "boolean" ? "on" : defaultValue}`);
  return facts.length === 0 ? summary : `${summary} (${facts.join("; ")})`;
}

function collect(value: string, previous: unknown): readonly string[] {
  return Array.isArray(previous) ? [...previous, value] : [value];
}

/** Adds the flags of a field. A switch has both forms, since a file or preset may have set it either way. */
export function addFlags(commander: Commander, field: Field): void {
  const option = new Option(`--${field.flag}${PLACEHOLDERS[field.kind]}`, describe(field));
  if (field.repeatable) option.argParser(collect);
  commander.addOption(option);
  // After the positive form: alone or first, Commander would give the option the default true.
  if (field.kind === "boolean") commander.addOption(new Option(`--no-${field.flag}`).hideHelp());
}

/** How help names a flag: `--[no-]x` for a switch that is on unless turned off. */
export function flagTerm(option: Option, fields: readonly Field[]): string {
  const isOn = fields.some(({ flag, defaultValue }) => option.long === `--${flag}` && defaultValue === true);
  return isOn ? option.flags.replace("--", "--[no-]") : option.flags;
}

/** The values that the command line gave, by key: text, lists of text, or booleans. */
export function givenFlags(commander: Commander, fields: readonly Field[]): ReadonlyMap<string, unknown> {
  const given = fields.filter(({ key }) => commander.getOptionValueSource(key) === "cli");
  return new Map(given.map(({ key }) => [key, commander.getOptionValue(key)]));
}
