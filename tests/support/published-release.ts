/** How studies, sentences, splits and patients may be spread so that all published counts of PadChest-GR hold. */
import type { SplitName } from "../../src/data/index.ts";

/** Studies of three sentences, of two, and of one, so many that a split has its published studies and sentences. */
const within = (i: number, from: number, count: number) => i >= from && i < from + count;
const isTest = (i: number) => within(i, 1133, 598) || i === 839 || within(i, 4555 - 316, 316);
const isValidation = (i: number) => within(i, 1133 + 598, 288) || i === 840 || within(i, 4555 - 316 - 166, 166);

function splitOf(i: number): SplitName {
  if (isTest(i)) return "test";
  return isValidation(i) ? "validation" : "train";
}

/**
 * 4,555 studies; 3,099 of them abnormal, with 7,037 positive sentences; 3,422 negative ones; 4,459 patients; 3,185 / 455 / 915
 * studies; 7,315 sentences to train on and 2,112 to test.
 */
export const publishedRelease = Array.from({ length: 4555 }, (_, i) => ({
  id: `${"3".repeat(35)}${String(i).padStart(4, "0")}`,
  positive: i < 839 ? 3 : i < 3099 ? 2 : 0,
  negative: i >= 4555 - 3422 ? 1 : 0,
  split: splitOf(i),
  // 96 training studies are second ones of the first 96 patients.
  patient: `p${within(i, 3089, 96) ? i - 3089 : i}`,
}));
