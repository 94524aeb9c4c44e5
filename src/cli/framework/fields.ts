/** Reads a command's option schema once into the plain facts that flags, help and files are made from. */
import { z } from "zod";

/** One option. */
export interface Field {
  /** camelCase: the YAML key and the property that the command reads. */
  readonly key: string;
  /** kebab-case: the flag without its dashes. */
  readonly flag: string;
  readonly kind: "boolean" | "number" | "string" | "choice";
  /** The allowed values of a choice, else empty. */
  readonly choices: readonly string[];
  /** An array of `kind`: the flag may be given several times. */
  readonly repeatable: boolean;
  readonly summary: string;
  /** False when the option has a default or may be left out. */
  readonly required: boolean;
  /** `undefined` when the option has no default. */
  readonly defaultValue: unknown;
}

/** Flags that every command has, or that the framework adds to commands with options. */
const RESERVED = new Set(["config", "dryRun", "help", "json", "quiet", "version"]);

export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function kindOf(key: string, schema: z.core.$ZodType): Pick<Field, "kind" | "choices"> {
  if (schema instanceof z.ZodBoolean) return { kind: "boolean", choices: [] };
  if (schema instanceof z.ZodNumber) return { kind: "number", choices: [] };
  if (schema instanceof z.ZodString) return { kind: "string", choices: [] };
  if (schema instanceof z.ZodEnum && schema.options.every((choice) => typeof choice === "string")) {
    return { kind: "choice", choices: schema.options };
  }
  throw new Error(`Option ${key}: a flag can carry a boolean, number, string, choice or an array of those.`);
}

function checkName(key: string): void {
  if (RESERVED.has(key)) throw new Error(`Option ${key}: the framework owns this name.`);
  if (!/^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$/.test(key)) throw new Error(`Option ${key}: names are camelCase.`);
  if (/^no[A-Z]/.test(key)) throw new Error(`Option ${key}: the flag would read as a negation; name it positively.`);
}

function readField(key: string, schema: z.core.$ZodType): Field {
  checkName(key);
  let inner = schema;
  let summary: string | undefined;
  let required = true;
  let defaultValue: unknown;
  for (;;) {
    summary ??= inner instanceof z.ZodType ? inner.description : undefined;
    if (inner instanceof z.ZodDefault) defaultValue = inner.def.defaultValue;
    else if (!(inner instanceof z.ZodOptional)) break;
    required = false;
    inner = inner.def.innerType;
  }
  if (summary === undefined) throw new Error(`Option ${key}: describe it, the description is its help.`);
  const repeatable = inner instanceof z.ZodArray;
  const { kind, choices } = kindOf(key, inner instanceof z.ZodArray ? inner.element : inner);
  if (repeatable && kind === "boolean") throw new Error(`Option ${key}: a repeated switch carries no value.`);
  return { key, flag: kebabCase(key), kind, choices, repeatable, summary, required, defaultValue };
}

/** The options of a schema, in its order. @throws Error for a schema that the command line cannot carry. */
export function readFields(options: z.ZodObject): readonly Field[] {
  return Object.entries(options.shape).map(([key, schema]) => readField(key, schema));
}
