import { describe, expect, it } from "vitest";
import { unitBox } from "../../images/index.ts";
import type { Problem } from "../problems.ts";
import { readGrounding } from "./grounding.ts";

const a = unitBox(0.1, 0.2, 0.3, 0.4);
const b = unitBox(0.5, 0.6, 0.7, 0.8);

function read(cell: string) {
  const problems: Problem[] = [];
  return { boxes: readGrounding(cell, "train.csv, line 2", problems), problems };
}

describe("readGrounding", () => {
  it.each([
    ["[[0, 'Effusion.', [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]]]", [a, b]],
    ["[[0, \"It's an effusion, isn't it\", [[0.1, 0.2, 0.3, 0.4]]]]", [a]],
    ["[0, 'a bare triplet', [[0.1, 0.2, 0.3, 0.4]]]", [a]],
    ["(0, None, ((0.1, 0.2, 0.3, 0.4),))", [a]],
    ["[[0, 'one', [[0.1, 0.2, 0.3, 0.4]]], [1, 'two', [[5e-1, .6, 0.7, 0.8]]]]", [a, b]],
    // The public reader loses all boxes of exactly three triplets.
    ["[[0, 'one', [[0.1, 0.2, 0.3, 0.4]]], [1, 'two', []], [2, 'three', [[0.5, 0.6, 0.7, 0.8]]]]", [a, b]],
    ["[[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]", [a, b]],
    ["[[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.1, 0.2, 0.3, 0.4]]", [a, b, a]],
    ["[[0, 'no box', []]]", []],
    ["[[0, 'no box', null]]", []],
    ["[]", []],
    ["null", []],
    ["None", []],
    ["", []],
    [" ", []],
  ])("reads %s", (cell, boxes) => {
    expect(read(cell)).toEqual({ boxes, problems: [] });
  });

  it.each([
    ["[[0, 'cut off', [[0.1, 0.2, 0.3", /no Python literal.*end of the text/],
    ["[[0, 'three', [[0.1, 0.2, 0.3]]]]", /Box 1 has 3 values instead of 4/],
    ["[[0, 's', [[0.1, 0.2, 0.3, 0.4], [0.1, NaN, 0.3, 0.4]]]]", /Box 2 has the value NaN/],
    ["[[0.1, 0.2, 0.3, 1e999]]", /Box 1 has the value Infinity/],
    ["[[0.1, 0.2, 0.3, '0.4']]", /Box 1 has a value that is no number/],
    ["[0.1, 0.2, 0.3, 0.4]", /Box 1 is not a list/],
    ["[[0, 's', 7]]", /The boxes are not a list/],
    ["[[0, 's', [[0.1, 0.2, 0.3, 0.4]]], [0.1, 0.2, 0.3, 0.4]]", /Box 1 has 3 values/],
    ["'text'", /The boxes are not a list/],
  ])("refuses %s", (cell, what) => {
    const { boxes, problems } = read(cell);
    expect(boxes).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: "bad-boxes", severity: "error", where: "train.csv, line 2" });
    expect(problems[0]!.what).toMatch(what);
    expect(problems[0]!.what).toMatch(/the finding is left out/);
  });

  it("keeps boxes that are reversed or outside as annotated, and says so", () => {
    const { boxes, problems } = read("[[0.3, 0.2, 0.1, 0.4], [-0.1, 0.2, 0.3, 1.2], [0.1, 0.1, 0.1, 0.2]]");
    expect(boxes).toEqual([unitBox(0.3, 0.2, 0.1, 0.4), unitBox(-0.1, 0.2, 0.3, 1.2), unitBox(0.1, 0.1, 0.1, 0.2)]);
    expect(problems.map(({ code, severity, what }) => [code, severity, what.slice(0, 5)])).toEqual([
      ["empty-box", "error", "Box 1"],
      ["box-outside", "warning", "Box 2"],
      ["empty-box", "error", "Box 3"],
    ]);
  });
});
