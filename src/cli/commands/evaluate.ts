/** `regionformer evaluate`: sentences and references in, scores out; two files and more: their comparison. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256OfFile } from "../../base/node/hash.ts";
import {
  type BootstrapOptions,
  compare,
  comparisonGrid,
  type Evaluation,
  type Grid,
  gridAsLatex,
  gridAsMarkdown,
  gridAsText,
  intervalKinds,
  intervalsGrid,
  itemScores,
  matchRows,
  profileNames,
  reordered,
  evaluate as score,
  scoresDocument,
  scoresGrid,
  strataOf,
} from "../../metrics/index.ts";
import { gridAsCsv, itemsAsCsv } from "../../metrics/node/index.ts";
import { type Context, defineCommand } from "../framework/index.ts";
import { engineOptions } from "../options/engine.ts";
import { metricModelOptions, modelMetrics } from "../options/metric-models.ts";
import { additionalMetrics, formatOf, readTexts, studiesOf, type TextTable, textOptions } from "../options/texts.ts";

const options = z.object({
  profile: z.enum(profileNames).default("authors").describe("Which metrics, and how they prepare the texts"),
  ...textOptions,
  strata: z
    .array(z.string())
    .default([])
    .describe("Score parts apart: abnormal, boxes, length, or any column such as label_group or locations"),
  intervals: z.boolean().default(false).describe("Add bootstrap intervals"),
  compare: z.boolean().default(false).describe("Compare the files: the first is the baseline"),
  byStudy: z.boolean().default(false).describe("Draw and exchange the texts of a study together"),
  interval: z.enum(intervalKinds).default("percentile").describe("Kind of interval"),
  level: z.number().gt(0).lt(1).default(0.95).describe("Share of values inside an interval"),
  resamples: z.number().int().positive().default(2000).describe("Bootstrap resamples"),
  seed: z.number().int().default(0).describe("Seed of the bootstrap"),
  trials: z.number().int().positive().default(10_000).describe("Trials of the randomisation test"),
  trialsSeed: z.number().int().default(12345).describe("Seed of the randomisation test, as Python's"),
  items: z.string().optional().describe("CSV file for the unrounded scores of each text"),
  table: z.array(z.string()).default([]).describe("File for the table: .md, .csv, .json, .tex or .txt"),
  out: z
    .string()
    .optional()
    .describe("JSON file to write; scores.json or comparison.json next to the first input when absent"),
  ...metricModelOptions,
  // The metrics' models run on the CPU.
  threads: engineOptions.threads,
});

type Options = Readonly<z.output<typeof options>>;

function bootstrapOptions({ interval, level, resamples, seed, byStudy, ...rest }: Options, { rows }: TextTable) {
  const clusters = byStudy ? { clusters: studiesOf(rows, rest) } : {};
  return { interval, level, resamples, seed, ...clusters } satisfies BootstrapOptions;
}

type Weighted = Awaited<ReturnType<typeof modelMetrics>>;

async function evaluated(
  table: TextTable,
  settings: Options,
  weighted: Weighted,
  context: Context,
): Promise<Evaluation> {
  return score(table.pairs, {
    profile: settings.profile,
    weighted,
    additional: additionalMetrics(table, settings),
    reporter: context,
  });
}

async function source(file: string) {
  return { file: basename(file), sha256: await sha256OfFile(file) };
}

/** Writes the tables in every format that was asked for; a CSV file holds the first. */
async function writeTables(paths: readonly string[], grids: readonly Grid[], document: object): Promise<void> {
  const all = (write: (grid: Grid) => string) => () => grids.map(write).join("\n");
  const writers = {
    text: all((grid) => `${gridAsText(grid)}\n`),
    markdown: all(gridAsMarkdown),
    latex: all(gridAsLatex),
    csv: () => gridAsCsv(grids[0]!),
    json: () => `${JSON.stringify(document, undefined, 1)}\n`,
  };
  for (const path of paths) await writeFileAtomic(path, writers[formatOf(path)]());
}

async function scoreOne(file: string, settings: Options, context: Context) {
  const table = await readTexts(file, settings, context.log);
  const strata = settings.strata.flatMap((name) => strataOf(table.rows, table.ownPairs, name, settings.boxesColumn));
  const evaluation = await evaluated(
    table,
    settings,
    await modelMetrics(settings.profile, settings, context.log),
    context,
  );
  const intervals = settings.intervals ? intervalsGrid(evaluation, bootstrapOptions(settings, table)) : undefined;
  const document = {
    ...(await source(file)),
    references: settings.references,
    ...scoresDocument(evaluation, strata),
    ...(intervals && { intervals: { header: intervals.header, rows: intervals.rows, notes: intervals.notes } }),
  };
  if (settings.items !== undefined) {
    const id = table.rows.columns.get(settings.idColumn);
    const ids = new Map(id === undefined ? [] : [[settings.idColumn, id]]);
    await writeFileAtomic(settings.items, itemsAsCsv(ids, itemScores(evaluation)));
  }
  const grid = scoresGrid(evaluation, strata);
  const grids = [...(strata.length > 0 || intervals === undefined ? [grid] : []), ...(intervals ? [intervals] : [])];
  await writeTables(settings.table, grids, document);
  const text = [gridAsText(grid), ...(intervals ? ["", gridAsText(intervals)] : [])].join("\n");
  return { document, text, name: "scores.json" };
}

/** What the systems are called: their files, with the folders as they were given where two files have one name. */
function systemNames(files: readonly string[]): readonly string[] {
  const short = files.map((file) => basename(file));
  return files.map((file, i) => (short.indexOf(short[i]!) === short.lastIndexOf(short[i]!) ? short[i]! : file));
}

async function compareAll(files: readonly string[], settings: Options, context: Context) {
  const [first, ...others] = await Promise.all(files.map((file) => readTexts(file, settings, context.log)));
  const keys = [settings.idColumn, settings.refColumn].filter((name) => first!.rows.columns.has(name));
  const aligned = others.map(({ rows, pairs, ownPairs }): TextTable => {
    const order = matchRows(first!.rows, rows, keys);
    const inOrder = (all: TextTable["pairs"]) => order.map((row) => all[row]!);
    return { rows: reordered(rows, order), pairs: inOrder(pairs), ownPairs: inOrder(ownPairs) };
  });
  const weighted = await modelMetrics(settings.profile, settings, context.log);
  const evaluations = new Map<string, Evaluation>();
  const names = systemNames(files);
  for (const [i, table] of [first!, ...aligned].entries()) {
    evaluations.set(names[i]!, await evaluated(table, settings, weighted, context));
  }
  const bootstrap = bootstrapOptions(settings, first!);
  const { clusters } = bootstrap;
  const how = {
    bootstrap,
    randomisation: { trials: settings.trials, seed: settings.trialsSeed, ...(clusters && { clusters }) },
  };
  const comparison = compare(evaluations, how);
  const grid = comparisonGrid(comparison, how);
  const { resamples, seed, interval, level } = bootstrap;
  const document = {
    sources: await Promise.all(files.map(source)),
    bootstrap: { resamples, seed, interval, level, byStudy: settings.byStudy },
    randomisation: { trials: settings.trials, seed: settings.trialsSeed },
    ...comparison,
  };
  await writeTables(settings.table, [grid], document);
  return { document, text: gridAsText(grid), name: "comparison.json" };
}

/** @throws UsageError for files and options of which one would have to be left out */
function checkTogether(files: readonly string[], { compare: isCompared, strata, items, intervals, table }: Options) {
  if (!isCompared && files.length > 1) {
    throw new UsageError("There are several files, and nothing says what to do with them.", {
      where: "files",
      expected: "one file, or --compare",
      found: `${files.length} files`,
    });
  }
  if (isCompared && files.length < 2) {
    throw new UsageError("There is nothing to compare with.", {
      where: "--compare",
      expected: "two files or more",
      found: "one",
    });
  }
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) {
    throw new UsageError("A file is to be compared with itself.", {
      where: "files",
      expected: "each file once",
      found: twice,
    });
  }
  const alone = Object.entries({ "--strata": strata.length > 0, "--items": items !== undefined });
  const [given] = alone.flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  if (isCompared && given !== undefined) {
    throw new UsageError("A comparison has no strata and no file of single texts.", {
      where: given,
      expected: "--compare alone",
      remedy: `Score each file with ${given}, or compare files that hold the rows of one stratum.`,
    });
  }
  const csv = table.find((path) => formatOf(path) === "csv");
  if (strata.length > 0 && intervals && csv !== undefined) {
    throw new UsageError("A CSV file holds one table, and there are two: strata and intervals.", {
      where: `--table ${csv}`,
      expected: ".md, .tex, .txt or .json",
      remedy: "Or ask for strata and intervals one after the other.",
    });
  }
}

export const evaluate = defineCommand({
  description:
    "Scores a CSV with columns ref and hyp, or a JSON list of the same, whoever wrote it. With --compare and two files or " +
    "more it tells whether their difference is one: paired bootstrap, approximate randomisation, effect sizes.",
  arguments: [{ name: "files", summary: "CSV or JSON files of texts and references.", required: true, variadic: true }],
  options,
  examples: [
    "evaluate runs/image-mask/predictions.csv",
    "evaluate texts.json --profile coco --json",
    "evaluate predictions.csv --strata abnormal --strata length --also label-F1 --intervals --by-study",
    "evaluate image.csv image-mask.csv --compare --by-study --table comparison.md --table comparison.tex",
  ],
  async run({ arguments: { files }, options: settings }, context) {
    for (const path of settings.table) formatOf(path);
    checkTogether(files, settings);
    const { document, text, name } = settings.compare
      ? await compareAll(files, settings, context)
      : await scoreOne(files[0]!, settings, context);
    const out = settings.out ?? join(dirname(files[0]!), name);
    await writeFileAtomic(out, `${JSON.stringify(document, undefined, 1)}\n`);
    return { document, text };
  },
});
