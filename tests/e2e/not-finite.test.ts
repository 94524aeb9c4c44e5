/** Numbers that are none, in weights and vectors: said where they are met, never turned into a sentence. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { float32, sizeOf } from "../../src/base/arrays.ts";
import { openEncoder } from "../../src/features/index.ts";
import { featuresBefore, readFeatures, writeFeatures } from "../../src/features/node/index.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { loadDecoder, loadEncoder } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "not-finite-"));
});
afterAll(() => rm(dir, { recursive: true }));

it("are refused in a features file, with their row", async () => {
  const nothing = await featuresBefore(join(dir, "none"), await loadEncoder("tiny-clip"), {
    fit: "crop",
    film: "whole",
  });
  const vectors = new Map(["a", "b", "c"].map((key) => [key, new Float32Array(nothing.width)]));
  const path = join(dir, "features.safetensors");
  await writeFeatures(path, { ...nothing, imageVectors: vectors });
  expect((await readFeatures(path)).imageVectors.size).toBe(3);
  vectors.get("b")![1] = Number.NaN;
  await writeFeatures(path, { ...nothing, imageVectors: vectors });
  await expect(readFeatures(path)).rejects.toThrow(/found: table "image", row 1: a value that is no finite number/);
});

it("end an encoding", async () => {
  const { config, weights } = await loadEncoder("tiny-clip");
  const [name, { shape }] = [...weights].find(([, { dtype }]) => dtype === "float32")!;
  const broken = new Map(weights).set(name, float32(shape, new Float32Array(sizeOf(shape)).fill(3e38)));
  await using encoder = await openEncoder(openRuntime(), config, broken, 2);
  const side = config.imageSize;
  const square = { width: side, height: side, pixels: new Uint8Array(side * side).fill(200) };
  await expect(encoder.encode([square])).rejects.toThrow(/embeddings are no finite numbers/);
});

it("end a generation, at the prefix and at a later token", async () => {
  const { config, weights } = await loadDecoder("tiny-gpt2");
  const shape = { rows: 2, beams: 2, prefixLength: 3, maxTokens: 5, temperature: 1 };
  const prefix = new Float32Array(2 * 3 * config.width);
  await using decoder = await Decoder.open(openRuntime(), config, weights, shape);
  prefix[3 * config.width] = Number.NaN;
  const array = float32([2, 3, config.width], prefix);
  await expect(decoder.start(array)).rejects.toThrow(/scores are no numbers[\s\S]*NaN/);
  // Nothing of it is left to the next batch.
  prefix[3 * config.width] = 0;
  const [best] = await decoder.start(array);
  expect(best!.logProbabilities.every(Number.isFinite)).toBe(true);
  const [next] = await decoder.advance([1, 2, 1, 2], [0, 1, 2, 3]);
  expect(next!.logProbabilities.every(Number.isFinite)).toBe(true);
});
