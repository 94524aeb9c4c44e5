/** The paper's first table: input modes compared on the same test rows, with intervals. */
import {
  bootstrap,
  type Estimate,
  evaluate,
  gridAsText,
  isMeasured,
  type Measurement,
  type PairedEstimate,
  type ProfileName,
  pairedBootstrap,
} from "../metrics/index.ts";
import type { InputMode } from "../models/captioner/index.ts";

/** What a mode wrote, row by row. */
export interface ModeTexts {
  readonly mode: InputMode;
  readonly texts: readonly string[];
}

/** The rows that all modes wrote about. */
export interface ComparedRows {
  readonly references: readonly string[];
  /** The study of each row: rows of one study are drawn together. */
  readonly studies: readonly string[];
}

export interface ComparisonOptions {
  readonly profile: ProfileName;
  readonly resamples: number;
  readonly seed: number;
}

export interface ModeComparison extends ComparisonOptions {
  readonly rows: number;
  readonly studies: number;
  readonly columns: readonly string[];
  /** By mode and column. */
  readonly scores: ReadonlyMap<InputMode, ReadonlyMap<string, Estimate>>;
  /** `image+mask` minus `image`, by column. */
  readonly gain: ReadonlyMap<string, PairedEstimate>;
}

/** Scores each mode and the gain of seeing the mask too. @throws DataError when there are no rows */
export async function compareModes(
  modes: readonly ModeTexts[],
  { references, studies }: ComparedRows,
  options: ComparisonOptions,
): Promise<ModeComparison> {
  const settings = { resamples: options.resamples, seed: options.seed, clusters: studies };
  const measured = new Map<InputMode, readonly Measurement[]>();
  for (const { mode, texts } of modes) {
    const pairs = texts.map((hypothesis, i) => ({ hypothesis, references: [references[i]!] }));
    const { outcomes } = await evaluate(pairs, { profile: options.profile });
    measured.set(
      mode,
      outcomes.flatMap(({ outcome }) => (isMeasured(outcome) ? [outcome] : [])),
    );
  }
  const scores = new Map(
    [...measured].map(([mode, measurements]) => [
      mode,
      new Map(measurements.flatMap((measurement) => [...bootstrap(measurement, settings)])),
    ]),
  );
  const [image, both] = [measured.get("image")!, measured.get("image+mask")!];
  const gain = new Map(image.flatMap((first, i) => [...pairedBootstrap(first, both[i]!, settings)]));
  return {
    ...options,
    rows: references.length,
    studies: new Set(studies).size,
    columns: [...gain.keys()],
    scores,
    gain,
  };
}

function percent(value: number): string {
  return (100 * value).toFixed(1);
}

function withInterval({ value, low, high }: Estimate): string {
  return `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

/** Header and rows of the table, as texts: what every form of it shows. */
export function comparisonCells({ columns, scores, gain }: ModeComparison): string[][] {
  const line = (name: string, cell: (column: string) => Estimate) => [
    name,
    ...columns.map((column) => withInterval(cell(column))),
  ];
  return [
    ["mode", ...columns],
    ...[...scores].map(([mode, values]) => line(mode, (column) => values.get(column)!)),
    line("image+mask − image", (column) => gain.get(column)!.difference),
  ];
}

/** What the numbers are, in one line. */
export function comparisonCaption({ profile, rows, studies, resamples }: ModeComparison): string {
  return (
    `Profile ${profile}, percent, ${rows} test rows of ${studies} synthetic studies; in brackets 95% intervals of a ` +
    `bootstrap over studies with ${resamples} resamples.`
  );
}

/** The table for a terminal. */
export function formatComparison(comparison: ModeComparison): string {
  const [header = [], ...rows] = comparisonCells(comparison);
  return gridAsText({ caption: comparisonCaption(comparison), header, rows, notes: [] });
}

/** The table as plain JSON, unrounded. */
export function comparisonDocument({ scores, gain, ...rest }: ModeComparison) {
  return {
    ...rest,
    scores: Object.fromEntries([...scores].map(([mode, values]) => [mode, Object.fromEntries(values)])),
    gain: Object.fromEntries([...gain].map(([column, { difference, p }]) => [column, { ...difference, p }])),
  };
}
