/** `explain` as a user types it: one film, rows of a data set with scores, real films. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../src/base/reporter.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { type Row, rowsOf } from "../../src/data/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { synthesise } from "../../src/data/synthetic/node/index.ts";
import { defaultMethodOptions, Explainer } from "../../src/explain/index.ts";
import { scoreRows } from "../../src/explain/node/score-rows.ts";
import { paperSearch } from "../../src/generate/index.ts";
import { loadDescriberParts } from "../../src/generate/node/index.ts";
import { locateModel } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { Run } from "../../src/train/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { describeWithSharedData } from "../support/shared-data.ts";

let dir: string;
let rows: readonly Row[];
const into = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-explain-"));
  await synthesise({ out: into("data"), studies: 20, seed: 9, size: 160 });
  const { studies } = await openDataset(into("data"));
  const all = rowsOf(studies, { language: "en", findings: "positive", reader: 1 }).rows;
  rows = all.filter(({ boxes }) => boxes.length > 0);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Explained {
  readonly parameters: { readonly view: object; readonly patchSize: number };
  readonly rows: readonly {
    readonly key: string;
    readonly sentence: string;
    readonly reference?: string;
    readonly attributions: readonly {
      readonly method: string;
      readonly score: number;
      readonly baselineScore?: number;
      readonly completenessGap?: number;
      readonly maps: Readonly<Record<string, readonly (readonly number[])[]>>;
    }[];
    readonly tokens: readonly {
      readonly text: string;
      readonly logProbability: number;
      readonly attributions?: object[];
    }[];
    readonly latent: readonly {
      readonly mode: string;
      readonly notice: string;
      readonly attention: readonly number[];
    }[];
    readonly counterfactuals: readonly {
      readonly change: string;
      readonly logProbability: Readonly<
        Record<"original" | "rewritten", { readonly before: number; readonly after: number }>
      >;
      readonly tokenShifts: readonly number[];
    }[];
  }[];
}

async function run(...argv: string[]) {
  const { exitCode, stdout, stderr } = await captureCli(registry, ["explain", ...argv, "--json"]);
  expect(exitCode, stderr).toBe(0);
  return { document: JSON.parse(stdout) as Record<string, unknown>, stderr };
}

async function explained(out: string): Promise<Explained> {
  return JSON.parse(await readFile(join(out, "explanations.json"), "utf8")) as Explained;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

describe("one film", () => {
  it("is explained by every method, with pictures, a page that needs nothing else, and the numbers", async () => {
    const [{ imagePath, boxes }] = rows as [Row];
    const { x1, y1, x2, y2 } = boxes[0]!;
    const box = ["--box", [x1, y1, x2, y2].join(",")];
    const { document } = await run(imagePath as string, ...box, "--out", into("film"), "--steps", "4", "--per-token");
    expect(document.notice).toContain("not a medical device");
    const { rows: found, parameters } = await explained(into("film"));
    expect(parameters).toMatchObject({ view: { fit: "crop", side: 112 }, patchSize: 16 });
    const [row] = found as [Explained["rows"][number]];
    const score = sum(row.tokens.map(({ logProbability }) => logProbability));
    expect(row.attributions.map(({ method }) => method)).toEqual([
      "legrad",
      "gradient-input",
      "integrated-gradients",
      "occlusion",
    ]);
    for (const { score: own, maps } of row.attributions) {
      expect(own).toBeCloseTo(score, 4);
      expect(Object.keys(maps)).toEqual(["image", "mask"]);
      for (const map of Object.values(maps)) expect(map.map(({ length }) => length)).toEqual(new Array(7).fill(7));
    }
    const integrated = row.attributions[2]!;
    const all = sum(Object.values(integrated.maps).flat(2));
    expect(all - (integrated.score - integrated.baselineScore!)).toBeCloseTo(integrated.completenessGap!, 4);
    for (const { attributions } of row.tokens) expect(attributions).toHaveLength(4);
    expect(row.latent.map(({ mode }) => mode)).toEqual(["reference", "clean"]);
    for (const { notice } of row.latent) expect(notice).toBe("latent, not spatial");

    expect(row.counterfactuals.map(({ change }) => change)).toContain("removed");
    for (const { logProbability, tokenShifts } of row.counterfactuals) {
      expect(logProbability.original.before).toBeCloseTo(score, 4);
      expect(sum(tokenShifts)).toBeCloseTo(logProbability.original.after - score, 4);
    }

    const overlays = await readdir(join(into("film"), "overlays"));
    expect(overlays).toHaveLength(8);
    const picture = await sharp(join(into("film"), "overlays", overlays[0]!)).metadata();
    expect(picture.format).toBe("png");
    expect((await readdir(join(into("film"), "figures"))).sort()).toEqual([
      `${row.key}-attention.png`,
      `${row.key}-legrad.png`,
    ]);
    const page = await readFile(join(into("film"), "index.html"), "utf8");
    expect(page).toContain("latent, not spatial");
    expect(page).toContain(row.sentence);
    expect(page).not.toMatch(/<script|https?:|src="(?!data:)/);
  });

  it("may be asked about another sentence, and has no other boxes without one", async () => {
    const film = rows[0]!.imagePath as string;
    const more = ["--sentence", "No pneumothorax.", "--map", "legrad", "--latent", "none", "--out", into("other")];
    await run(film, ...more);
    const [row] = (await explained(into("other"))).rows as [Explained["rows"][number]];
    expect(row.sentence).toBe("No pneumothorax.");
    expect(row.attributions.map(({ method }) => method)).toEqual(["legrad"]);
    expect([row.latent, row.counterfactuals]).toEqual([[], []]);
    expect(await readdir(join(into("other"), "figures"))).toEqual([]);
  });

  it("is refused with options of a data set, and a folder of something else is left alone", async () => {
    const film = rows[0]!.imagePath as string;
    const scored = await captureCli(registry, ["explain", film, "--score", "--out", into("no")]);
    expect(scored.exitCode).toBe(2);
    expect(scored.stderr).toContain("--score");
    const boxed = await captureCli(registry, ["explain", into("data"), "--box", "0,0,1,1", "--out", into("no")]);
    expect(boxed.exitCode).toBe(2);
    const full = await captureCli(registry, ["explain", film, "--out", into("data")]);
    expect(full.exitCode).toBe(2);
    expect(full.stderr).toContain("something else");
    expect(await readdir(dir)).not.toContain("no");
  });
});

describe("a data set", () => {
  it("shows rows with the right row's texts, and scores maps against those that know nothing", async () => {
    const score = ["--score", "--score-rows", "3", "--map", "legrad", "--curve-points", "2", "--resamples", "50"];
    const { document } = await run(into("data"), "--split", "train", "--rows", "1", ...score, "--out", into("set"));
    const [row] = (await explained(into("set"))).rows as [Explained["rows"][number]];
    const own = rows.filter(({ imageId }) => row.key.includes(imageId.slice(0, 36))).map(({ sentence }) => sentence);
    expect(own).toContain(row.reference);
    const scores = document.scores as { scoredRows: number; maps: { stream: string; map: string; columns: object }[] };
    expect(scores.scoredRows).toBe(3);
    expect(scores.maps.map(({ stream, map }) => `${stream} ${map}`)).toEqual([
      "image legrad",
      "image random",
      "image centre",
      "mask legrad",
      "mask random",
      "mask centre",
    ]);
    const table = await readFile(join(into("set"), "scores.md"), "utf8");
    expect(table).toContain("3 positive rows with boxes");
    expect(await readdir(into("set"))).not.toContain("scores.journal");
  });

  it("continues scoring where it was stopped, to the same numbers", async () => {
    const { bestCheckpointPath } = await Run.open(locateModel("tiny-regionformer"));
    const parts = await loadDescriberParts(bestCheckpointPath, { settings: paperSearch });
    await using explainer = await Explainer.open(openRuntime(), parts);
    const options = { ...defaultMethodOptions, methods: ["legrad"] as const, curvePoints: 2, seed: 1 };
    const place = (name: string) => ({ journalPath: into(name), subject: "test" });
    const chosen = rows.slice(0, 3);
    const whole = await scoreRows(explainer, chosen, options, place("whole.journal"), silentReporter);

    const stop = new AbortController();
    const progress = () => ({ advance: () => stop.abort(), done: () => {} });
    const stopped = { ...silentReporter, signal: stop.signal, progress };
    await expect(scoreRows(explainer, chosen, options, place("cut.journal"), stopped)).rejects.toThrow(/interrupted/);
    expect((await readFile(into("cut.journal"), "utf8")).trim().split("\n")).toHaveLength(2); // the job, one row
    expect(await scoreRows(explainer, chosen, options, place("cut.journal"), silentReporter)).toEqual(whole);
  });
});

describeWithSharedData("real films", (at) => {
  it("are explained, and told how much of their boxes the encoder does not see", async () => {
    const films = join(at("real-cxr"), "images");
    const film = join(films, "nih_00000001_000.png");
    const half = await sharp(film).metadata();
    // A landscape film: the view crops its sides.
    await writeFile(
      into("wide.png"),
      await sharp(film)
        .resize(half.width, Math.round(half.height / 2), { fit: "fill" })
        .png()
        .toBuffer(),
    );
    const more = ["--map", "occlusion", "--latent", "reference", "--window", "2", "--out", into("real")];
    const { stderr } = await run(into("wide.png"), "--box", "0.02,0.3,0.2,0.6", ...more);
    expect(stderr).not.toContain("Error");
    const document = await explained(into("real"));
    const [row] = document.rows as [Explained["rows"][number] & { outsideView: number[] }];
    expect(row.outsideView[0]).toBe(1);
    const page = await readFile(join(into("real"), "index.html"), "utf8");
    expect(page).toContain("cuts off 100% of the boxes");
    expect(page).toContain("synthetic films only");
  });

  it("from a data set too, 16-bit and colour among them", async () => {
    const { document, stderr } = await run(
      ...[at("real-cxr"), "--split", "train", "--rows", "2", "--map", "legrad", "--no-counterfactuals"],
      ...["--latent", "none", "--out", into("real-set")],
    );
    expect(stderr).toContain("patient-in-two-splits");
    expect(document.rows).toHaveLength(2);
  });
});
