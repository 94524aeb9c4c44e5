/**
 * Scores of predicted boxes: overlap with the reference's, and pixel precision and recall as RadFact's spatial part has them.
 *
 * The boxes of a finding are one region, their union. Precision is the share of the predicted region that the reference
 * covers, recall the share of the reference that is covered; RadFact calls a region entailed when its precision is at
 * least one half.
 */
import { DataError } from "../../base/errors.ts";
import type { UnitBox } from "../../images/boxes.ts";
import { notComputed } from "../measurement.ts";
import type { Metric } from "../metric.ts";
import { overlapOf } from "./box-area.ts";

const columns = ["box IoU", "pixel precision", "pixel recall", "boxes entailed"] as const;

/** RadFact's threshold of pixel precision. */
const entailedAt = 0.5;

/** IoU, precision, recall, entailed, then how many regions each of IoU, precision and recall is a mean over. */
const width = 7;

/** Predicted boxes of a finding, and the regions that it may show. */
export interface GroundedPair {
  readonly predicted: readonly UnitBox[];
  /** The finding's own boxes alone, or those of each finding of the study: then the best overlap counts. At least one. */
  readonly references: readonly (readonly UnitBox[])[];
}

interface RegionScore {
  readonly iou: number;
  /** undefined without a predicted region */
  readonly precision: number | undefined;
  /** undefined without a reference region */
  readonly recall: number | undefined;
}

export function regionScore(predicted: readonly UnitBox[], reference: readonly UnitBox[]): RegionScore | undefined {
  const { first, second, shared } = overlapOf(predicted, reference);
  if (first === 0 && second === 0) return undefined; // nothing to point at, and nothing pointed at
  return {
    iou: shared / (first + second - shared),
    precision: first === 0 ? undefined : shared / first,
    recall: second === 0 ? undefined : shared / second,
  };
}

function bestScore({ predicted, references }: GroundedPair): RegionScore | undefined {
  let best: RegionScore | undefined;
  for (const reference of references) {
    const score = regionScore(predicted, reference);
    if (score !== undefined && (best === undefined || score.iou > best.iou)) best = score;
  }
  return best;
}

/**
 * @param grounded [N] boxes of each pair; a pair with boxes on neither side does not count
 * @throws DataError by `measure` when there are not as many as pairs
 */
export function groundingScores(grounded: readonly GroundedPair[]): Metric {
  return {
    name: "grounding",
    columns,
    measure(pairs) {
      if (grounded.length !== pairs.length) {
        throw new DataError("There are not as many rows of boxes as texts.", {
          where: "boxes",
          expected: `${pairs.length}`,
          found: `${grounded.length}`,
        });
      }
      if (!grounded.some(({ predicted }) => predicted.length > 0)) {
        return notComputed(columns, "no row has predicted boxes");
      }
      const statistics = new Float64Array(grounded.length * width);
      for (const [i, pair] of grounded.entries()) {
        const score = bestScore(pair);
        if (score === undefined) continue;
        const { iou, precision, recall } = score;
        const entailed = Number(precision !== undefined && precision >= entailedAt);
        const counted = [1, Number(precision !== undefined), Number(recall !== undefined)];
        statistics.set([iou, precision ?? 0, recall ?? 0, entailed, ...counted], i * width);
      }
      return {
        columns,
        width,
        statistics,
        valuesOf: ([iou = 0, precision = 0, recall = 0, entailed = 0, regions = 0, predicted = 0, references = 0]) => [
          iou / regions,
          precision / predicted,
          recall / references,
          entailed / predicted,
        ],
      };
    },
  };
}
