/** The GPU path for real: ops, training steps and beam search on WebGPU give the CPU's numbers. */
import { expect, it } from "vitest";
import { float32, type HostArray } from "../../src/base/arrays.ts";
import { Captioner } from "../../src/generate/index.ts";
import { parseGpt2Config } from "../../src/models/gpt2/index.ts";
import type { Runtime } from "../../src/runtime/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { CaptionLearner } from "../../src/train/index.ts";
import { buildCase, opCases } from "../contract/op-cases.ts";
import { interpret } from "../reference/interpreter.ts";
import { expectAllClose, expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";
import { describeWithWebgpu } from "../support/webgpu.ts";

const cpu = openRuntime({ threads: 1 });

interface Manifest {
  seed: string;
  mapper: {
    inputWidth: number;
    prefixLength: number;
    width: number;
    latentLength: number;
    heads: number;
    layers: number;
  };
  gpt2: object;
  features: { name: string; shape: [number, number] };
  rows: number[][];
  mapperParameters: Record<string, number[]>;
  gpt2Parameters: Record<string, number[]>;
}
const { manifest } = readGolden<Manifest>("training");
const { width, ...sizes } = manifest.mapper;
const model = {
  mapper: { kind: "transformer", decoderWidth: width, mlpRatio: 2, ...sizes },
  decoder: parseGpt2Config({ model_type: "gpt2", ...manifest.gpt2 }, "golden"),
} as const;
const weights = new Map<string, HostArray>([
  ...portableWeights(manifest.seed, manifest.mapperParameters),
  ...[...portableWeights(manifest.seed, manifest.gpt2Parameters)].map(
    ([name, array]) => [`gpt.transformer.${name}`, array] as const,
  ),
]);
const visuals = portableValues(manifest.features.name, manifest.features.shape).data;
const examples = manifest.rows.map((tokens, i) => ({
  tokens,
  visual: visuals.slice(i * sizes.inputWidth, (i + 1) * sizes.inputWidth),
}));

async function trained(runtime: Runtime, joint: boolean) {
  await using learner = await CaptionLearner.open(runtime, {
    model,
    weights,
    optimizer: { variant: "hf", beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 },
    id0InLoss: true,
    isTrainable: (name) => joint || name.startsWith("clip_project."),
    dropout: joint ? { rate: 0.1, seed: 3 } : undefined,
  });
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) losses.push(await learner.step(examples.slice(0, 6), 1e-3));
  const updates = [...learner.trainer.trained].map(([name, { shape, data }]) => {
    const before = weights.get(name)!.data as Float32Array;
    return [
      name,
      float32(
        shape,
        (data as Float32Array).map((value, i) => value - before[i]!),
      ),
    ] as const;
  });
  return { losses, updates: new Map(updates) };
}

async function captions(runtime: Runtime) {
  const tokenizer = { vocabularySize: 61, encode: () => [13], decode: (ids: readonly number[]) => ids.join(" ") };
  const settings = { method: "beam", beams: 3, maxTokens: 6, temperature: 1, stop: ".", batchSize: 4 } as const;
  await using captioner = await Captioner.open(runtime, { config: model, weights }, tokenizer, settings);
  return await captioner.caption(examples.slice(0, 4).map(({ visual }) => visual));
}

await describeWithWebgpu("on WebGPU", (webgpu) => {
  it.each(opCases.map((opCase, i) => [`${opCase.op} #${i}`, opCase, i] as const))("%s", async (_, opCase, i) => {
    const { outputs, feeds } = buildCase(opCase, i);
    const named = Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]));
    await using session = await webgpu.compile(named);
    const actual = await session.run(feeds);
    for (const [name, { data }] of interpret(named, feeds)) {
      expectClose(actual.get(name)!.data, data, "acrossDevices", name);
    }
  });

  it.each([false, true])("five training steps; GPT-2 trained too, with dropout: %s", async (joint) => {
    const [gpu, host] = [await trained(webgpu, joint), await trained(cpu, joint)];
    expectClose(gpu.losses, host.losses, "acrossDevices");
    expectAllClose(gpu.updates, host.updates, "updatesAcrossDevices");
  });

  it("beam search finds the same tokens with the same scores", async () => {
    const [gpu, host] = [await captions(webgpu), await captions(cpu)];
    expect(gpu.map((beams) => beams.map(({ text }) => text))).toEqual(
      host.map((beams) => beams.map(({ text }) => text)),
    );
    const scores = (all: typeof gpu) => all.flatMap((beams) => beams.map(({ score }) => score));
    expectClose(scores(gpu), scores(host), "acrossDevices");
  });
});
