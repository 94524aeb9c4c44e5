/**
 * What others read of ours. The files in interchange/ are written here (REGIONFORMER_WRITE_GOLDEN=1) and the test
 * holds that the product still writes them byte for byte; oracle/interchange.py checks and runs them in Python.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { float32, type HostArray, int64, zerosFloat32 } from "../../src/base/arrays.ts";
import { writeFileAtomic } from "../../src/base/node/files.ts";
import { type Tensor, toOnnxFiles } from "../../src/graph/index.ts";
import type { CaptionerInfo } from "../../src/models/captioner/index.ts";
import { type ClipVisionConfig, encoderGraph, encoderShapes } from "../../src/models/clip/index.ts";
import { decoderPrefix, type Gpt2Config, gpt2Shapes, promptGraph, stepGraph } from "../../src/models/gpt2/index.ts";
import { type MapperConfig, mapperGraph, mapperShapes } from "../../src/models/mapper/index.ts";
import { exportOnnx, writeCheckpoint } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import type { Weights } from "../../src/weights/index.ts";
import { expectArrayClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

const encoder: ClipVisionConfig = {
  kind: "vit",
  imageSize: 16,
  patchSize: 8,
  width: 16,
  layers: 2,
  heads: 2,
  innerWidth: 32,
  projectionWidth: 8,
  epsilon: 1e-5,
};
const decoder: Gpt2Config = {
  width: 16,
  layers: 2,
  heads: 2,
  innerWidth: 32,
  vocabularySize: 23,
  positions: 16,
  epsilon: 1e-5,
};
const mapper: MapperConfig = {
  kind: "transformer",
  inputWidth: 16,
  decoderWidth: 16,
  prefixLength: 3,
  latentLength: 2,
  layers: 2,
  heads: 2,
  mlpRatio: 2,
};
const search = { rows: 2, beams: 3, temperature: 1 };
const P = mapper.prefixLength;
const [B, K] = [search.rows, search.beams];

const seed = "interchange";
const encoderWeights = portableWeights(seed, Object.fromEntries(encoderShapes(encoder)));
const mapperWeights = portableWeights(seed, Object.fromEntries(mapperShapes(mapper)));
const decoderWeights = portableWeights(
  seed,
  Object.fromEntries([...gpt2Shapes(decoder)].map(([name, shape]) => [`${decoderPrefix}.${name}`, shape])),
);
const captioner = { config: { mapper, decoder }, weights: new Map([...mapperWeights, ...decoderWeights]) };
const info: CaptionerInfo = {
  mapper,
  input: { mode: "image+mask", concatNorm: true },
  decoder: { name: "tiny", path: "tiny", hash: "none" },
  jointDecoder: false,
};

const golden = fileURLToPath(new URL("interchange/", import.meta.url));
const files = ["encoder.onnx", "mapper.onnx", "decoder-prefill.onnx", "decoder-step.onnx", "checkpoint.safetensors"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interchange-"));
  const identity = { name: "tiny", path: "tiny", hash: "none" };
  await exportOnnx(
    folder,
    { config: encoder, weights: encoderWeights, identity, preprocessing: undefined },
    captioner,
    search,
  );
  await writeCheckpoint(join(folder, "checkpoint.safetensors"), { weights: mapperWeights, info, notes: {} });
  if (process.env.REGIONFORMER_WRITE_GOLDEN === "1") {
    await mkdir(golden, { recursive: true });
    for (const file of files) await writeFile(join(golden, file), await readFile(join(folder, file)));
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe("the files that Python has checked", () => {
  it.each(files)("%s is what is written now", async (file) => {
    expect((await readFile(join(folder, file))).equals(await readFile(join(golden, file)))).toBe(true);
  });
});

describe("Python's onnxruntime and ours", () => {
  const runtime = openRuntime();
  /** Read late: the files are written before the arrays that Python makes of them. */
  const array = (name: string) => readGolden("interchange").array(name);

  async function run(outputs: Record<string, Tensor>, weights: Weights, feeds: ReadonlyMap<string, HostArray>) {
    await using session = await runtime.compile(outputs, { weights });
    return await session.run(feeds);
  }

  function expectOutputs(actual: ReadonlyMap<string, HostArray>, topic: string): void {
    for (const [name, found] of actual) {
      // ids are whole numbers, stored as float32 in the golden file
      const { shape, data } = found;
      const floats = found.dtype === "float32" ? found : float32(shape, Float32Array.from(data, Number));
      expectArrayClose(floats, array(`${topic}/${name}`), "float32Engine", `${topic}/${name}`);
    }
  }

  it("give the same numbers for the encoder and the mapper", async () => {
    const pixels = portableValues(`input/${seed}/pixels`, [B, 3, encoder.imageSize, encoder.imageSize]);
    expectOutputs(await run(encoderGraph(encoder, B), encoderWeights, new Map([["pixels", pixels]])), "encoder");
    const visual = portableValues(`input/${seed}/visual`, [B, mapper.inputWidth]);
    const mapped = await run(mapperGraph(mapper, B), mapperWeights, new Map([["visual", visual]]));
    expectOutputs(mapped, "mapper");
    expectArrayClose(mapped.get("prefix")!, array("pytorch/prefix"), "float32Engine", "the module of the snippet");
  });

  it("give the same numbers with the weights in a file beside the model", async () => {
    const { model, data } = toOnnxFiles(mapperGraph(mapper, B), mapperWeights, "beside.onnx.data", 1000);
    await writeFileAtomic(join(folder, "beside.onnx"), model);
    await writeFileAtomic(join(folder, "beside.onnx.data"), data!);
    const session = await InferenceSession.create(join(folder, "beside.onnx"));
    const { data: values, shape } = portableValues(`input/${seed}/visual`, [B, mapper.inputWidth]);
    const { prefix } = await session.run({ visual: new OrtTensor("float32", values, shape as number[]) });
    await session.release();
    const { shape: found } = array("mapper/prefix");
    expectArrayClose(float32(found, prefix!.data as Float32Array), array("mapper/prefix"), "float32Engine");
  });

  it("give the same numbers for the prefill and two steps", async () => {
    const prefix = portableValues(`input/${seed}/prefix`, [B, P, decoder.width]);
    const shape = { ...search, prefixLength: P };
    const prompt = await run(promptGraph(decoder, shape), decoderWeights, new Map([["prefix", prefix]]));
    expectOutputs(prompt, "prefill");
    const { ids } = Object.fromEntries(prompt) as { ids: HostArray };
    const cache = [...prompt].filter(([name]) => name.startsWith("prefix."));
    const step = (position: number, generated: readonly [string, HostArray][], bias: HostArray) =>
      run(
        stepGraph(decoder, shape),
        decoderWeights,
        new Map<string, HostArray>([
          ["tokens", int64([B * K], ids.data as BigInt64Array)],
          ["position", int64([1], [position])],
          ["bias", bias],
          ...cache,
          ...generated,
        ]),
      );
    const empty = cache.map(([name]): [string, HostArray] => [
      name.replace("prefix", "generated"),
      zerosFloat32([B, decoder.heads, 0, decoder.width / decoder.heads]),
    ]);
    const first = await step(P, empty, zerosFloat32([B, 1, K, 0]));
    expectOutputs(first, "step");
    const generated = [...first].flatMap(([name, array]): [string, HostArray][] =>
      name.startsWith("new.") ? [[name.slice("new.".length), array]] : [],
    );
    const continued = [1, 0, 2, 2, 2, 0];
    const bias = continued.flatMap((beam) => Array.from({ length: K }, (_, i) => (i === beam ? 0 : -Infinity)));
    expectOutputs(await step(P + 1, generated, float32([B, 1, K, K], Float32Array.from(bias))), "second step");
  });
});
