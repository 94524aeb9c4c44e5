/** What a study file says. */
import { z } from "zod";
import { profileNames } from "../../metrics/index.ts";
import { someSettingsSchema } from "./settings.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "a name of small letters, digits and dashes");

/** Folders that studies share; a study of such a name would write its report among their files. */
const sharedFolders = ["data", "features", "runs", "readings", "cells", "slurm"];

const studyName = name.refine(
  (text) => !sharedFolders.includes(text),
  `a name that is no folder of all studies: ${sharedFolders.join(", ")} are`,
);

/** Words that stand in tables and comments, however many lines of YAML they take. */
const line = z.string().transform((text) => text.trim().replace(/\s*\n\s*/g, " "));

/** A list in which nothing stands twice. */
function distinct<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .refine((items) => new Set(items).size === items.length, "each only once")
    .readonly();
}

/** YAML reads 5 and true as they are; a value's name is its text. */
const valueName = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const valueNames = z
  .union([valueName, z.array(valueName).min(1)])
  .transform((names): readonly string[] => (Array.isArray(names) ? names : [names]));

/** Cells by the values of some axes; an axis that is not named may have any. */
const selectorSchema = z.record(z.string(), valueNames);

export type Selector = z.output<typeof selectorSchema>;

/** One thing that cells differ in: a key with a list of values, or values that set several keys. */
const axisSchema = z.union([
  z.strictObject({
    label: line.optional(),
    key: z.string(),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
  }),
  z.strictObject({
    label: line.optional(),
    values: z.array(z.strictObject({ name: valueName, set: someSettingsSchema })).min(1),
  }),
]);

export type AxisFile = z.output<typeof axisSchema>;

const comparisonSchema = z.strictObject({
  title: line,
  baseline: selectorSchema,
  cells: selectorSchema,
  /** Axes on which a cell is compared with the baseline of the same value. */
  match: z.array(z.string()).default([]),
});

const publishedNames = ["table-1", "table-2", "table-3"] as const;

const tableSchema = z.strictObject({
  title: line,
  rows: selectorSchema.default({}),
  /** The cells that the Δ columns are taken from. */
  delta: selectorSchema.optional(),
  match: z.array(z.string()).default([]),
  /** The paper's numbers for the same rows, and the axes that name them. */
  published: z.strictObject({ table: z.enum(publishedNames), key: z.array(z.string()).min(1) }).optional(),
});

const figureSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("line"),
    title: line,
    rows: selectorSchema.default({}),
    /** The axis along the figure; its values' names are numbers. */
    x: z.string(),
    /** A line for each value. */
    series: z.string(),
    metrics: z.array(z.string()).min(1),
    /** Cells that are drawn as horizontal lines. */
    lines: z.array(z.strictObject({ label: line, cells: selectorSchema })).default([]),
  }),
  z.strictObject({ kind: z.literal("learning-curves"), title: line, rows: selectorSchema.default({}) }),
]);

const seedSchema = z.union([
  z.number().int().min(1).max(1000),
  distinct(z.number().int().nonnegative()).refine(({ length }) => length > 0, "a number or a list of seeds"),
]);

/** References a text is scored against: the row's own, or all of its study, of which the best fits. */
export const referenceKinds = ["own", "study"] as const;

const metricsShape = {
  profile: z.enum(profileNames).default("authors"),
  references: distinct(z.enum(referenceKinds))
    .refine(({ length }) => length > 0, "own, study or both")
    .default(["own", "study"]),
  /** `polarity`: positive and negative rows apart. */
  strata: z.array(z.enum(["polarity"])).default(["polarity"]),
  resamples: z.number().int().positive().default(2000),
  trials: z.number().int().positive().default(2000),
  level: z.number().gt(0).lt(1).default(0.95),
  seed: z.number().int().nonnegative().default(0),
};

/** The parts of a study that `quick` may replace. */
const partsShape = {
  base: someSettingsSchema.default({}),
  axes: z.record(name, axisSchema).default({}),
  /** Blocks of cells: all combinations of the values named, of all values of the axes not named. Everything when absent. */
  cells: z.array(selectorSchema).min(1).optional(),
  comparisons: z.array(comparisonSchema).default([]),
  tables: z.array(tableSchema).default([]),
  figures: z.array(figureSchema).default([]),
};

/** Seeds, metrics, base configuration, axes, comparisons and report. */
export const studySchema = z.strictObject({
  study: studyName,
  title: line,
  /** What a reader should know: the choices where the paper is silent. */
  notes: z.array(line).default([]),
  seeds: seedSchema.default(3),
  metrics: z.strictObject(metricsShape).prefault({}),
  ...partsShape,
  /** What `--quick` changes. Base settings are added, everything else takes the place of its namesake. */
  quick: z
    .strictObject({
      base: someSettingsSchema.optional(),
      axes: z.record(name, axisSchema).optional(),
      cells: partsShape.cells,
      comparisons: z.array(comparisonSchema).optional(),
      tables: z.array(tableSchema).optional(),
      figures: z.array(figureSchema).optional(),
    })
    .prefault({}),
});

export type StudyFile = z.output<typeof studySchema>;
export type ComparisonSpec = z.output<typeof comparisonSchema>;
export type TableSpec = z.output<typeof tableSchema>;
export type FigureSpec = z.output<typeof figureSchema>;
export type PublishedTable = (typeof publishedNames)[number];
export type ReferenceKind = (typeof referenceKinds)[number];
