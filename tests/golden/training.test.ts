/** Loss, gradients, AdamW, learning rates and whole runs against PyTorch. */
import { describe, expect, it } from "vitest";
import { float32, type HostArray, type Shape } from "../../src/base/arrays.ts";
import { Graph } from "../../src/graph/index.ts";
import { decoderPrefix, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { type AdamWVariant, adamwFeeds, adamwScalars, adamwUpdate } from "../../src/nn/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { countTargets, type Example } from "../../src/train/batches.ts";
import { CaptionLearner, type CaptionLearnerOptions } from "../../src/train/caption-learner.ts";
import { learningRateAt } from "../../src/train/schedule.ts";
import { expectAllClose, expectClose, relativeL2 } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";
import { sampled } from "../support/sampled.ts";
import { tolerances } from "../support/tolerances.ts";

const runtime = openRuntime();

describe("learning rates and AdamW", () => {
  interface Manifest {
    betas: [number, number];
    rates: number[];
    arrays: Record<string, Shape>;
    cases: { case: string; rule: AdamWVariant; epsilon: number; weightDecay: number }[];
    schedules: { learningRate: number; warmup: number; totalSteps: number; updates: number[]; rates: number[] }[];
  }
  const golden = readGolden<Manifest>("adamw");
  const { manifest } = golden;

  it.each(manifest.schedules)(
    "warm-up $warmup of $totalSteps updates",
    ({ learningRate, warmup, totalSteps, updates, rates }) => {
      const schedule = { learningRate, warmupSteps: warmup, totalSteps };
      expectClose(
        updates.map((k) => learningRateAt(schedule, k)),
        rates,
        "float64Sum",
      );
    },
  );

  const forms = [{ elementwise: true }, { elementwise: false }];
  const cases = manifest.cases.flatMap((one) => forms.map((form) => ({ ...one, ...form })));
  it.each(cases)("$case: ten updates, in one pass: $elementwise", async ({ case: name, elementwise, ...rest }) => {
    const { rule, epsilon, weightDecay } = rest;
    const config = { variant: rule, beta1: manifest.betas[0], beta2: manifest.betas[1], epsilon, weightDecay };
    for (const [array, shape] of Object.entries(manifest.arrays)) {
      const size = shape.reduce((a, b) => a * b, 1);
      await using session = await runtime.compile(adamwUpdate(new Graph("adamw"), config, size), { elementwise });
      const vector = (data: Float32Array): HostArray => float32([size], data);
      let state = new Map<string, HostArray>([
        ["parameter", vector(golden.array(`${array}/start`).data)],
        ["m", vector(new Float32Array(size))],
        ["v", vector(new Float32Array(size))],
      ]);
      for (const [i, rate] of manifest.rates.entries()) {
        const gradient = golden.array(`${array}/gradients`).data.slice(i * size, (i + 1) * size);
        const outputs = await session.run(
          new Map([...state, ...adamwFeeds(adamwScalars(config, rate, i + 1)), ["gradient", vector(gradient)]]),
        );
        state = new Map([
          ["parameter", outputs.get("newParameter")!],
          ["m", outputs.get("newM")!],
          ["v", outputs.get("newV")!],
        ]);
        for (const [kind, key] of [
          ["parameter", "p"],
          ["m", "m"],
          ["v", "v"],
        ] as const) {
          const all = golden.array(`${name}/${array}/${key}`).data; // [updates, ...shape]
          expectClose(
            state.get(kind)!.data,
            all.subarray(i * size, (i + 1) * size),
            "float32Engine",
            `${name} ${array} ${kind}`,
          );
        }
      }
    }
  });
});

interface Run {
  run: string;
  totalSteps: number;
  batches: number[][];
  losses: number[];
}
interface Variant {
  trained: "frozen" | "joint";
  id0InLoss: boolean;
  rule: AdamWVariant;
  epsilon: number;
  weightDecay: number;
  /** Arrays for which PyTorch's float32 is this far from its own float64, both being rounding only. */
  noisy: Record<string, number>;
}
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
  gradientBatch: number[];
  losses: { id0InLoss: boolean; gradients: string; loss: number }[];
  adamw: { epsilon: number; weightDecay: number; betas: [number, number] };
  schedule: { learningRate: number; warmup: number };
  runs: Run[];
  variants: (Run & Variant)[];
  mapperParameters: Record<string, Shape>;
  gpt2Parameters: Record<string, Shape>;
}

/** GPT-2's own names as they are in a whole captioning model. */
function underOfficialNames<T>(arrays: ReadonlyMap<string, T>): Map<string, T> {
  return new Map(
    [...arrays].map(([name, array]) => [name.startsWith("clip_project.") ? name : `${decoderPrefix}.${name}`, array]),
  );
}

/** The batch whose loss is the mean over its targets. */
function meanOver(examples: readonly Example[], id0InLoss: boolean) {
  return { examples, rows: examples.length, targetWeight: 1 / countTargets(examples, { id0InLoss }), firstRow: 0 };
}

describe("training", () => {
  const golden = readGolden<Manifest>("training");
  const { manifest } = golden;
  const { width, ...mapperSizes } = manifest.mapper;
  const model = {
    mapper: { kind: "transformer", decoderWidth: width, mlpRatio: 2, ...mapperSizes },
    decoder: parseGpt2Config({ model_type: "gpt2", ...manifest.gpt2 }, "golden"),
  } as const;
  const gpt2Weights = portableWeights(manifest.seed, manifest.gpt2Parameters);
  const weights = new Map([
    ...portableWeights(manifest.seed, manifest.mapperParameters),
    ...underOfficialNames(gpt2Weights),
  ]);
  const features = portableValues(manifest.features.name, manifest.features.shape).data;
  const C = manifest.features.shape[1];
  const examples: Example[] = manifest.rows.map((tokens, i) => ({
    tokens,
    visual: features.slice(i * C, (i + 1) * C),
  }));
  /** Protocols `clean` and `paper`: the same loss, AdamW as Hugging Face had it, no decay. */
  const paper: Variant = {
    trained: "frozen",
    id0InLoss: true,
    rule: "hf",
    epsilon: manifest.adamw.epsilon,
    weightDecay: 0,
    noisy: {},
  };

  const open = (
    { trained, id0InLoss, rule, epsilon, weightDecay }: Variant,
    more: Pick<CaptionLearnerOptions, "dropout" | "microBatch"> = {},
  ) =>
    CaptionLearner.open(runtime, {
      ...more,
      model,
      optimizer: { variant: rule, beta1: 0.9, beta2: 0.999, epsilon, weightDecay },
      weights,
      id0InLoss,
      isTrainable: (name) => trained === "joint" || name.startsWith("clip_project."),
    });

  it.each(manifest.losses)("loss and gradients, id0InLoss $id0InLoss", async ({ id0InLoss, gradients, loss }) => {
    await using learner = await open({ ...paper, trained: "joint", id0InLoss });
    const { trainer } = learner;
    const batch = manifest.gradientBatch.map((row) => examples[row]!);
    expectClose([await trainer.backward(meanOver(batch, id0InLoss))], [loss], "float32Engine");
    expectAllClose(trainer.gradients, underOfficialNames(golden.under(`gradient/${gradients}/`)), "float32Engine");
    const { loss: summed } = await learner.evaluate(batch, 4);
    expectClose([summed], [loss], "float32Engine");
  });

  const joint: Variant = { ...paper, trained: "joint" };

  describe("with GPT-2's dropout", () => {
    const golden = readGolden<{
      rate: number;
      seed: number;
      cases: { step: number; loss: number }[];
      lossWithoutDropout: number;
    }>("dropout");
    const { rate, seed, cases, lossWithoutDropout } = golden.manifest;
    const batch = manifest.gradientBatch.map((row) => examples[row]!);

    it.each(cases)("loss and gradients of step $step", async ({ step, loss }) => {
      await using learner = await open(joint, { dropout: { rate, seed } });
      const { trainer } = learner;
      trainer.restore(step);
      expectClose([await trainer.backward(meanOver(batch, true))], [loss], "float32Engine");
      expectAllClose(trainer.gradients, underOfficialNames(golden.under(`gradient/${step}/`)), "float32Engine");
    });

    it("validation is without it, and each step has masks of its own", async () => {
      await using learner = await open(joint, { dropout: { rate, seed } });
      expectClose([(await learner.evaluate(batch, 4)).loss], [lossWithoutDropout], "float32Engine");
      expect(new Set([...cases.map(({ loss }) => loss), lossWithoutDropout]).size).toBe(3);
    });
  });

  it.each([
    ["", {}],
    [", with dropout", { dropout: { rate: 0.3, seed: 7 } }],
  ])("micro-batches change gradients by rounding only%s", async (_, more) => {
    const batch = manifest.gradientBatch.map((row) => examples[row]!);
    await using whole = await open(joint, more);
    const loss = await whole.trainer.backward(meanOver(batch, true));
    await using cut = await open(joint, { ...more, microBatch: 4 }); // parts of 4 and 2 rows
    expectClose([await cut.trainer.backward(meanOver(batch, true))], [loss], "float32Engine");
    expectAllClose(cut.trainer.gradients, whole.trainer.gradients, "float32Engine");
  });

  /** Runs the golden batches, leaving out the updates in `skipped`. */
  async function updatesOf({ totalSteps, batches }: Run, variant: Variant, skipped: readonly number[] = []) {
    await using learner = await open(variant);
    const { trainer } = learner;
    const initial = new Map([...trainer.trained].map(([name, { data }]) => [name, (data as Float32Array).slice()]));
    const frozen = [...trainer.weights]
      .filter(([name]) => !trainer.trained.has(name))
      .map(([name, { data }]) => [name, data.slice()] as const);
    const losses: number[] = [];
    for (const [k, batch] of batches.entries()) {
      const rate = learningRateAt({ ...manifest.schedule, warmupSteps: manifest.schedule.warmup, totalSteps }, k);
      losses.push(
        await learner.step(
          batch.map((row) => examples[row]!),
          skipped.includes(k) ? 0 : rate,
        ),
      );
    }
    for (const [name, before] of frozen)
      expectClose(trainer.weights.get(name)!.data, before as Float32Array, "exact", name);
    const updates = [...trainer.trained].map(([name, { shape, data }]) => {
      const before = initial.get(name)!;
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

  it.each(manifest.runs)("$run run of $totalSteps updates: losses and updates", async (run) => {
    const { losses, updates } = await updatesOf(run, { ...paper, trained: run.run === "joint" ? "joint" : "frozen" });
    expectClose(losses, run.losses, "float32Engine");
    expectAllClose(updates, underOfficialNames(golden.under(`update/${run.run}/`)), "thirtyUpdates");
  });

  it.each(manifest.variants)("$run run of $totalSteps updates: losses and sampled updates", async (variant) => {
    const { losses, updates } = await updatesOf(variant, variant);
    expectClose(losses, variant.losses, "float32Engine");
    const expected = underOfficialNames(golden.under(`update/${variant.run}/`));
    const noisy = underOfficialNames(new Map(Object.entries(variant.noisy)));
    expect([...updates.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [name, { data }] of expected) {
      const found = sampled(updates.get(name)!.data);
      const noise = noisy.get(name);
      if (noise === undefined) expectClose(found, data, "thirtyUpdates", name);
      else expect(relativeL2(found, data), name).toBeLessThan(2 * noise);
    }
    expect(noisy.size).toBeLessThan(3);
  });

  it("would notice one skipped update", async () => {
    const run = manifest.runs[0]!;
    const { updates } = await updatesOf(run, paper, [run.totalSteps - 2]);
    const expected = underOfficialNames(golden.under(`update/${run.run}/`));
    const distances = [...updates].map(([name, { data }]) => relativeL2(data, expected.get(name)!.data));
    expect(Math.max(...distances)).toBeGreaterThan(tolerances.thirtyUpdates);
    expect(() => expectAllClose(updates, expected, "thirtyUpdates")).toThrow();
  });
});
