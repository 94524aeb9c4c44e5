/**
 * Time against size: rows (import, feature lookup, metrics), beams, text length and threads.
 *
 *     npm run bench -- scaling
 *     node bench/scaling.mjs --plots DIR       # the same as SVG figures
 *
 * `exponent` is the slope between the two largest sizes in logarithms: 1 is proportional growth.
 * Options: --rounds N (3).
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { float32 } from "../dist/base/arrays.js";
import { Random } from "../dist/base/random.js";
import { rowsOf } from "../dist/data/index.js";
import { openDataset } from "../dist/data/node/index.js";
import { vectorsOf } from "../dist/features/index.js";
import { Decoder } from "../dist/generate/decoder.js";
import { generateBatch } from "../dist/generate/generate.js";
import { bleu, cider, rougeL, valuesOf } from "../dist/metrics/index.js";
import { parseGpt2Config } from "../dist/models/gpt2/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { gpt2Small } from "./support/full-size.mjs";
import { median, secondsOf, threads, using, workFolder } from "./support/measure.mjs";
import { pairsOf, words } from "./support/texts.mjs";

const counts = [1000, 10_000, 100_000];

/** A release without films: so many studies of one sentence each. */
async function writeRelease(dir, count) {
  await mkdir(dir, { recursive: true });
  const random = Random.named(0, "release");
  const text = () =>
    Array.from({ length: 4 + random.integer(12) }, () => words[random.integer(words.length)]).join(" ");
  const studies = Array.from({ length: count }, (_, i) => ({
    StudyID: `${10 ** 20 + i}`.padStart(39, "1"),
    ImageID: `film-${i}.png`,
    findings: [
      {
        sentence_en: text(),
        sentence_es: text(),
        abnormal: true,
        boxes: [[0.1, 0.2, 0.3 + (i % 7) / 20, 0.5]],
        extra_boxes: [],
        labels: [],
        locations: [],
        progression: null,
      },
    ],
  }));
  const table = studies.map(({ StudyID, ImageID }, i) => `${StudyID},${ImageID},p${i},train`);
  await writeFile(join(dir, "grounded_reports_20240819.json"), JSON.stringify(studies));
  await writeFile(join(dir, "master_table.csv"), `StudyID,ImageID,PatientID,split\n${table.join("\n")}\n`);
}

async function medianOf(rounds, work) {
  const seconds = [];
  for (let round = 0; round < rounds; round++) seconds.push(await secondsOf(work));
  return median(seconds);
}

async function overRows(rounds) {
  const dir = await workFolder();
  const series = { import: [], "feature lookup": [], BLEU: [], "ROUGE-L": [], CIDEr: [] };
  for (const count of counts) {
    const release = join(dir, `release-${count}`);
    await writeRelease(release, count);
    let dataset;
    const load = async () => {
      dataset = await openDataset(release);
    };
    series.import.push(await medianOf(rounds, load));
    const { rows } = rowsOf(dataset.studies, { language: "en", findings: "all", reader: 1 });
    if (rows.length !== count) throw new Error(`${rows.length} rows of ${count}`);
    const film = { width: 2000, height: 2500, colourModel: "grey" };
    const vector = new Float32Array(512);
    const features = {
      films: new Map(rows.map(({ imageId }) => [imageId, { ...film, key: imageId }])),
      imageVectors: new Map(rows.map(({ imageId }) => [imageId, vector])),
      maskVectors: { get: () => vector },
    };
    const lookUp = () => rows.forEach((row) => void vectorsOf(features, row));
    series["feature lookup"].push(await medianOf(rounds, lookUp));
    const pairs = pairsOf(count, 3, 22);
    for (const [name, metric] of Object.entries({ BLEU: bleu, "ROUGE-L": rougeL, CIDEr: cider })) {
      series[name].push(await medianOf(rounds, () => valuesOf(metric.measure(pairs))));
    }
  }
  return Object.entries(series).map(([name, seconds]) => ({ name, over: "rows", sizes: counts, seconds }));
}

async function overSearch(rounds) {
  const { json, weights } = gpt2Small();
  const config = parseGpt2Config(json, "config.json");
  const [P, B] = [40, 8];
  const random = Random.named(0, "prefixes");
  const prefix = float32(
    [B, P, 768],
    Float32Array.from({ length: B * P * 768 }, () => random.normal()),
  );
  const timed = async ({ beams = 5, maxTokens = 15, cores = threads }) => {
    const shape = { rows: B, beams, prefixLength: P, maxTokens, temperature: 1 };
    return using(await Decoder.open(openRuntime({ threads: cores }), config, weights, shape), async (decoder) => {
      // A token that random weights never choose: every text is as long as it may be.
      const search = () => generateBatch(decoder, prefix, B, 50256);
      await search();
      return (await medianOf(rounds, search)) / B;
    });
  };
  const series = async (name, over, sizes, settings) => {
    const seconds = [];
    for (const size of sizes) seconds.push(await timed(settings(size)));
    return { name, over, sizes, seconds };
  };
  return [
    await series("generation, a row", "beams", [1, 3, 5, 10], (beams) => ({ beams })),
    await series("generation, a row", "tokens", [5, 15, 30, 67], (maxTokens) => ({ maxTokens })),
    await series("generation, a row", "threads", [1, 2], (cores) => ({ cores })),
  ];
}

export async function scaling({ rounds = 3 } = {}) {
  const all = [...(await overRows(rounds)), ...(await overSearch(rounds))];
  return all.map(({ name, over, sizes, seconds }) => {
    const [[a, b], [s, t]] = [sizes.slice(-2), seconds.slice(-2)];
    return { name: `${name} over ${over}`, sizes, seconds, exponent: Math.log(t / s) / Math.log(b / a) };
  });
}

/** A figure with logarithmic axes. */
async function plot(series) {
  const { parse, View } = await import("vega");
  const { compile } = await import("vega-lite");
  const values = series.flatMap(({ name, sizes, seconds }) =>
    sizes.map((size, i) => ({ name, size, seconds: seconds[i] })),
  );
  const axis = (title) => ({ type: "quantitative", scale: { type: "log" }, title });
  const { spec } = compile({
    width: 420,
    height: 260,
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "size", ...axis("size") },
      y: { field: "seconds", ...axis("seconds") },
      color: { field: "name", type: "nominal", title: null },
    },
  });
  const view = new View(parse(spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { plots: { type: "string" }, rounds: { type: "string", default: "3" } } });
  const rows = await scaling({ rounds: Number(values.rounds) });
  for (const row of rows) stdout.write(`${JSON.stringify(row)}\n`);
  if (values.plots !== undefined) {
    const overRows = rows.filter(({ name }) => name.endsWith("over rows"));
    await writeFile(join(values.plots, "scaling-rows.svg"), await plot(overRows));
    await writeFile(
      join(values.plots, "scaling-search.svg"),
      await plot(rows.filter((row) => !overRows.includes(row))),
    );
  }
}
