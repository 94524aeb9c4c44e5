/** Metrics with weights that keep what they read: scored again, continued, and with other models. */
import { appendFile, cp, mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/base/errors.ts";
import { silentReporter } from "../../src/base/reporter.ts";
import { type Metric, type Pair, scoresOf } from "../../src/metrics/index.ts";
import { MemoryFolder, type ModelFolders, weightedMetrics } from "../../src/metrics/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { writeTinyDistilbert } from "../support/tiny-models.ts";

const golden = fileURLToPath(new URL("../golden/", import.meta.url));
const runtime = openRuntime();
const said = ["small left effusion", "no effusion", "heart is enlarged", "clear lungs", "left nodule", ""];
const meant = ["left effusion", "no pleural effusion", "the heart is normal", "clear lungs", "right nodule", "clear"];
const pairs: readonly Pair[] = said.map((hypothesis, i) => ({ hypothesis, references: [meant[i]!] }));
const more = [...pairs, { hypothesis: "effusion has grown", references: [meant[0]!] }];

let dir: string;
let models: ModelFolders;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "readings-"));
  const place = (name: string) => cp(join(golden, name), join(dir, name), { recursive: true });
  await Promise.all([place("chexbert"), place("radgraph"), writeTinyDistilbert(join(dir, "distilbert"))]);
  models = {
    bertscore: join(dir, "distilbert"),
    chexbert: join(dir, "chexbert"),
    radgraph: join(dir, "radgraph"),
    trial: true,
  };
});
afterAll(() => rm(dir, { recursive: true }));

type Scores = Readonly<Record<string, readonly [corpus: number, items: readonly number[]]>>;

/** Scores of every metric, and how many texts or pairs each one read to find them. */
async function measured(texts: readonly Pair[], readings?: string, profile: "authors" | "radeval" = "radeval") {
  await using memories = readings === undefined ? undefined : new MemoryFolder(join(dir, readings));
  const read: Record<string, number> = {};
  const progress = (label: string, total: number) => {
    read[label] = (read[label] ?? 0) + total;
    return silentReporter.progress(label, total);
  };
  const scores: Scores[] = [];
  for (const metric of metricsOf(profile, memories).values()) {
    const outcome = await metric.measure(texts, { ...silentReporter, progress });
    if (!("statistics" in outcome)) throw new Error("not measured");
    const columns = [...scoresOf(outcome)].map(([name, { corpus, items }]) => [name, [corpus, [...items]]] as const);
    scores.push(Object.fromEntries(columns));
  }
  return { scores, read };
}

function metricsOf(profile: "authors" | "radeval", memories?: MemoryFolder): ReadonlyMap<string, Metric> {
  return weightedMetrics(profile, models, runtime, memories && { memories });
}

describe("readings that are kept", () => {
  it("give the same scores without reading a text again, also to another profile", async () => {
    const fresh = await measured(pairs);
    const first = await measured(pairs, "same");
    expect(first).toEqual(fresh);
    expect(first.read).toEqual({ BERTScore: 6, F1CheXbert: 11, F1RadGraph: 9 });
    expect(await measured(pairs, "same")).toEqual({ scores: fresh.scores, read: {} });
    const authors = await measured(pairs, "same", "authors");
    expect(authors).toEqual({ scores: (await measured(pairs, undefined, "authors")).scores, read: {} });
  });

  it("serve a set with new texts, of which only those are read", async () => {
    await measured(pairs, "grown");
    const { scores, read } = await measured(more, "grown");
    expect(read).toEqual({ BERTScore: 1, F1CheXbert: 1, F1RadGraph: 1 });
    const [{ BERTScore }, ...labels] = scores as [Scores, ...Scores[]];
    const [fresh, ...freshLabels] = (await measured(more)).scores as [Scores, ...Scores[]];
    expect(labels).toEqual(freshLabels);
    // The engine's last digits depend on the texts that stand together.
    expectClose(BERTScore!.flat(), fresh.BERTScore!.flat(), "float32Engine", "BERTScore");
  });

  it("have the words of no text but what RadGraph saw", async () => {
    await measured(pairs, "private");
    expect((await readdir(join(dir, "private"))).sort()).toEqual(
      ["BERTScore", "F1CheXbert", "F1RadGraph"].map((name) => `${name}.jsonl`),
    );
    for (const name of ["BERTScore", "F1CheXbert"]) {
      expect(await readFile(join(dir, "private", `${name}.jsonl`), "utf8")).not.toMatch(/effusion|lungs/);
    }
  });

  it("survive a kill in the middle of a line, and lines that somebody changed", async () => {
    const { scores } = await measured(pairs, "torn");
    const path = (name: string) => join(dir, "torn", `${name}.jsonl`);
    await truncate(path("F1CheXbert"), (await readFile(path("F1CheXbert"))).length - 5);
    const radgraph = await readFile(path("F1RadGraph"), "utf8");
    await writeFile(path("F1RadGraph"), radgraph.replaceAll('"entities":{', '"entities":[{').replaceAll("}]", "}}]"));
    await appendFile(path("BERTScore"), '{"piece":[["x",["NaN"]],7]}\n');
    const again = await measured(pairs, "torn");
    expect(again).toEqual({ scores, read: { F1CheXbert: 11, F1RadGraph: 9 } });
  });

  it("are forgotten with the model that made them", async () => {
    await measured(pairs, "other");
    const weights = join(dir, "chexbert", "chexbert.pth");
    await utimes(weights, new Date(), new Date());
    expect((await measured(pairs, "other")).read).toEqual({ F1CheXbert: 11 });
  });

  it("belong to the files of a model, however their folder is named, and whatever else is in it", async () => {
    await symlink(join(dir, "nowhere"), join(dir, "distilbert", "dangling"));
    await measured(pairs, "named");
    const before = process.cwd();
    process.chdir(dir);
    const absolute = models;
    models = { bertscore: "distilbert", chexbert: "./chexbert", radgraph: "radgraph/radgraph-xl.tar.gz", trial: true };
    try {
      expect((await measured(pairs, "named")).read).toEqual({ F1RadGraph: 9 });
      expect((await measured(pairs, "named")).read).toEqual({});
      for (const name of ["distilbert/vocab.txt", "radgraph/encoder/vocab.txt"]) await utimes(name, 1, 1);
      expect((await measured(pairs, "named")).read).toEqual({ BERTScore: 6, F1RadGraph: 9 });
    } finally {
      process.chdir(before);
      models = absolute;
    }
  });

  it("are kept when scoring is stopped", async () => {
    const controller = new AbortController();
    const progress = (label: string, total: number) => {
      if (label === "F1CheXbert") controller.abort();
      return silentReporter.progress(label, total);
    };
    {
      await using memories = new MemoryFolder(join(dir, "stopped"));
      const metrics = metricsOf("authors", memories);
      const reporter = { ...silentReporter, signal: controller.signal, progress };
      await metrics.get("BERTScore")!.measure(pairs, reporter);
      await expect(metrics.get("F1CheXbert")!.measure(pairs, reporter)).rejects.toThrow(InterruptedError);
    }
    expect((await measured(pairs, "stopped")).read).toEqual({ F1CheXbert: 11, F1RadGraph: 9 });
  });
});
