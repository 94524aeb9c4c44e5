/** `models bundle`: a run and its models in one folder, exactly or as float16, for Node and for a page. */
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostArray } from "../../src/base/arrays.ts";
import { silentReporter } from "../../src/base/reporter.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { openDescriber, readFilm, unitBox } from "../../src/index.ts";
import {
  loadCaptioner,
  loadEncoder,
  locateModel,
  readCheckpoint,
  writeCheckpoint,
} from "../../src/models/node/index.ts";
import * as web from "../../src/web.ts";
import { toFloat16, toFloat32 } from "../../src/weights/float16.ts";
import { hashWeights, readSafetensors } from "../../src/weights/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";

const checkpointOf = (run: string) => join(locateModel(run), "checkpoints", "best.safetensors");
const film = await readFilm("docs/images/film.png");
const boxes = [unitBox(0.678, 0.588, 0.873, 0.667)];

let dir: string;
const into = (name: string) => join(dir, name);
const bundle = (run: string, name: string, ...more: string[]) =>
  captureCli(registry, ["models", "bundle", run, "--out", into(name), ...more]);

/** The embedded run with other weights in its checkpoint. */
async function changedRun(name: string, change: (weights: Map<string, HostArray>) => void): Promise<string> {
  const checkpoint = await readCheckpoint(checkpointOf("tiny-regionformer"));
  const weights = new Map(checkpoint.weights);
  change(weights);
  await writeCheckpoint(checkpointOf(into(name)), { ...checkpoint, weights });
  await writeFile(join(into(name), "config.yaml"), "# made by a test\n");
  return into(name);
}

async function captionsOf(run: string) {
  await using describer = await openDescriber({ run });
  return (await describer.describe(film, boxes)).captions;
}

async function filesOf(run: string): Promise<web.DescriberFiles> {
  const file = (name: string) => readFile(join(run, name));
  const text = (name: string) => readFile(join(run, name), "utf8");
  const model = async (name: string) => ({
    weights: await file(`${name}/model.safetensors`),
    config: await text(`${name}/config.json`),
  });
  return {
    checkpoint: await file("checkpoints/best.safetensors"),
    encoder: { ...(await model("encoder")), preprocessor: await text("encoder/preprocessor_config.json") },
    decoder: {
      ...(await model("decoder")),
      tokenizer: await text("decoder/tokenizer.json"),
      tokenizerConfig: await text("decoder/tokenizer_config.json"),
    },
  };
}

const texts = (captions: readonly { readonly text: string }[]) => captions.map(({ text }) => text);
const scaled = ({ shape, data }: HostArray, factor: number): HostArray => ({
  dtype: "float32",
  shape,
  data: (data as Float32Array).map((value) => value * factor),
});
const rounded = ({ shape, data }: HostArray): HostArray => ({
  dtype: "float32",
  shape,
  data: toFloat32(toFloat16(data as Float32Array)),
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-bundle-"));
  for (const dtype of ["float32", "float16"]) {
    const { exitCode, stderr } = await bundle("tiny-regionformer", dtype, "--dtype", dtype);
    expect(exitCode, stderr).toBe(0);
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("a bundle", () => {
  it("is a run whose weights and scores are the original's", async () => {
    const checkpoint = checkpointOf(into("float32"));
    const [copy, original] = [await loadCaptioner(checkpoint), await loadCaptioner(checkpointOf("tiny-regionformer"))];
    expect(hashWeights(copy.weights)).toBe(hashWeights(original.weights));
    const [eye, originalEye] = [await loadEncoder(into("float32/encoder")), await loadEncoder("tiny-clip")];
    expect(hashWeights(eye.weights)).toBe(hashWeights(originalEye.weights));
    expect(await captionsOf(into("float32"))).toEqual(await captionsOf("tiny-regionformer"));
  });

  it("may move: it finds its models beside its checkpoint", async () => {
    const first = (await bundle("tiny-regionformer", "moving")).exitCode;
    expect(first).toBe(0);
    await rename(into("moving"), into("moved"));
    expect(await captionsOf(into("moved"))).toEqual(await captionsOf("tiny-regionformer"));
    const again = await bundle(into("moved"), "again", "--dtype", "float16");
    expect(again.exitCode, again.stderr).toBe(0);
  });

  it("leaves behind what describing does not read", async () => {
    const { weights } = await readSafetensors(into("float32/encoder/model.safetensors"));
    expect([...weights.keys()].filter((name) => name.startsWith("text_"))).toEqual([]);
    expect((await readdir(into("float32"))).sort()).toEqual(["checkpoints", "config.yaml", "decoder", "encoder"]);
  });

  it("as float16 is half as large and holds the nearest halves", async () => {
    for (const name of ["checkpoints/best.safetensors", "encoder/model.safetensors", "decoder/model.safetensors"]) {
      const [half, whole] = [into(`float16/${name}`), into(`float32/${name}`)];
      expect((await stat(half)).size).toBeLessThan(0.51 * (await stat(whole)).size);
      const { weights } = await readSafetensors(whole);
      const nearest = new Map([...weights].map(([tensor, array]) => [tensor, rounded(array)]));
      expect(hashWeights((await readSafetensors(half)).weights)).toBe(hashWeights(nearest));
    }
  });

  it("as float16 writes the original's sentences, on Node and in the entry for browsers", async () => {
    const original = await captionsOf("tiny-regionformer");
    const here = await captionsOf(into("float16"));
    const runtime = await web.openWebRuntime(ort, { device: "wasm" }, silentReporter);
    await using describer = await web.openDescriber(runtime, await filesOf(into("float16")));
    const there = (await describer.describe(film, boxes)).captions;
    expect(texts(here)).toEqual(texts(original));
    expect(texts(there)).toEqual(texts(original));
    for (const [i, { score }] of here.entries()) {
      expect(Math.abs(score - original[i]!.score)).toBeLessThan(1e-3);
      expect(score).toBeCloseTo(there[i]!.score, 4);
    }
  });

  it("of joint training holds the trained decoder, once", async () => {
    const { weights: untrained } = await loadCaptioner(checkpointOf("tiny-regionformer"));
    const run = await changedRun("joint", (weights) => {
      for (const [name, array] of untrained) if (name.startsWith("gpt.")) weights.set(name, scaled(array, 1.01));
    });
    const { exitCode, stderr } = await bundle(run, "of-joint");
    expect(exitCode, stderr).toBe(0);
    const { weights } = await readCheckpoint(checkpointOf(into("of-joint")));
    expect([...weights.keys()].filter((name) => !name.startsWith("clip_project."))).toEqual([]);
    expect(await captionsOf(into("of-joint"))).toEqual(await captionsOf(run));
  });

  it("is refused where a number is too large for float16, and nothing is left behind", async () => {
    const run = await changedRun("large", (weights) => {
      const [name, array] = [...weights].at(-1)!;
      weights.set(name, scaled(array, 1e7));
    });
    const { exitCode, stderr } = await bundle(run, "of-large", "--dtype", "float16");
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/too large for float16.*tensor "clip_project\./s);
    expect(await readdir(into("of-large"))).toEqual([]);
  });

  it("is not written over another run", async () => {
    const { exitCode, stderr } = await bundle("tiny-regionformer", "float32");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("not empty");
  });
});
