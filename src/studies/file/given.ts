/** What the flags of a call say about a study: settings of every cell, and the cells that are wanted. */
import { UsageError } from "../../base/errors.ts";
import type { ProtocolName } from "../../train/index.ts";
import { LocatedYaml } from "./read-study.ts";
import { type SomeSettings, someSettingsSchema } from "./settings.ts";
import type { Selector } from "./study-schema.ts";

export interface GivenSettings {
  /** Settings above the file's base and below its axes, such as `epochs=2`. */
  readonly set?: readonly string[];
  readonly protocol?: ProtocolName | undefined;
  readonly encoderModel?: string | undefined;
  readonly decoderModel?: string | undefined;
}

interface NamedAxis {
  readonly name: string;
  readonly values: readonly { readonly name: string }[];
}

/** The settings that flags give, as layers. */
export function givenSettings({ set = [], protocol, encoderModel, decoderModel }: GivenSettings): SomeSettings[] {
  const layers: SomeSettings[] = [];
  if (protocol !== undefined) layers.push({ protocol });
  if (encoderModel !== undefined) layers.push({ encoderModel });
  if (decoderModel !== undefined) layers.push({ decoderModel });
  for (const pair of set) {
    const at = pair.indexOf("=");
    const where = `--set ${pair}`;
    if (at < 1) throw new UsageError("A setting is not understood.", { where, expected: "key=value", found: pair });
    const key = pair.slice(0, at);
    const value = new LocatedYaml(pair.slice(at + 1), where).value;
    const parsed = someSettingsSchema.safeParse({ [key]: value });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UsageError("A setting is not valid.", {
        where,
        expected: issue!.code === "unrecognized_keys" ? "a key of `train`, `encode` or `generate`" : issue!.message,
        found: pair,
      });
    }
    layers.push(parsed.data);
  }
  return layers;
}

/** Names parted by commas, which names may have themselves: of two readings the one with the longer name. */
function namesIn(text: string, known: readonly string[]): string[] {
  const parts = text.split(",");
  const names: string[] = [];
  while (parts.length > 0) {
    const lengths = parts.map((_, i) => parts.length - i);
    const length = lengths.find((count) => known.includes(parts.slice(0, count).join(","))) ?? 1;
    names.push(parts.splice(0, length).join(","));
  }
  return names;
}

/** The cells that flags want. */
export function givenValues(only: readonly string[], axes: readonly NamedAxis[]): Selector {
  const wanted = new Map<string, string[]>();
  for (const text of only) {
    const [name = "", ...values] = text.split("=");
    const axis = axes.find((each) => each.name === name);
    const known = axis?.values.map((value) => value.name) ?? [];
    const names = namesIn(values.join("="), known);
    const unknown = names.find((value) => !known.includes(value));
    if (axis === undefined || unknown !== undefined) {
      throw new UsageError("No such cell is in the study.", {
        where: `--only ${text}`,
        expected:
          axis === undefined
            ? `axis=value with an axis: ${axes.map((each) => each.name).join(", ")}`
            : `a value of ${name}: ${known.join(", ")}`,
        found: axis === undefined ? name : unknown!,
      });
    }
    wanted.set(name, [...(wanted.get(name) ?? []), ...names]);
  }
  return Object.fromEntries(wanted);
}
