import { pixelsOf, scoreOf, tokenWeights } from "../subject.ts";
import type { Method } from "./attribution.ts";

/**
 * LeGrad (Bousselham et al., 2024) over the encoder's attention: the positive part of the score's gradient by the attention of
 * every layer, mean over layers, heads and queries, a number for each patch that is looked at. The score is the sentence's own
 * in every layer; the original, which scores embeddings, gives each layer's class token a score of its own.
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
