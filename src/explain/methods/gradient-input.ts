import { sumPatches } from "../patch-map.ts";
import { baselineOf, pixelsOf, scoreOf, tokenWeights } from "../subject.ts";
import type { Method } from "./attribution.ts";

/**
 * Gradient × input: (x - x₀) · ∂score/∂x, summed over channels and the pixels of a patch. The input counts from the baseline x₀,
 * because zero of CLIP's normalised input is a grey that means nothing.
 */
export const gradientInput: Method = async (system, questions, { baseline }) => {
  const { imageSide, patchSize } = system;
  const pixels = questions.map(({ subject }) => pixelsOf(subject));
  const rows = questions.map((question, i) => ({
    pixels: pixels[i]!,
    tokens: question.subject.tokens,
    weights: tokenWeights(question),
  }));
  const found = await system.pixelGradients(rows);
  return found.map(({ logProbabilities, gradients }, i) => {
    const nothing = baselineOf(questions[i]!.subject, baseline);
    const maps = [...gradients].map(([stream, gradient]) => {
      const [x, x0] = [pixels[i]![stream], nothing[stream]];
      const products = Float64Array.from(gradient, (slope, k) => slope * (x[k]! - x0[k]!));
      return [stream, sumPatches(products, imageSide, patchSize)] as const;
    });
    return { method: "gradient-input", maps: new Map(maps), score: scoreOf(questions[i]!, logProbabilities) };
  });
};
