/** Rows made for tests of what is done with rows. */
import type { Row, SplitName } from "../../src/data/index.ts";
import { unitBox } from "../../src/images/index.ts";

const splits: readonly SplitName[] = ["train", "train", "train", "validation", "test"];

/**
 * Studies s0, s1, … with one to three rows each, two studies a patient; every third row is negative and has no box,
 * the others have one to three boxes, no two alike.
 */
export function madeRows(studies: number): Row[] {
  return Array.from({ length: studies }, (_, s) =>
    Array.from({ length: 1 + (s % 3) }, (_, r): Row => {
      const isNegative = (s + r) % 3 === 0;
      const box = (b: number) => {
        const [x, y] = [((s * 7 + r) % 50) / 100, ((s * 13 + b * 5) % 50) / 100];
        return unitBox(x, y, x + 0.1 + (s % 5) * 0.05, y + 0.1 + (r + b) * 0.05);
      };
      return {
        studyId: `s${s}`,
        imageId: `s${s}.png`,
        imagePath: `/films/s${s}.png`,
        patientId: `p${s >> 1}`,
        split: splits[(s >> 1) % splits.length]!,
        language: "en",
        sentence: `sentence ${s}.${r}`,
        boxes: isNegative ? [] : Array.from({ length: 1 + (s % 3) }, (_, b) => box(b)),
        abnormal: !isNegative,
      };
    }),
  ).flat();
}
