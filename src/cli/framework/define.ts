/** What a command is: data plus one function. */
import { z } from "zod";
import type { Context } from "./context.ts";
import { readFields } from "./fields.ts";
import type { PresetTables, Resolved } from "./layers.ts";

/** A positional argument. Only the last one may be variadic. */
export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly required: boolean;
  readonly variadic?: true;
}

type ArgumentValue<Spec extends ArgumentSpec> = Spec extends { variadic: true }
  ? readonly string[]
  : Spec extends { required: true }
    ? string
    : Spec extends { required: false }
      ? string | undefined
      : string | readonly string[] | undefined; // a spec not known at compile time

/** The positional arguments by name. */
export type ArgumentValues<A extends readonly ArgumentSpec[]> = {
  readonly [Spec in A[number] as Spec["name"]]: ArgumentValue<Spec>;
};

/** What a command works on: complete, validated and frozen. */
export interface CommandInput<A extends readonly ArgumentSpec[], S extends z.ZodObject> {
  readonly arguments: ArgumentValues<A>;
  readonly options: Readonly<z.output<S>>;
  /** The same options with their sources; `resolvedYaml(resolved)` is the file that gives them again. */
  readonly resolved: Resolved;
}

/** What a command answers: `document` is printed under `--json`, `text` otherwise. */
export interface CommandResult {
  readonly document: object;
  readonly text: string;
  /** When the answer itself is a verdict, such as 3 for a data set with errors; 0 when absent. */
  readonly exitCode?: number;
}

type PresetsOf<Options> = {
  [K in keyof Options & string]: {
    readonly key: K;
    readonly tables: Readonly<Record<Options[K] & string, Readonly<Partial<Omit<Options, K>>>>>;
  };
}[keyof Options & string];

interface CommandParts<A extends readonly ArgumentSpec[], S extends z.ZodObject> {
  /** More than the registry's one-line summary, for the command's own help. */
  readonly description?: string;
  readonly arguments: A;
  /** Flat camelCase keys: the only source of YAML keys, flags, defaults, help and validation. */
  readonly options: S;
  /** Command lines without the program's name, as a reader would type them. */
  readonly examples: readonly string[];
  run(input: CommandInput<A, S>, context: Context): Promise<CommandResult>;
  /** What `--dry-run` answers, where that is more than the resolved options. */
  dryRun?(input: CommandInput<A, S>, context: Context): Promise<CommandResult>;
}

/** A command as the framework sees it. Its path and summary stand in the registry, so that `--help` loads none. */
export interface Command<
  A extends readonly ArgumentSpec[] = readonly ArgumentSpec[],
  S extends z.ZodObject = z.ZodObject,
> extends CommandParts<A, S> {
  readonly presets?: PresetTables;
}

function checkPresets({ key, tables }: PresetTables, options: z.ZodObject): void {
  const someOptions = z.strictObject(options.shape).partial();
  for (const [name, table] of Object.entries(tables)) {
    if (Object.hasOwn(table, key)) throw new Error(`Preset ${name}: it cannot set ${key}, which chose it.`);
    someOptions.parse({ ...table, [key]: name });
  }
}

/**
 * Checks a command's definition and gives it back, its types inferred.
 * @throws Error when an option has a type that no flag can carry, a reserved or ambiguous name, no description, or a
 * preset names what the schema does not have: mistakes of the programmer, found by any test that loads the command.
 */
export function defineCommand<const A extends readonly ArgumentSpec[], S extends z.ZodObject>(
  command: CommandParts<A, S> & { readonly presets?: PresetsOf<z.output<S>> },
): Command<A, S> {
  readFields(command.options);
  if (command.presets !== undefined) checkPresets(command.presets, command.options);
  return command;
}
