/** Options of commands that read tables of texts and references, and the one way they are used. */
import { z } from "zod";
import { DataError, UsageError } from "../../base/errors.ts";
import {
  boxesCell,
  columnOf,
  groundingScores,
  joinedRows,
  labelF1,
  laterality,
  listCell,
  locationF1,
  type Metric,
  type Pair,
  padchestLabelF1,
  pairsOf,
  type Rows,
  remarksOn,
  type TextMetric,
  withStudyReferences,
} from "../../metrics/index.ts";
import { readRows } from "../../metrics/node/index.ts";
import type { Context } from "../framework/index.ts";

/** Metrics that need no weights and belong to no profile. */
export const additionalNames = ["label-F1", "padchest-labels", "laterality", "location", "grounding"] as const;

export const textOptions = {
  refColumn: z.string().default("ref").describe("Column of the references"),
  hypColumn: z.string().default("hyp").describe("Column of the texts to score"),
  idColumn: z.string().default("imgid").describe("Column that names the rows"),
  studyColumn: z.string().default("studyid").describe("Column of the studies, for --references study and --by-study"),
  references: z
    .enum(["own", "study"])
    .default("own")
    .describe("Score against the row's own reference, or against all of its study"),
  join: z.string().optional().describe("File with more columns for the same rows, such as labels"),
  on: z.string().default("imgid,ref").describe("Columns that find a row in the file to join"),
  also: z.array(z.enum(additionalNames)).default([]).describe("Metrics behind those of the profile"),
  labelsColumn: z.string().default("labels").describe("Column of the radiologists' labels, for padchest-labels"),
  boxesColumn: z
    .string()
    .default("boxes")
    .describe("Column of the reference boxes, for grounding and the strata boxes"),
  hypBoxesColumn: z.string().default("hyp_boxes").describe("Column of the predicted boxes, for grounding"),
};

export type TextOptions = Readonly<z.output<z.ZodObject<typeof textOptions>>>;

/** A table with its pairs, ready to score. */
export interface TextTable {
  readonly rows: Rows;
  readonly pairs: readonly Pair[];
  /** Each text with its row's own reference, whatever it is scored against. */
  readonly ownPairs: readonly Pair[];
}

/** Reads a table, joins another, and tells what is odd about the texts. */
export async function readTexts(path: string, options: TextOptions, log: Context["log"]): Promise<TextTable> {
  const own = await readRows(path);
  const rows = options.join === undefined ? own : joinedRows(own, await readRows(options.join), options.on.split(","));
  if (rows.count === 0) {
    throw new DataError("There is nothing to score.", {
      where: rows.file,
      expected: "at least one row",
      found: "none",
    });
  }
  const pairs = pairsOf(rows, { ref: options.refColumn, hyp: options.hypColumn });
  for (const remark of remarksOn(rows, pairs, options.idColumn)) log.warn(remark);
  return {
    rows,
    pairs: options.references === "own" ? pairs : withStudyReferences(pairs, studiesOf(rows, options)),
    ownPairs: pairs,
  };
}

/** The study of each row. @throws DataError when there is no such column */
export function studiesOf(rows: Rows, { studyColumn }: Pick<TextOptions, "studyColumn">): string[] {
  return columnOf(rows, studyColumn, "studies").map(String);
}

/** The metrics of `--also`. @throws DataError when a column that one needs is missing or holds something else */
export function additionalMetrics({ rows, ownPairs }: TextTable, options: TextOptions): Metric[] {
  // Side and place are those of one finding: another sentence of the study names others.
  const ofOwnReference = (metric: TextMetric): Metric => ({ ...metric, measure: () => metric.measure(ownPairs) });
  const makers: Readonly<Record<(typeof additionalNames)[number], () => Metric>> = {
    "label-F1": () => labelF1,
    laterality: () => ofOwnReference(laterality),
    location: () => ofOwnReference(locationF1),
    "padchest-labels": () => padchestLabelF1(columnOf(rows, options.labelsColumn, "labels").map(listCell)),
    grounding: () => groundingScores(groundedPairs(rows, options)),
  };
  return options.also.map((name) => makers[name]());
}

function groundedPairs(rows: Rows, options: TextOptions) {
  const boxes = (name: string, purpose: string) =>
    columnOf(rows, name, purpose).map((cell, row) => boxesCell(cell, `${rows.place(row)}, column ${name}`));
  const predicted = boxes(options.hypBoxesColumn, "predicted boxes");
  const own = boxes(options.boxesColumn, "reference boxes");
  if (options.references === "own") return predicted.map((each, row) => ({ predicted: each, references: [own[row]!] }));
  const studies = studiesOf(rows, options);
  const byStudy = new Map<string, (typeof own)[number][]>();
  for (const [row, study] of studies.entries()) byStudy.set(study, [...(byStudy.get(study) ?? []), own[row]!]);
  return predicted.map((each, row) => ({ predicted: each, references: byStudy.get(studies[row]!)! }));
}

/** @throws UsageError for a table file whose ending names no format */
export function formatOf(path: string): "markdown" | "csv" | "json" | "latex" | "text" {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  const formats = { md: "markdown", csv: "csv", json: "json", tex: "latex", txt: "text" } as const;
  const format = Object.entries(formats).find(([name]) => name === ending)?.[1];
  if (format !== undefined) return format;
  throw new UsageError("The ending of a table file names no format.", {
    where: `--table ${path}`,
    expected: ".md, .csv, .json, .tex or .txt",
    found: ending ?? "no ending",
  });
}
