import { pixelsOf, scoreOf, tokenWeights } from "../subject.ts";
import type { Method } from "./attribution.ts";

/**
 * LeGrad (Bousselham et al., 2024) over the encoder's attention, as published: each layer has a score of its own, the sentence's
 * when the mean of that layer's tokens is what the encoder gives out. The positive part of its gradient by that layer's attention,
 * mean over layers, heads and queries, is a number for each patch that is looked at.
 */
export const legrad: Method = async (system, questions) => {
  const { imageSide, patchSize } = system;
  const side = Math.floor(imageSide / patchSize);
  const rows = questions.map((question) => ({
    pixels: pixelsOf(question.subject),
    tokens: question.subject.tokens,
    weights: tokenWeights(question),
  }));
  const found = await system.encoderLegrad(rows);
  return found.map(({ logProbabilities, gradients }, i) => ({
    method: "legrad",
    maps: new Map([...gradients].map(([stream, values]) => [stream, { side, values: Float64Array.from(values) }])),
    score: scoreOf(questions[i]!, logProbabilities),
  }));
};
