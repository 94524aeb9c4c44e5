/**
 * The settings of a cell: everything that decides what it trains on, how, and what it writes about. Keys are those of
 * `train`, `encode` and `generate`; what only studies have stands below.
 */
import { z } from "zod";
import { type RowTransform, rowChoiceShape, rowTransformSchema, type SplitName, splitNames } from "../../data/index.ts";
import { filmViews } from "../../features/index.ts";
import { searchShape } from "../../generate/index.ts";
import { fitNames } from "../../images/index.ts";
import { protocolPresets, protocolShape, recipeShape } from "../../train/index.ts";

/** The splits whose rows a transform changes when nothing is said: a subset is one of the training rows. */
const usualSplits: Readonly<Record<RowTransform["kind"], readonly SplitName[]>> = {
  subset: ["train"],
  // The validation rows choose the checkpoint, so an annotation that is not there is not there for them either.
  "grounded-fraction": ["train", "validation"],
  // Box noise has a `side` of its own, which says the same.
  "box-noise": splitNames,
  "box-present-bit": splitNames,
  "shuffled-boxes": splitNames,
  "other-patient-boxes": splitNames,
  "central-box": splitNames,
};

/** A transform of rows as a study names it: without a seed, which is the cell's, and with the splits it is for. */
export interface ScopedTransform {
  readonly transform: RowTransform;
  readonly on: readonly SplitName[];
}

type Settings = Readonly<Record<string, unknown>>;

/** The schema of a kind, and whether it draws anything. */
function findKind(kind: unknown) {
  const schema = rowTransformSchema.options.find((option) => option.shape.kind.value === kind);
  return schema && { schema, hasSeed: "seed" in schema.shape };
}

/** A kind's own keys, each of which may be missing: other layers may give it. */
function someOf(shape: Readonly<Record<string, z.ZodType>>): z.ZodType<Settings> {
  const { seed: _, ...rest } = shape;
  const entries = Object.entries(rest).map(([key, schema]) => [key, withoutDefault(schema).optional()]);
  return z.strictObject(Object.fromEntries(entries));
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
}

const transformSchema = z
  .looseObject({ kind: z.enum(Object.keys(usualSplits)), splits: z.array(z.enum(splitNames)).optional() })
  .transform(({ splits: on, ...own }, context): UnseededTransform => {
    const parsed = someOf(findKind(own.kind)!.schema.shape).safeParse(own);
    if (parsed.success) return { own: parsed.data, ...(on && { on }) };
    for (const { message, path } of parsed.error.issues) context.addIssue({ code: "custom", message, path: [...path] });
    return z.NEVER;
  });

/** A transform as files have it, perhaps in parts; its seed comes with the cell. */
export interface UnseededTransform {
  readonly own: Settings;
  readonly on?: readonly SplitName[];
}

/**
 * Transforms of several layers: one of a kind that an earlier layer has adds to its settings, another comes behind. A layer may have
 * several of a kind: the second one adds to an earlier layer's second.
 */
function mergedTransforms(layers: readonly (readonly UnseededTransform[])[]): UnseededTransform[] {
  const merged = new Map<string, UnseededTransform>();
  for (const layer of layers) {
    const seen = new Map<unknown, number>();
    for (const { own, on } of layer) {
      const place = seen.get(own.kind) ?? 0;
      seen.set(own.kind, place + 1);
      const key = `${own.kind} ${place}`;
      const before = merged.get(key);
      const scope = on ?? before?.on;
      merged.set(key, { own: { ...before?.own, ...own }, ...(scope && { on: scope }) });
    }
  }
  return [...merged.values()];
}

/** The transform of a cell with a seed. @throws ZodError when a setting is missing */
export function seededTransform({ own, on }: UnseededTransform, seed: number): ScopedTransform {
  const transform = rowTransformSchema.parse(findKind(own.kind)?.hasSeed === true ? { ...own, seed } : own);
  return { transform, on: on ?? usualSplits[transform.kind] };
}

const { seed: _, ...unseededRecipe } = recipeShape;

/** Which rows the test is on, where it differs from the training: read by another radiologist, in one of two languages. */
const testRowShape = {
  testLanguage: rowChoiceShape.language.unwrap().optional(),
  testFindings: rowChoiceShape.findings.unwrap().optional(),
  testReader: rowChoiceShape.reader.unwrap().optional(),
};

const settingsShape = {
  ...protocolShape,
  ...rowChoiceShape,
  ...testRowShape,
  ...unseededRecipe,
  ...searchShape,
  encoderModel: z.string(),
  decoderModel: z.string(),
  fit: z.enum(fitNames).default("crop"),
  film: z.enum(filmViews).default("whole"),
  /** One after the other, in order. */
  transforms: z.array(transformSchema).default([]),
};

const settingsSchema = z.strictObject(settingsShape);

/** All settings of a cell but its seed. */
export type CellSettings = z.output<typeof settingsSchema>;

type Shape = typeof settingsShape;
type Inner<S> = S extends z.ZodDefault<infer I> ? I : S extends z.ZodOptional<infer I> ? I : S;
type PartialShape = { [K in keyof Shape]: z.ZodOptional<Inner<Shape[K]> extends z.ZodType ? Inner<Shape[K]> : never> };

/** Some settings, as a file gives them: no default is filled in. */
const partial = Object.fromEntries(
  Object.entries(settingsShape).map(([key, schema]) => [key, withoutDefault(schema).optional()]),
) as unknown as PartialShape;

export const someSettingsSchema = z.strictObject(partial);

export type SomeSettings = z.output<typeof someSettingsSchema>;

/**
 * The settings of a cell out of layers: defaults < what the protocol sets < the layers in their order. Transforms are the
 * exception: all layers' are applied, in order, and one of a kind adds to the settings of the one in an earlier layer.
 * @throws ZodError when a needed one is missing
 */
export function resolveSettings(layers: readonly SomeSettings[]): CellSettings {
  const merged: SomeSettings = Object.assign({}, ...layers);
  const { transforms: _, ...rest } = merged;
  const preset = protocolPresets[merged.protocol ?? "clean"];
  // The transforms are parsed already: their schema reads what a file has.
  const { transforms: __, ...settings } = settingsSchema.parse({ ...preset, ...rest });
  const transforms = mergedTransforms(layers.map((layer) => layer.transforms ?? []));
  for (const transform of transforms) seededTransform(transform, 0);
  return { ...settings, transforms };
}
