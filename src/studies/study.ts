/** A study: its cells with their settings, and what is compared, tabled and drawn. */
import { z } from "zod";
import { UsageError } from "../base/errors.ts";
import { columnsOfProfile, type ProfileName } from "../metrics/index.ts";
import { type GivenSettings, givenSettings, givenValues } from "./file/given.ts";
import { contradiction, LocatedYaml, parseLocated, refusal } from "./file/read-study.ts";
import { type CellSettings, resolveSettings, type SomeSettings, someSettingsSchema } from "./file/settings.ts";
import {
  type AxisFile,
  type ComparisonSpec,
  type FigureSpec,
  type Selector,
  type StudyFile,
  studySchema,
  type TableSpec,
} from "./file/study-schema.ts";

export interface Axis {
  readonly name: string;
  readonly label: string;
  readonly values: readonly { readonly name: string; readonly set: SomeSettings }[];
}

/** The value that a cell has on each axis. */
export type Place = Readonly<Record<string, string>>;

/** A cell of the study: one place, trained with every seed. */
export interface StudyCell {
  readonly place: Place;
  readonly settings: CellSettings;
}

export interface Study extends Pick<StudyFile, "title" | "notes" | "metrics"> {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly cells: readonly StudyCell[];
  readonly seeds: readonly number[];
  readonly comparisons: readonly ComparisonSpec[];
  readonly tables: readonly TableSpec[];
  readonly figures: readonly FigureSpec[];
}

/** What a call adds to the file. */
export interface StudyOptions extends GivenSettings {
  /** Take the file's `quick` part too, and these settings below its own. */
  readonly quick?: SomeSettings | undefined;
  /** As many seeds, counted from 0. */
  readonly seeds?: number | undefined;
  /** Values of axes that are wanted, such as `mode=image,mask`. */
  readonly only?: readonly string[];
  /** Bootstrap resamples, and trials of the randomisation test, instead of the file's. */
  readonly resamples?: number | undefined;
  readonly trials?: number | undefined;
}

/** Whether a cell is one of those that a selector names. */
export function isSelected(place: Place, selector: Selector): boolean {
  return Object.entries(selector).every(([axis, names]) => names.includes(place[axis]!));
}

/**
 * The study that a file describes.
 * @param file its name, for messages
 * @throws UsageError naming the file, line and key of what is wrong, or the flag
 */
export function readStudy(text: string, file: string, options: StudyOptions = {}): Study {
  const yaml = new LocatedYaml(text, file);
  const written = parseLocated(studySchema, yaml);
  const isQuick = options.quick !== undefined;
  const parts = isQuick ? quickParts(written) : written;
  const axes = Object.entries(parts.axes).map(([name, axis]) => readAxis(name, axis, yaml));
  checkSelectors(parts, axes, yaml);
  checkMetrics(parts.figures, written.metrics.profile, yaml);
  const quickLayer = (isQuick && written.quick.base) || {};
  const layers = [options.quick ?? {}, written.base, quickLayer, ...givenSettings(options)];
  const wanted = givenValues(options.only ?? [], axes);
  const places = placesOf(parts.cells ?? [{}], axes).filter((place) => isSelected(place, wanted));
  if (places.length === 0) {
    throw new UsageError("No cell of the study is left.", { where: "--only", expected: "values that occur together" });
  }
  return {
    name: written.study,
    title: written.title,
    notes: written.notes,
    metrics: {
      ...written.metrics,
      resamples: options.resamples ?? written.metrics.resamples,
      trials: options.trials ?? written.metrics.trials,
    },
    axes,
    cells: places.map((place) => ({ place, settings: settingsOf(place, axes, layers, yaml) })),
    seeds: seedsOf(options.seeds ?? written.seeds),
    comparisons: parts.comparisons,
    tables: parts.tables,
    figures: parts.figures,
  };
}

/** The file's parts with those of its `quick` in their place. */
function quickParts({ quick, ...file }: StudyFile) {
  return {
    axes: { ...file.axes, ...quick.axes },
    cells: quick.cells ?? file.cells,
    comparisons: quick.comparisons ?? file.comparisons,
    tables: quick.tables ?? file.tables,
    figures: quick.figures ?? file.figures,
  };
}

function seedsOf(seeds: number | readonly number[]): readonly number[] {
  return typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i) : seeds;
}

function readAxis(name: string, axis: AxisFile, yaml: LocatedYaml): Axis {
  const label = axis.label ?? name;
  const checkNames = (names: readonly string[]) => {
    const twice = names.find((each, i) => names.indexOf(each) !== i);
    if (twice !== undefined) throw contradiction(yaml, ["axes", name, "values"], "each value once", `${twice} twice`);
  };
  if (!("key" in axis)) {
    checkNames(axis.values.map((value) => value.name));
    return { name, label, values: axis.values };
  }
  const { key, values } = axis;
  checkNames(values.map(String));
  return {
    name,
    label,
    values: values.map((value, i) => {
      const parsed = someSettingsSchema.safeParse({ [key]: value });
      if (parsed.success) return { name: String(value), set: parsed.data };
      const path =
        parsed.error.issues[0]!.code === "unrecognized_keys" ? ["axes", name, "key"] : ["axes", name, "values", i];
      const expected = path.at(-1) === "key" ? "a key of a cell's settings" : parsed.error.issues[0]!.message;
      throw contradiction(yaml, path, expected, path.at(-1) === "key" ? key : String(value));
    }),
  };
}

/** Every axis and value that something names must be there. */
function checkSelectors(
  parts: Pick<StudyFile, "cells" | "comparisons" | "tables" | "figures">,
  axes: readonly Axis[],
  yaml: LocatedYaml,
): void {
  const known = axes.map(({ name }) => name);
  const checkAxis = (name: string, path: readonly PropertyKey[]) => {
    if (!known.includes(name)) throw contradiction(yaml, path, `an axis: ${known.join(", ") || "there is none"}`, name);
  };
  const check = (selector: Selector | undefined, path: readonly PropertyKey[]) => {
    for (const [name, values] of Object.entries(selector ?? {})) {
      checkAxis(name, [...path, name]);
      const names = axes.find((axis) => axis.name === name)!.values.map((value) => value.name);
      const unknown = values.find((value) => !names.includes(value));
      if (unknown !== undefined) {
        throw contradiction(yaml, [...path, name], `a value of ${name}: ${names.join(", ")}`, unknown);
      }
    }
  };
  for (const [i, selector] of (parts.cells ?? []).entries()) check(selector, ["cells", i]);
  for (const [i, { baseline, cells, match }] of parts.comparisons.entries()) {
    check(baseline, ["comparisons", i, "baseline"]);
    check(cells, ["comparisons", i, "cells"]);
    for (const [k, name] of match.entries()) checkAxis(name, ["comparisons", i, "match", k]);
  }
  for (const [i, { rows, delta, match, published }] of parts.tables.entries()) {
    check(rows, ["tables", i, "rows"]);
    check(delta, ["tables", i, "delta"]);
    for (const [k, name] of match.entries()) checkAxis(name, ["tables", i, "match", k]);
    for (const [k, name] of (published?.key ?? []).entries()) checkAxis(name, ["tables", i, "published", "key", k]);
  }
  for (const [i, figure] of parts.figures.entries()) {
    check(figure.rows, ["figures", i, "rows"]);
    if (figure.kind !== "line") continue;
    checkAxis(figure.x, ["figures", i, "x"]);
    checkAxis(figure.series, ["figures", i, "series"]);
    const notNumber = axes
      .find(({ name }) => name === figure.x)!
      .values.find(({ name }) => !Number.isFinite(Number(name)));
    if (notNumber !== undefined) {
      throw contradiction(yaml, ["figures", i, "x"], "an axis whose values are numbers", notNumber.name);
    }
    for (const [k, { cells }] of figure.lines.entries()) check(cells, ["figures", i, "lines", k, "cells"]);
  }
}

/** Every metric that a figure draws must be a column of the profile. */
function checkMetrics(figures: readonly FigureSpec[], profile: ProfileName, yaml: LocatedYaml): void {
  const columns = columnsOfProfile(profile);
  for (const [i, figure] of figures.entries()) {
    if (figure.kind !== "line") continue;
    for (const [k, metric] of figure.metrics.entries()) {
      if (columns.includes(metric)) continue;
      const expected = `a column of profile ${profile}: ${columns.join(", ")}`;
      throw contradiction(yaml, ["figures", i, "metrics", k], expected, metric);
    }
  }
}

function valuesOf(axis: Axis, selector: Selector): readonly string[] {
  const names = axis.values.map(({ name }) => name);
  const chosen = selector[axis.name];
  return chosen === undefined ? names : names.filter((name) => chosen.includes(name));
}

/** All combinations of each block, in the order of the blocks and axes; the same place only once. */
function placesOf(blocks: readonly Selector[], axes: readonly Axis[]): Place[] {
  const places = new Map<string, Place>();
  for (const block of blocks) {
    const combined = axes.reduce<readonly Place[]>(
      (before, axis) =>
        before.flatMap((place) => valuesOf(axis, block).map((name) => ({ ...place, [axis.name]: name }))),
      [{}],
    );
    for (const place of combined) places.set(JSON.stringify(place), place);
  }
  return [...places.values()];
}

function settingsOf(
  place: Place,
  axes: readonly Axis[],
  layers: readonly SomeSettings[],
  yaml: LocatedYaml,
): CellSettings {
  const own = axes.map(({ name, values }) => values.find((value) => value.name === place[name])!.set);
  try {
    return resolveSettings([...layers, ...own]);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    const key = String(issue?.path[0] ?? "");
    if (key === "encoderModel" || key === "decoderModel") {
      const flag = key === "encoderModel" ? "--encoder-model" : "--decoder-model";
      throw new UsageError("The study needs a model.", {
        where: flag,
        expected: key === "encoderModel" ? "a CLIP folder" : "a GPT-2 folder",
        found: "nothing",
        remedy: `Give the folder with ${flag}, set ${key} in the file's base, or try --quick, which has its own.`,
      });
    }
    throw refusal(error.issues, yaml);
  }
}

/** What people call a cell: its values, with the axis where the value alone says little. */
export function cellLabel(place: Place, axes: readonly Axis[]): string {
  const parts = axes.map(({ name, label, values }) => {
    const value = place[name]!;
    const isBare = values.some((each) => Number.isFinite(Number(each.name)));
    return isBare ? `${label} ${value}` : value;
  });
  return parts.join(", ") || "the only cell";
}
