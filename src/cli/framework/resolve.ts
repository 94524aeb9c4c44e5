/** One complete, frozen set of options out of the layers: schema defaults < preset < file < flags. */
import { UsageError } from "../../base/errors.ts";
import { complain } from "./complain.ts";
import type { FileSection } from "./config-file.ts";
import { type Field, readFields } from "./fields.ts";
import type { Given, Layers, OptionRules, Resolved, Source } from "./layers.ts";
import { didYouMean } from "./suggest.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The text of a flag as its field's type; a text that is no number stays one, for the schema to refuse. */
function fromFlag(field: Field, raw: unknown): unknown {
  if (Array.isArray(raw)) return raw.map((item) => fromFlag(field, item));
  return field.kind === "number" && typeof raw === "string" && NUMBER.test(raw) ? Number(raw) : raw;
}

function refuseUnknownKeys(section: string, file: FileSection, fields: readonly Field[]): void {
  const known = fields.map((field) => field.key);
  for (const [key, { where }] of file) {
    if (known.includes(key)) continue;
    throw new UsageError(`The section ${section} has no option ${key}.`, {
      where,
      found: key,
      remedy: didYouMean(key, known),
    });
  }
}

function gather({ options, presets }: OptionRules, { section, file, flags }: Layers): Map<string, Given> {
  const fields = readFields(options);
  refuseUnknownKeys(section, file, fields);
  const given = new Map<string, Given>();
  for (const field of fields) {
    const written = file.get(field.key);
    if (written !== undefined) {
      given.set(field.key, { value: written.value, source: { layer: "file", where: written.where } });
    }
    if (flags.has(field.key)) {
      const value = fromFlag(field, flags.get(field.key));
      given.set(field.key, { value, source: { layer: "flag", where: `--${field.flag}` } });
    }
  }
  if (presets === undefined) return given;
  const chosen = given.get(presets.key)?.value ?? fields.find(({ key }) => key === presets.key)?.defaultValue;
  const name = String(chosen); // a name without a table is not a choice of the schema, which refuses it
  const table = Object.hasOwn(presets.tables, name) ? presets.tables[name] : undefined;
  for (const [key, value] of Object.entries(table ?? {})) {
    if (!given.has(key)) given.set(key, { value, source: { layer: "preset", where: `${presets.key} ${name}` } });
  }
  return given;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/**
 * Resolves the options of one call.
 * @throws UsageError for unknown keys (with the nearest known one) and for values that the schema refuses, naming the
 * flag or the file, line and column, what was expected and what was found
 */
export function resolveOptions(rules: OptionRules, layers: Layers): Resolved {
  const given = gather(rules, layers);
  const raw = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  const result = rules.options.safeParse(raw);
  if (!result.success) throw complain(result.error.issues, readFields(rules.options), given);
  const defaultSource: Source = { layer: "default", where: "default" };
  const sources = Object.keys(result.data).map((key) => [key, given.get(key)?.source ?? defaultSource]);
  return deepFreeze({ section: layers.section, options: result.data, sources: Object.fromEntries(sources) });
}
