/** Three updates of the paper's mapper in front of GPT-2 small against PyTorch. */
import { expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { decoderPrefix, gpt2Shapes, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { mapperShapes } from "../../src/models/mapper/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { CaptionLearner } from "../../src/train/caption-learner.ts";
import { learningRateAt } from "../../src/train/schedule.ts";

import { expectWithin, relativeL2 } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";
import { sampled } from "../support/sampled.ts";
import { tolerances } from "../support/tolerances.ts";

interface Manifest {
  readonly seed: string;
  readonly mapper: {
    readonly inputWidth: number;
    readonly prefixLength: number;
    readonly width: number;
    readonly latentLength: number;
    readonly heads: number;
    readonly layers: number;
  };
  readonly gpt2: JsonObject;
  readonly features: { readonly name: string; readonly shape: [number, number] };
  readonly rows: number[][];
  readonly adamw: { readonly epsilon: number };
  readonly schedule: { readonly learningRate: number; readonly warmup: number };
  readonly steps: number;
  readonly losses: number[];
  /** The largest relative L2 distance of an update between PyTorch in float32 and in float64. */
  readonly float32Noise: number;
}

it("three updates at full size: losses, and the update of every tensor", async () => {
  const golden = readGolden<Manifest>("training-full");
  const { seed, features, rows, adamw, schedule, steps, losses, float32Noise, ...models } = golden.manifest;
  const { width, ...sizes } = models.mapper;
  const mapper = { ...sizes, kind: "transformer", decoderWidth: width, mlpRatio: 2 } as const;
  const decoder = parseGpt2Config({ model_type: "gpt2", ...models.gpt2 }, "golden");
  const gpt2 = portableWeights(seed, Object.fromEntries(gpt2Shapes(decoder)));
  const mapperWeights = portableWeights(seed, Object.fromEntries(mapperShapes(mapper)));
  const weights = new Map([
    ...mapperWeights,
    ...[...gpt2].map(([name, array]) => [`${decoderPrefix}.${name}`, array] as const),
  ]);
  const vectors = portableValues(features.name, features.shape).data;
  const C = features.shape[1];
  const batch = rows.map((tokens, i) => ({ tokens, visual: vectors.slice(i * C, (i + 1) * C) }));
  await using learner = await CaptionLearner.open(openRuntime(), {
    model: { mapper, decoder },
    optimizer: { variant: "hf", beta1: 0.9, beta2: 0.999, epsilon: adamw.epsilon, weightDecay: 0 },
    weights,
    id0InLoss: true,
    isTrainable: (name) => !name.startsWith(decoderPrefix),
  });
  const found: number[] = [];
  for (let k = 0; k < steps; k++) {
    const plan = { ...schedule, warmupSteps: schedule.warmup, totalSteps: steps };
    found.push(await learner.step(batch, learningRateAt(plan, k)));
  }
  expectWithin(found, losses, "fullLoss");
  const { trainer } = learner;
  expect(trainer.trained.size).toBe(99);
  const beyond: string[] = [];
  for (const [name, { data }] of trainer.trained) {
    const before = mapperWeights.get(name)!.data;
    const update = (data as Float32Array).map((value, i) => value - before[i]!);
    const distance = relativeL2(sampled(update), golden.array(`update/frozen/${name}`).data);
    // Where gradients are near zero PyTorch's own float32 is off by the noise, and so may we be, the other way.
    expect(distance, name).toBeLessThanOrEqual(Math.max(tolerances.thirtyUpdates, 2 * float32Noise));
    if (distance > tolerances.thirtyUpdates) beyond.push(name);
  }
  expect(beyond.length, beyond.join(", ")).toBeLessThan(15);
});
