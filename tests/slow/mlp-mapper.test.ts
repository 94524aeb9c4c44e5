/** ClipCap's mapper at the size that the public code gives it: 479,769,600 parameters, trained for two steps. */
import { expect, it } from "vitest";
import { gpt2Shapes, gpt2Spread, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { initialMapperWeights } from "../../src/models/mapper/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { CaptionLearner } from "../../src/train/index.ts";
import { drawWeights } from "../../src/weights/index.ts";
import { portableValues } from "../support/portable.ts";

it("trains the mlp mapper of prefix length 40 in front of a decoder of width 768", async () => {
  const mapper = {
    kind: "mlp",
    inputWidth: 512,
    decoderWidth: 768,
    prefixLength: 40,
    ...{ latentLength: 40, layers: 8, heads: 8, mlpRatio: 2 },
  } as const;
  const sizes = { n_embd: 768, n_layer: 1, n_head: 12, vocab_size: 50, n_positions: 64 };
  const decoder = parseGpt2Config({ model_type: "gpt2", ...sizes }, "test");
  const gpt2 = drawWeights(0, gpt2Shapes(decoder), (name) => gpt2Spread(decoder, name));
  const mapperWeights = initialMapperWeights(mapper, 0);
  await using learner = await CaptionLearner.open(openRuntime(), {
    model: { mapper, decoder },
    optimizer: { variant: "hf", beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 },
    weights: new Map([
      ...mapperWeights,
      ...[...gpt2].map(([name, array]) => [`gpt.transformer.${name}`, array] as const),
    ]),
    isTrainable: (name) => name.startsWith("clip_project."),
    id0InLoss: true,
  });
  const trained = [...learner.trainer.trained.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(trained).toBe(479_769_600);
  const visuals = portableValues("input/mlp/features", [8, 512]).data;
  const batch = Array.from({ length: 8 }, (_, i) => ({
    visual: visuals.slice(i * 512, (i + 1) * 512),
    tokens: [1 + i, 2 + i, 3, 4],
  }));
  const first = await learner.step(batch, 1e-5);
  const second = await learner.step(batch, 1e-5);
  expect(Math.abs(first - Math.log(50))).toBeLessThan(1);
  expect(second).toBeLessThan(first);
});
