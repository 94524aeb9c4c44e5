/** The models of the metrics as they are published: archives and checkpoints, and what is wrong with others. */

import { readFileSync } from "node:fs";
import { cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { packTar, unpackTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256OfFile } from "../../src/base/node/hash.ts";
import { silentReporter } from "../../src/base/reporter.ts";
import { classifyReports } from "../../src/metrics/f1chexbert/classify.ts";
import { annotateReports } from "../../src/metrics/f1radgraph/annotate.ts";
import type { Annotation } from "../../src/metrics/f1radgraph/annotation.ts";
import { radgraphRewards } from "../../src/metrics/f1radgraph/f1radgraph.ts";
import { rewardLevels } from "../../src/metrics/f1radgraph/rewards.ts";
import { type LabelReport, type LabelScore, type Metric, scoresOf } from "../../src/metrics/index.ts";
import { type ModelFolders, weightedMetrics } from "../../src/metrics/node/index.ts";
import { loadChexbert, loadRadgraph } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { loadEncoderTokenizer } from "../../src/text/node/index.ts";
import { unpackTarGz, writeSafetensors } from "../../src/weights/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { writeTinyDistilbert } from "../support/tiny-models.ts";

const golden = fileURLToPath(new URL(".", import.meta.url));
const [chexbertDir, radgraphDir] = [join(golden, "chexbert"), join(golden, "radgraph")];
const runtime = openRuntime();
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "metric-models-"));
});
afterAll(() => rm(dir, { recursive: true }));

function metricOf(folders: ModelFolders, profile: "authors" | "radeval" = "authors"): Metric {
  return [...weightedMetrics(profile, folders, runtime).values()][0]!;
}

describe("chexbert.pth", () => {
  type Rows = Readonly<Record<string, Readonly<Record<string, number>>>>;
  const { reports, shift, classes, fourteen, five, accuracyFive } = readGolden<{
    readonly reports: readonly string[];
    readonly shift: number;
    readonly classes: readonly (readonly number[])[];
    readonly fourteen: Rows;
    readonly five: Rows;
    readonly accuracyFive: number;
  }>("chexbert").manifest;
  const pairs = reports.map((hypothesis, i) => ({ hypothesis, references: [reports[(i + shift) % reports.length]!] }));

  function expectReport({ labels, ...averages }: LabelReport, expected: Rows): void {
    const { micro, macro, weighted, samples } = averages;
    const named = { "micro avg": micro, "macro avg": macro, "weighted avg": weighted, "samples avg": samples };
    const rows: Readonly<Record<string, LabelScore>> = { ...labels, ...named };
    expect(Object.keys(rows)).toEqual(Object.keys(expected));
    for (const [name, { precision, recall, f1, support }] of Object.entries(rows)) {
      expectClose([precision, recall, f1, support], Object.values(expected[name]!), "float64Sum", name);
    }
  }

  it("gives PyTorch's classes", async () => {
    const load = async () => {
      const model = await loadChexbert(chexbertDir);
      return { ...model, tokenizer: await loadEncoderTokenizer(chexbertDir, model.config.vocabularySize) };
    };
    const found = await classifyReports(reports, { runtime, load });
    expect(reports.map((report) => [...found.get(report)!])).toEqual(classes);
  });

  it("gives scikit-learn's reports, and the columns of both profiles", async () => {
    const outcome = await metricOf({ chexbert: chexbertDir }).measure(pairs, silentReporter);
    if (!("statistics" in outcome)) throw new Error("not measured");
    const details = outcome.details as { readonly five: LabelReport; readonly fourteen: LabelReport };
    expectReport(details.five, five);
    expectReport(details.fourteen, fourteen);
    expectClose([details.five.accuracy], [accuracyFive], "float64Sum");
    expectClose([scoresOf(outcome).get("F1CheXbert")!.corpus], [five["micro avg"]!["f1-score"]!], "float64Sum");
    const radeval = await metricOf({ chexbert: chexbertDir }, "radeval").measure(pairs, silentReporter);
    if (!("statistics" in radeval)) throw new Error("not measured");
    const columns = ["five", "fourteen"].flatMap((labels) =>
      ["micro", "macro", "weighted"].map(
        (average) => ({ five, fourteen })[labels as "five"][`${average} avg`]!["f1-score"]!,
      ),
    );
    expectClose(
      [...scoresOf(radeval).values()].map(({ corpus }) => corpus),
      columns,
      "float64Sum",
    );
  });

  it("is the same as safetensors", async () => {
    const { config, weights } = await loadChexbert(chexbertDir);
    const other = join(dir, "chexbert-safetensors");
    await writeSafetensors(join(other, "model.safetensors"), weights);
    const again = await loadChexbert(other);
    expect(again.config).toEqual(config);
    expect([...again.weights.keys()].sort()).toEqual([...weights.keys()].sort());
  });

  it("names what is wrong with a folder", async () => {
    await expect(loadChexbert(dir)).rejects.toThrow(/holds no CheXbert[\s\S]*chexbert\.pth/);
    const { weights } = await loadChexbert(chexbertDir);
    const other = join(dir, "chexbert-other");
    await writeSafetensors(
      join(other, "model.safetensors"),
      new Map([...weights].filter(([name]) => name.startsWith("bert."))),
    );
    await expect(loadChexbert(other)).rejects.toThrow(/another model than CheXbert[\s\S]*none of a head/);
    const lacking = join(dir, "chexbert-lacking");
    await writeSafetensors(
      join(lacking, "model.safetensors"),
      new Map([...weights].filter(([name]) => name !== "linear_heads.7.bias")),
    );
    await expect(loadChexbert(lacking)).rejects.toThrow(/do not fit[\s\S]*"linear_heads\.7\.bias" is missing/);
    const bare = join(dir, "chexbert-bare");
    await cp(join(chexbertDir, "chexbert.pth"), join(bare, "chexbert.pth"));
    await expect(metricOf({ chexbert: bare }).measure(pairs, silentReporter)).rejects.toThrow(
      /no tokenizer[\s\S]*bert-base-uncased --file vocab\.txt[\s\S]*--chexbert-tokenizer/,
    );
    const apart = metricOf({ chexbert: bare, chexbertTokenizer: chexbertDir });
    expect(await apart.measure(pairs.slice(0, 1), silentReporter)).toHaveProperty("statistics");
    await writeFile(join(bare, "chexbert.pth"), readFileSync(join(chexbertDir, "chexbert.pth")).subarray(0, 40_000));
    await expect(loadChexbert(bare)).rejects.toThrow(/where: .*chexbert\.pth/);
  });
});

describe("the RadGraph archives", () => {
  interface Rewards {
    readonly mean: number;
    readonly items: readonly number[];
  }
  const { reports, pairs, models } = readGolden<{
    readonly reports: readonly string[];
    readonly pairs: readonly (readonly [number | null, number])[];
    readonly models: Readonly<
      Record<
        string,
        {
          readonly rewards: Readonly<Record<string, Rewards>>;
          readonly annotations: readonly { readonly of: Annotation }[];
        }
      >
    >;
  }>("radgraph").manifest;
  const texts = pairs.map(([hypothesis, reference]) => ({
    hypothesis: hypothesis === null ? "" : reports[hypothesis]!,
    references: [reports[reference]!],
  }));

  function loader(path: string) {
    return async () => {
      const model = await loadRadgraph(path);
      return {
        ...model,
        tokenizer: await loadEncoderTokenizer(join(radgraphDir, "encoder"), model.config.encoder.vocabularySize),
      };
    };
  }

  it.each(Object.entries(models))(
    "%s: the package's annotations and rewards",
    async (name, { annotations, rewards }) => {
      const load = loader(join(radgraphDir, `${name}.tar.gz`));
      const found: Annotation[] = [];
      await annotateReports(reports, { runtime, load }, (_, annotations) => {
        found.push(...annotations);
      });
      for (const [i, { of }] of annotations.entries()) expect(found[i], reports[i]).toEqual(of);
      const items = await radgraphRewards(texts, { runtime, load });
      for (const level of rewardLevels) expectClose(items[level], rewards[level]!.items, "float64Sum", level);
    },
  );

  it("radgraph-xl is the profiles' metric: partial for the authors, three levels for RadEval", async () => {
    const { rewards } = models["radgraph-xl"]!;
    const corpus = async (profile: "authors" | "radeval") => {
      const outcome = await metricOf({ radgraph: radgraphDir }, profile).measure(texts, silentReporter);
      if (!("statistics" in outcome)) throw new Error("not measured");
      return [...scoresOf(outcome).values()].map((column) => column.corpus);
    };
    expectClose(await corpus("authors"), [rewards.partial!.mean], "float64Sum");
    expectClose(
      await corpus("radeval"),
      rewardLevels.map((level) => rewards[level]!.mean),
      "float64Sum",
    );
  });

  it("can be unpacked already", async () => {
    const { config } = await loadRadgraph(join(radgraphDir, "radgraph-xl.tar.gz"));
    const unpacked = join(dir, "unpacked");
    await cp(join(radgraphDir, "encoder"), join(unpacked, "encoder"), { recursive: true });
    await unpackTarGz(join(radgraphDir, "radgraph-xl.tar.gz"), unpacked, () => 1e6);
    expect((await loadRadgraph(unpacked)).config).toEqual(config);
  });

  /** The archive with its files changed. */
  async function changed(name: string, change: (name: string, data: Buffer) => Buffer | undefined): Promise<string> {
    const entries = await unpackTar(gunzipSync(readFileSync(join(radgraphDir, "radgraph-xl.tar.gz"))));
    const kept = entries.flatMap(({ header, data }) => {
      const body = data === undefined ? undefined : change(header.name, Buffer.from(data));
      return body === undefined ? [] : [{ header: { ...header, size: body.length }, body }];
    });
    const path = join(dir, name);
    await writeFile(path, gzipSync(await packTar(kept)));
    return path;
  }
  const replaced = (file: string, from: string, to: string) => (name: string, data: Buffer) =>
    name === file ? Buffer.from(data.toString().replaceAll(from, to)) : data;

  it("are unpacked once where there is a folder for it, and as a whole", async () => {
    const unpacked = join(dir, "kept");
    const archive = join(dir, "copy.tar.gz");
    await cp(join(radgraphDir, "radgraph-xl.tar.gz"), archive);
    const encoderDir = join(radgraphDir, "encoder");
    const first = await loadRadgraph(archive, { unpacked, encoderDir });
    const [name] = await readdir(unpacked);
    expect(await readdir(unpacked)).toEqual([await sha256OfFile(archive)]);
    const { mtimeMs } = await stat(join(unpacked, name!));
    const again = await loadRadgraph(join(radgraphDir, "radgraph-xl.tar.gz"), { unpacked, encoderDir });
    expect(again.config).toEqual(first.config);
    expect((await stat(join(unpacked, name!))).mtimeMs).toBe(mtimeMs);

    await writeFile(archive, readFileSync(archive).subarray(0, 30_000));
    await expect(loadRadgraph(archive, { unpacked })).rejects.toThrow(/damaged or cut off/);
    expect(await readdir(unpacked)).toEqual([name]);
    await expect(loadRadgraph(archive, { unpacked: join(archive, "no-folder") })).rejects.toThrow(
      /no room[\s\S]*can be written[\s\S]*HF_HUB_CACHE/,
    );
  });

  it.each([0.2, 0.9])("of which the first %d are there are cut off, inside a whole gzip, too", async (share) => {
    const cut = join(dir, `cut-${share}.tar.gz`);
    const tar = gunzipSync(readFileSync(join(radgraphDir, "radgraph-xl.tar.gz")));
    await writeFile(cut, gzipSync(tar.subarray(0, Math.floor(tar.length * share))));
    await expect(loadRadgraph(cut)).rejects.toThrow(/damaged or cut off[\s\S]*where: .*tar\.gz/);
  });

  it("names what is wrong with an archive", async () => {
    const cut = join(dir, "cut.tar.gz");
    await writeFile(cut, readFileSync(join(radgraphDir, "radgraph-xl.tar.gz")).subarray(0, 30_000));
    await expect(loadRadgraph(cut)).rejects.toThrow(/damaged or cut off[\s\S]*where: .*cut\.tar\.gz/);
    const modern = await changed(
      "modern.tar.gz",
      replaced("config.json", "microsoft/BiomedVLP-CXR-BERT-general", "answerdotai/ModernBERT-base"),
    );
    await expect(loadRadgraph(modern)).rejects.toThrow(
      /ModernBERT, which is not supported[\s\S]*modern\.tar\.gz\/config\.json/,
    );
    const coref = await changed("coref.tar.gz", replaced("config.json", '"coref": 0', '"coref": 1'));
    await expect(loadRadgraph(coref)).rejects.toThrow(/can be read[\s\S]*key "model\.loss_weights\.coref"/);
    const weightless = await changed("weightless.tar.gz", (name, data) => (name === "weights.th" ? undefined : data));
    await expect(loadRadgraph(weightless)).rejects.toThrow(
      /could not be opened[\s\S]*weightless\.tar\.gz\/weights\.th/,
    );
    const labelless = await changed("labelless.tar.gz", (name, data) => (name.includes("relation") ? undefined : data));
    await expect(loadRadgraph(labelless)).rejects.toThrow(/not whole[\s\S]*radgraph-xl__relation_labels\.txt/);
    const more = await changed("more.tar.gz", (name, data) =>
      name.endsWith("ner_labels.txt") ? Buffer.concat([data, Buffer.from("another\n")]) : data,
    );
    await expect(loadRadgraph(more)).rejects.toThrow(/do not fit[\s\S]*more\.tar\.gz\/weights\.th[\s\S]*_ner_scorers/);
    const firstFull = await changed("first-full.tar.gz", (name, data) =>
      name.endsWith("ner_labels.txt") ? data.subarray(1) : data,
    );
    await expect(loadRadgraph(firstFull)).rejects.toThrow(/do not begin with the empty one/);
    await expect(loadRadgraph(chexbertDir)).rejects.toThrow(/holds no RadGraph[\s\S]*radgraph-xl\.tar\.gz/);
    await expect(loadRadgraph(join(dir, "nothing"))).rejects.toThrow(/no RadGraph here/);
  });

  it("say which tokenizer they need", async () => {
    const alone = join(dir, "alone");
    await cp(join(radgraphDir, "radgraph-xl.tar.gz"), join(alone, "radgraph-xl.tar.gz"));
    await cp(join(radgraphDir, "encoder", "config.json"), join(alone, "encoder", "config.json"));
    await expect(metricOf({ radgraph: alone }).measure(texts, silentReporter)).rejects.toThrow(
      /no tokenizer[\s\S]*microsoft\/BiomedVLP-CXR-BERT-general[\s\S]*--radgraph-encoder/,
    );
    const apart = metricOf({ radgraph: alone, radgraphEncoder: join(radgraphDir, "encoder") });
    expect(await apart.measure(texts.slice(0, 2), silentReporter)).toHaveProperty("statistics");
  });
});

describe("another encoder than BERTScore's", () => {
  const pairs = [{ hypothesis: "no effusion", references: ["small effusion"] }];

  it("of another family is refused", async () => {
    const { config, weights } = await loadChexbert(chexbertDir);
    const other = join(dir, "bert");
    await writeSafetensors(join(other, "model.safetensors"), weights);
    const sizes = { hidden_size: config.width, num_hidden_layers: 2, num_attention_heads: 1, intermediate_size: 24 };
    await writeFile(
      join(other, "config.json"),
      JSON.stringify({ model_type: "bert", vocab_size: 64, max_position_embeddings: 24, ...sizes }),
    );
    for (const trial of [false, true]) {
      await expect(metricOf({ bertscore: other, trial }).measure(pairs, silentReporter)).rejects.toThrow(
        /another encoder[\s\S]*expected: distilbert-base-uncased: distilbert[\s\S]*found: bert/,
      );
    }
  });

  it("of other sizes is refused, as the baseline is not its own, unless it is a trial", async () => {
    const tiny = await writeTinyDistilbert(join(dir, "distilbert"));
    await expect(metricOf({ bertscore: tiny }).measure(pairs, silentReporter)).rejects.toThrow(
      /another encoder[\s\S]*expected: .*width 768, heads 12, [\s\S]*found: width 32, heads 4, [\s\S]*models pull distilbert/,
    );
    const outcome = await metricOf({ bertscore: tiny, trial: true }).measure(pairs, silentReporter);
    expect(outcome).toMatchObject({ details: { encoder: "distilbert, output 5 of 6 layers of width 32" } });
  });
});
