/** `evaluate` on 2,000 rows with every metric: weights that are there are used, those that are not are said to be missing. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Random } from "../../src/base/random.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { writeTinyDistilbert } from "../support/tiny-models.ts";

const golden = fileURLToPath(new URL("../golden/", import.meta.url));
const count = 2000;
let dir: string;
let folders: string[];

/** A sentence in the manner of the synthetic reports. */
function sentence(random: Random): string {
  const finding = () => random.choose(["effusion", "edema", "pneumothorax", "cardiomegaly", "tube in place"]);
  const size = random.choose(["no", "small", "large", "stable", "mild"]);
  const side = random.choose(["left", "right", "pleural", "normal"]);
  const more = random.integer(3) === 0 ? `, and ${random.choose(["the heart is normal", "lungs clear"])}` : "";
  return `${size} ${side} ${finding()}${more}.`;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "evaluate-"));
  vi.stubEnv("HF_HUB_CACHE", join(dir, "cache")); // archives are unpacked there
  const random = new Random(3);
  const rows = Array.from({ length: count }, () => `"${sentence(random)}","${sentence(random)}"`);
  await writeFile(join(dir, "texts.csv"), ["ref,hyp", ...rows, '"no effusion.",""'].join("\n"));
  await writeFile(join(dir, "few.csv"), ["ref,hyp", ...rows.slice(0, 60)].join("\n"));
  folders = [
    ...["--bertscore-model", await writeTinyDistilbert(join(dir, "distilbert")), "--trial-models"],
    ...["--chexbert-model", join(golden, "chexbert")],
    ...["--radgraph-model", join(golden, "radgraph")],
  ];
});
afterAll(() => {
  vi.unstubAllEnvs();
  return rm(dir, { recursive: true });
});

interface Document {
  readonly items: number;
  readonly scores: Readonly<Record<string, number | null>>;
  readonly notComputed?: Readonly<Record<string, string>>;
  readonly details?: Readonly<Record<string, object>>;
}

async function evaluate(file: string, ...flags: readonly string[]): Promise<Document> {
  const threads = flags.includes("--threads") ? [] : ["--threads", "1"];
  const run = await captureCli(registry, ["evaluate", join(dir, file), "--json", ...threads, ...flags]);
  expect(run.stderr).not.toMatch(/what to do/);
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(await readFile(join(dir, "scores.json"), "utf8"))).toEqual(JSON.parse(run.stdout));
  return JSON.parse(run.stdout) as Document;
}

describe("evaluate with all models", () => {
  it("gives every column of the authors' profile, with the labels' table", async () => {
    const { items, scores, notComputed, details } = await evaluate("texts.csv", ...folders);
    expect(items).toBe(count + 1);
    const { BERTScore, F1CheXbert, F1RadGraph } = scores;
    for (const value of [F1CheXbert, F1RadGraph]) expect(value).toBeGreaterThan(0);
    for (const value of [BERTScore, F1CheXbert, F1RadGraph]) expect(value).toBeLessThan(1);
    expect(notComputed).toBeUndefined();
    expect(details).toMatchObject({ F1CheXbert: { five: { labels: { Edema: {} } }, fourteen: { micro: {} } } });
  });

  it("gives the same numbers with two threads, and RadEval's columns in its profile", async () => {
    const [all, two] = [await evaluate("few.csv", ...folders), await evaluate("few.csv", ...folders, "--threads", "2")];
    for (const [name, value] of Object.entries(all.scores)) expect(two.scores[name], name).toBeCloseTo(value!, 6);
    const { scores } = await evaluate("few.csv", ...folders, "--profile", "radeval");
    expect(scores["F1CheXbert-5 micro"]).toBeCloseTo(all.scores.F1CheXbert!, 4);
    expect(scores["F1RadGraph partial"]).toBeCloseTo(all.scores.F1RadGraph!, 4);
    expect(scores.BERTScore).toBeCloseTo(all.scores.BERTScore!, 4);
  });

  it("says what is missing, and computes the rest", async () => {
    const { scores, notComputed } = await evaluate("few.csv", ...folders.slice(3, 5));
    expect(scores).toMatchObject({ BERTScore: null, F1RadGraph: null });
    expect(scores.F1CheXbert).toBeGreaterThan(0);
    expect(Object.keys(notComputed!)).toEqual(["BERTScore", "F1RadGraph"]);
    expect(notComputed!.BERTScore).toMatch(/distilbert-base-uncased missing, get them with `regionformer models pull/);
  });

  it("of one reference a text are not computed for several, the others are", async () => {
    const rows = [
      { ref: ["clear lungs", "no effusion"], hyp: "clear lungs" },
      { ref: "no effusion", hyp: "effusion" },
    ];
    await writeFile(join(dir, "several.json"), JSON.stringify(rows));
    const { scores, notComputed } = await evaluate("several.json", ...folders);
    expect(scores).toMatchObject({ F1CheXbert: null, F1RadGraph: null });
    expect(scores.BERTScore).toBeGreaterThan(0.5);
    for (const name of ["F1CheXbert", "F1RadGraph"]) {
      expect(notComputed![name]).toBe("it takes one reference a text, and 1 of 2 texts have several");
    }
  });
});

describe("evaluate with boxes", () => {
  const half = { left: "[[0,0,0.5,1]]", right: "[[0.5,0,1,1]]", middle: "[[0.25,0,0.75,1]]", none: "" };
  const header = "imgid,studyid,ref,hyp,labels,locations,boxes,hyp_boxes";
  const row = (study: string, label: string, place: string, boxes: string, predicted: string) =>
    `${study}.png,${study},effusion.,effusion.,"['${label}']","[${place}]","${boxes}","${predicted}"`;

  beforeAll(async () => {
    const rows = [
      row("s1", "effusion", "'left'", half.left, half.middle), // IoU 1/3, precision and recall 1/2
      row("s1", "nodule", "'left', 'base'", half.right, half.left), // beside it; the study's other region is hit
      row("s2", "effusion", "'right'", half.right, half.right),
      row("s2", "nodule", "'right'", half.left, half.none), // missed
      row("s3", "effusion", "'left'", half.none, half.left), // made up
    ];
    await writeFile(join(dir, "boxes.csv"), [header, ...rows].join("\n"));
  });

  interface Grounded extends Document {
    readonly references: string;
    readonly strata: readonly { readonly name: string; readonly scores: Readonly<Record<string, number | null>> }[];
  }
  const columns = ["box IoU", "pixel precision", "pixel recall", "boxes entailed"];
  async function grounded(...flags: readonly string[]) {
    const strata = ["--strata", "labels", "--strata", "locations"];
    const document = (await evaluate("boxes.csv", "--also", "grounding", ...strata, ...flags)) as Grounded;
    const of = (scores: Readonly<Record<string, number | null>>) => columns.map((name) => scores[name]);
    return new Map([
      ["all", of(document.scores)],
      ...document.strata.map(({ name, scores }) => [name, of(scores)] as const),
    ]);
  }

  it("scores them per label and location, against the row's own reference", async () => {
    const scores = await grounded();
    expect(scores.get("all")).toEqual([(1 / 3 + 1) / 5, 1.5 / 4, 1.5 / 4, 2 / 4]);
    expect(scores.get("labels: effusion")).toEqual([(1 / 3 + 1) / 3, 1.5 / 3, 1.5 / 2, 2 / 3]);
    expect(scores.get("labels: nodule")).toEqual([0, 0, 0, 0]);
    expect(scores.get("locations: left")).toEqual([1 / 3 / 3, 0.5 / 3, 0.5 / 2, 1 / 3]);
    expect(scores.get("locations: right")).toEqual([1 / 2, 1, 1 / 2, 1]);
    expect(scores.get("locations: base")).toEqual([0, 0, 0, 0]);
  });

  it("scores them against the best region of the study", async () => {
    const scores = await grounded("--references", "study");
    expect(scores.get("labels: nodule")).toEqual([1 / 2, 1, 1 / 2, 1]); // the first is the study's other region, the second missed
    expect(scores.get("locations: base")).toEqual([1, 1, 1, 1]);
    expect(scores.get("labels: effusion")).toEqual([(1 / 3 + 1) / 3, 1.5 / 3, 1.5 / 2, 2 / 3]);
  });
});
