/** ONNX files of a decoder beyond 2 GB (REGIONFORMER_FULL=1): weights beside the model, numbers of transformers' GPT-2. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Float32HostArray, Shape } from "../../src/base/arrays.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { decoderPrefix, gpt2Shapes, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { type MapperConfig, mapperShapes } from "../../src/models/mapper/index.ts";
import { exportOnnx } from "../../src/models/node/index.ts";
import { expectWithin } from "../support/expect-close.ts";
import { logPeak, runsAll } from "../support/full-size.ts";
import { readGolden } from "../support/golden.ts";
import { portableTensor, portableValues } from "../support/portable.ts";

interface Manifest {
  readonly seed: string;
  readonly config: JsonObject;
  readonly prefix: { readonly name: string; readonly shape: Shape };
  readonly beams: number;
  /** The prefix's best next tokens. */
  readonly first: number[];
}

type Outputs = Awaited<ReturnType<InferenceSession["run"]>>;

describe.runIf(runsAll)("an export of GPT-2 large", () => {
  const golden = readGolden<Manifest>("large-onnx");
  const { seed, prefix, beams, first } = golden.manifest;
  const decoder = parseGpt2Config({ model_type: "gpt2", ...golden.manifest.config }, seed);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "large-export-"));
    const mapper: MapperConfig = {
      ...{ kind: "mlp", inputWidth: 8, decoderWidth: decoder.width, prefixLength: prefix.shape[1]! },
      ...{ latentLength: 1, layers: 1, heads: 1, mlpRatio: 2 },
    };
    const weights = new Map<string, Float32HostArray>();
    for (const [name, shape] of gpt2Shapes(decoder)) {
      weights.set(`${decoderPrefix}.${name}`, portableTensor(`${seed}/${name}`, shape));
    }
    for (const [name, shape] of mapperShapes(mapper)) weights.set(name, portableTensor(name, shape));
    await exportOnnx(folder, undefined, { config: { mapper, decoder }, weights }, { rows: 1, beams, temperature: 1 });
    logPeak("after the export");
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs a file as anyone does, by its path. */
  async function run(name: string, feeds: Record<string, Tensor>): Promise<Outputs> {
    const session = await InferenceSession.create(join(folder, name));
    const outputs = await session.run(feeds);
    await session.release();
    return outputs;
  }

  it("has its weights in files beside the models", async () => {
    for (const name of ["decoder-prefill.onnx", "decoder-step.onnx"]) {
      expect((await stat(join(folder, name))).size).toBeLessThan(2 ** 21);
      expect((await stat(join(folder, `${name}.data`))).size).toBeGreaterThan(2 ** 31);
    }
  });

  it("gives transformers' best next tokens, after the prefix and after one more token", async () => {
    const float = (data: Float32Array, shape: readonly number[]) => new Tensor("float32", data, shape as number[]);
    const { data, shape } = portableValues(prefix.name, prefix.shape);
    const prompt = await run("decoder-prefill.onnx", { prefix: float(data, shape) });
    expect(Array.from(prompt.ids!.data as BigInt64Array, Number)).toEqual(first);
    expectWithin(prompt.logProbabilities!.data as Float32Array, golden.array("prefill").data, "logit");

    const caches = Object.entries(prompt).filter(([name]) => name.startsWith("prefix."));
    const none = [1, decoder.heads, 0, decoder.width / decoder.heads];
    const empty = caches.map(([name]) => [name.replace("prefix", "generated"), float(new Float32Array(0), none)]);
    const step = await run("decoder-step.onnx", {
      tokens: new Tensor("int64", BigInt64Array.from(first, BigInt), [beams]),
      position: new Tensor("int64", BigInt64Array.of(BigInt(prefix.shape[1]!)), [1]),
      ...Object.fromEntries(caches),
      ...Object.fromEntries(empty),
      bias: float(new Float32Array(0), [1, 1, beams, 0]),
    });
    expectWithin(step.logProbabilities!.data as Float32Array, golden.array("step").data, "logit");
    logPeak("after prefill and step");
  });
});
