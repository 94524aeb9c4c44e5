/** The whole street on real films, command by command, as a user types it: encode, train, generate, evaluate, describe. */
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { describeWithSharedData } from "../support/shared-data.ts";
import { sentencesOf, writeTinyClip, writeTinyGpt2 } from "../support/tiny-models.ts";

describeWithSharedData("the street on real films", (at) => {
  const release = at("real-cxr");
  let dir: string;
  const into = (name: string) => join(dir, name);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "regionformer-street-"));
    await writeTinyClip(into("clip"));
    await writeTinyGpt2(into("gpt2"), await sentencesOf(release));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** Runs a command that must succeed. */
  async function run(...argv: string[]) {
    const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--json"]);
    expect(exitCode, stderr).toBe(0);
    return { document: JSON.parse(stdout) as Record<string, unknown>, stderr };
  }

  const mapper = "--prefix-length 4 --latent-length 4 --mapper-layers 2 --mapper-heads 4".split(" ");

  async function street(name: string, data: readonly string[]) {
    const features = into(`${name}.safetensors`);
    const encoded = await run("encode", ...data, "--encoder-model", into("clip"), "--out", features);
    const trained = await run(
      ..."train".split(" ").concat(data),
      ...["--features", features, "--decoder-model", into("gpt2"), "--out", into(name)],
      ..."--batch-size 4 --epochs 3 --warmup-steps 2 --learning-rate 0.001".split(" "),
      ...mapper,
      // The CSVs have no validation rows.
      ...(name === "csv" ? ["--protocol", "paper"] : []),
    );
    await run("generate", ...data, "--features", features, "--run", into(name), "--split", "test");
    const scores = await run("evaluate", join(into(name), "predictions.csv"), "--profile", "authors");
    return { encoded, trained, scores };
  }

  it("goes from PadChest-GR's release to scores, with a warning about patients in two splits", async () => {
    const { encoded, trained, scores } = await street("release", [release]);
    expect(encoded.document).toMatchObject({ films: 15, unread: [] });
    for (const { stderr } of [encoded, trained]) expect(stderr).toContain("patient-in-two-splits");
    expect(trained.document.epochs).toHaveLength(3);
    const files = await readdir(into("release"));
    expect(files.sort()).toEqual([
      "checkpoints",
      "config.yaml",
      "environment.json",
      "log.jsonl",
      "predictions.csv",
      "scores.json",
      "skipped.json",
      "state",
      "tensorboard",
    ]);
    const environment = JSON.parse(await readFile(join(into("release"), "environment.json"), "utf8"));
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(environment).toEqual({
      versions: { regionformer: expect.any(String), node: process.version, onnxruntime: expect.any(String) },
      platform: `${process.platform} ${process.arch}`,
      device: expect.stringMatching(/^cpu, \d+ threads?$/),
      models: {
        encoder: { name: "clip", hash, licence: "not stated" },
        decoder: { name: "gpt2", hash, licence: "not stated" },
      },
      files: { features: { hash } },
      rows: { train: { count: trained.document.trainRows, hash }, selection: { count: expect.any(Number), hash } },
    });
    expect((await readdir(join(into("release"), "checkpoints"))).sort()).toEqual([
      "best.safetensors",
      "epoch-001.safetensors",
      "epoch-002.safetensors",
      "epoch-003.safetensors",
    ]);
    const [header, ...rows] = parse(await readFile(join(into("release"), "predictions.csv"))) as string[][];
    expect(header!.slice(0, 3)).toEqual(["imgid", "ref", "hyp"]);
    expect(rows).toHaveLength(6);
    expect(scores.document.items).toBe(6);
    for (const [, reference, hypothesis] of rows) {
      expect(reference).not.toBe("");
      expect(hypothesis).not.toBe("");
    }
    const columns = (scores.document.scores ?? {}) as Record<string, number>;
    expect(Object.keys(columns).slice(0, 6)).toEqual(["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr"]);
    for (const value of Object.values(columns).slice(0, 6)) expect(value).toBeGreaterThanOrEqual(0);
  });

  it("goes from the authors' CSVs to scores, with the same embeddings", async () => {
    const csvs = ["train_final_separated.csv", "test_final_separated.csv"].map((file) => join(release, file));
    const { encoded, trained } = await street("csv", csvs);
    expect(encoded.document.unread).toEqual([]);
    expect(trained.document).toMatchObject({ protocol: "paper", selectOn: "test" });
    const [ofRelease, ofCsvs] = await Promise.all(
      ["release", "csv"].map((of) => readFeatures(into(`${of}.safetensors`))),
    );
    expect(ofCsvs!.imageVectors.size).toBe(encoded.document.films);
    for (const [key, vector] of ofCsvs!.imageVectors) expect(ofRelease!.imageVectors.get(key)).toEqual(vector);
    for (const [key, vector] of ofCsvs!.maskVectors) expect(ofRelease!.maskVectors.get(key)).toEqual(vector);
  });

  it("reuses what is encoded", async () => {
    const features = into("release.safetensors");
    const before = await readFile(features);
    const again = await run("encode", release, "--encoder-model", into("clip"), "--out", features);
    expect(again.document).toMatchObject({ encodedFilms: 0, encodedMasks: 0, reusedFilms: 15 });
    expect((await readFile(features)).equals(before)).toBe(true);
  });

  it("refuses data with problems under --strict, before it writes anything", async () => {
    const out = into("strict.safetensors");
    const encode = ["encode", release, "--encoder-model", into("clip"), "--out", out, "--strict"];
    const refused = await captureCli(registry, encode);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain("--strict");
    const features = ["--features", into("release.safetensors"), "--decoder-model", into("gpt2")];
    const train = await captureCli(registry, ["train", release, ...features, "--out", into("strict"), "--strict"]);
    expect(train.exitCode).toBe(3);
    expect(await readdir(dir)).not.toEqual(expect.arrayContaining(["strict", "strict.safetensors"]));
  });

  it("refuses to train on fewer rows than a batch holds", async () => {
    const features = ["--features", into("release.safetensors"), "--decoder-model", into("gpt2")];
    const refused = await captureCli(registry, ["train", release, ...features, "--out", into("few"), ...mapper]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain("at least 40 rows");
  });

  it.each([
    ["8-bit", "cxdet_36216.png", "0.1,0.2,0.5,0.6"],
    ["16-bit", "nih_00000001_000.png", "0.5,0.5,0.9,0.9"],
    ["RGB", "tb0005.png", "0.2,0.2,0.4,0.5"],
  ])("describes a region of an %s film and repeats its box in both units", async (_, film, box) => {
    const image = join(release, "images", film);
    const { document } = await run("describe", image, "--box", box, "--run", into("release"));
    const [x1, y1, x2, y2] = box.split(",").map(Number);
    const size = document.size as { width: number; height: number };
    const [shown] = document.boxes as [{ unit: object; pixel: { x1: number; y1: number } }];
    expect(shown.unit).toEqual({ x1, y1, x2, y2 });
    expect(shown.pixel.x1).toBe(Math.round(x1! * size.width));
    expect(shown.pixel.y1).toBe(Math.round(y1! * size.height));
    expect(document.finding).not.toBe("");
    expect(document.notice).toContain("not a medical device");
  });

  it("refuses pixels without --pixels, and says so", async () => {
    const image = join(release, "images", "tb0005.png");
    const refused = await captureCli(registry, ["describe", image, "--box", "10,10,90,90", "--run", into("release")]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("--pixels");
  });

  it("warns about films that are missing or broken, and trains on the others", async () => {
    const copy = into("damaged");
    await mkdir(join(copy, "images"), { recursive: true });
    await copyFile(join(release, "grounded_reports_20240819.json"), join(copy, "grounded_reports_20240819.json"));
    await copyFile(join(release, "master_table.csv"), join(copy, "master_table.csv"));
    const films = (await readdir(join(release, "images"))).sort();
    for (const film of films.slice(1)) await copyFile(join(release, "images", film), join(copy, "images", film));
    await copyFile(join(release, "master_table.csv"), join(copy, "images", films[1]!)); // not a PNG
    const features = into("damaged.safetensors");
    const { document, stderr } = await run("encode", copy, "--encoder-model", into("clip"), "--out", features);
    expect(document.films).toBe(13);
    expect((document.unread as { imageId: string }[]).map(({ imageId }) => imageId).sort()).toEqual(films.slice(0, 2));
    expect(stderr).toContain("was not encoded");
  });
});
