import { expect, it } from "vitest";
import { captionLimit } from "./caption-limit.ts";

/** Expected numbers by Python's statistics module: min(int(mean + 10 * stdev), max). */
it.each([
  ["the longest, where nothing is far out", [3, 5, 4], 5],
  ["empty sentences count", [0, 4, 4, 4], 4],
  ["a sentence far out is cut", [...new Array<number>(399).fill(1), 401], 202],
  ["one length", [2, 2, 2, 2], 2],
  ["a single sentence", [7], 7],
  ["none", [], 0],
])("%s", (_, lengths, expected) => {
  expect(captionLimit(lengths)).toBe(expected);
});
