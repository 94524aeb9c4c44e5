import { sumPatches } from "../patch-map.ts";
import { baselineOf, type Pixels, pixelsOf, type Question, type Stream, scoreOf, tokenWeights } from "../subject.ts";
import type { WeightedRow } from "../system.ts";
import type { Attribution, Method } from "./attribution.ts";

function between(from: Pixels, to: Pixels, share: number): Pixels {
  const mixed = (stream: Stream) => {
    const b = to[stream];
    return from[stream].map((value, k) => value + share * (b[k]! - value));
  };
  return { image: mixed("image"), mask: mixed("mask") };
}

/**
 * Integrated gradients (Sundararajan et al., 2017) on the straight way from the baseline to film and mask together, by the
 * midpoint rule. What all patches of both streams sum to is score - baseline score, up to the rule's error, which falls with
 * the square of the number of steps.
 */
export const integratedGradients: Method = async (system, questions, { baseline, steps }) => {
  const { imageSide, patchSize, streams, batchSize } = system;
  const ends = questions.map(({ subject }) => ({ x0: baselineOf(subject, baseline), x: pixelsOf(subject) }));
  const sums = questions.map(
    (_, i) => new Map(streams.map((stream) => [stream, new Float64Array(ends[i]!.x[stream].length)] as const)),
  );
  const points = questions.flatMap((_, i) =>
    Array.from({ length: steps }, (_, k) => ({ i, share: (k + 0.5) / steps })),
  );
  for (let start = 0; start < points.length; start += batchSize) {
    const batch = points.slice(start, start + batchSize);
    const rows = batch.map(({ i, share }): WeightedRow => {
      const question = questions[i] as Question;
      const { x0, x } = ends[i]!;
      return { pixels: between(x0, x, share), tokens: question.subject.tokens, weights: tokenWeights(question) };
    });
    const found = await system.pixelGradients(rows);
    batch.forEach(({ i }, row) => {
      for (const [stream, gradient] of found[row]!.gradients) {
        const sum = sums[i]!.get(stream)!;
        for (let k = 0; k < sum.length; k++) sum[k]! += gradient[k]!;
      }
    });
  }
  const bounds = await system.score(
    questions.flatMap(({ subject: { tokens } }, i) => [
      { pixels: ends[i]!.x, tokens },
      { pixels: ends[i]!.x0, tokens },
    ]),
  );
  return questions.map((question, i): Attribution => {
    const { x0, x } = ends[i]!;
    const maps = [...sums[i]!].map(([stream, sum]) => {
      const parts = sum.map((value, k) => (value / steps) * (x[stream][k]! - x0[stream][k]!));
      return [stream, sumPatches(parts, imageSide, patchSize)] as const;
    });
    return {
      method: "integrated-gradients",
      maps: new Map(maps),
      score: scoreOf(question, bounds[2 * i]!),
      baselineScore: scoreOf(question, bounds[2 * i + 1]!),
    };
  });
};
