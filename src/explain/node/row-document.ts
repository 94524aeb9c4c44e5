/** An explanation as plain numbers, for JSON. */

import type { UnitBox } from "../../images/index.ts";
import { latentNotice } from "../latent/latent-map.ts";
import { type Attribution, completenessGap } from "../methods/index.ts";
import type { PatchMap } from "../patch-map.ts";
import type { RowExplanation } from "./explain-row.ts";

/** Seven digits: what float32 knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}

/** [side][side] */
function grid({ side, values }: PatchMap): number[][] {
  return Array.from({ length: side }, (_, row) => Array.from(values.subarray(row * side, (row + 1) * side), rounded));
}

function attributionDocument(attribution: Attribution) {
  const { method, maps, score, baselineScore } = attribution;
  const named = Object.fromEntries([...maps].map(([stream, map]) => [stream, grid(map)]));
  const gap = completenessGap(attribution);
  return {
    method,
    score: rounded(score),
    ...(baselineScore === undefined ? {} : { baselineScore: rounded(baselineScore) }),
    ...(gap === undefined ? {} : { completenessGap: rounded(gap) }),
    maps: named,
  };
}

function boxNumbers({ x1, y1, x2, y2 }: UnitBox): number[] {
  return [x1, y1, x2, y2].map(rounded);
}

export function rowDocument(explanation: RowExplanation) {
  const { row, sentence, tokens, attributions, latent, outsideView } = explanation;
  return {
    key: row.key,
    image: row.image,
    size: { width: row.film.width, height: row.film.height },
    boxes: row.boxes.map(boxNumbers),
    outsideView: outsideView.map(rounded),
    ...(row.reference === undefined ? {} : { reference: row.reference }),
    sentence: sentence.text,
    attributions: attributions.map(attributionDocument),
    tokens: tokens.map(({ text, logProbability, attributions }, i) => ({
      id: sentence.tokens[i],
      text,
      logProbability: rounded(logProbability),
      ...(attributions.length === 0 ? {} : { attributions: attributions.map(attributionDocument) }),
    })),
    latent: latent.map(({ mode, maps }) => ({
      mode,
      notice: latentNotice,
      grid: maps.grid,
      attention: Array.from(maps.attention, rounded),
      legrad: Array.from(maps.legrad, rounded),
    })),
    counterfactuals: explanation.counterfactuals.map(({ change, boxes, text, words, logProbability, tokenShifts }) => ({
      change,
      boxes: boxes.map(boxNumbers),
      sentence: text,
      words,
      logProbability: {
        original: { before: rounded(logProbability.original.before), after: rounded(logProbability.original.after) },
        rewritten: { before: rounded(logProbability.rewritten.before), after: rounded(logProbability.rewritten.after) },
      },
      tokenShifts: tokenShifts.map(rounded),
    })),
  };
}
