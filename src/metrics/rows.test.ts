import { describe, expect, it } from "vitest";
import { boxesCell, listCell } from "./cells.ts";
import { joinedRows, matchRows, pairsOf, type Rows, remarksOn, reordered, withStudyReferences } from "./rows.ts";
import { strataOf } from "./strata.ts";

function table(file: string, columns: Readonly<Record<string, readonly unknown[]>>): Rows {
  const count = Object.values(columns)[0]!.length;
  return { file, count, columns: new Map(Object.entries(columns)), place: (row) => `${file}, line ${row + 2}` };
}

describe("remarks", () => {
  it("count and place what is odd, and hold no text", () => {
    const rows = table("a.csv", {
      imgid: ["x", "x", "x", "y", "y"],
      ref: ["secret", "b", "secret", " ", "c".repeat(100_001)],
      hyp: ["a", "", "a", "\n", "d"],
    });
    expect(remarksOn(rows, pairsOf(rows))).toEqual([
      "2 empty hypotheses, first in a.csv, line 3",
      "1 empty references, first in a.csv, line 5",
      "1 texts of more than 100000 characters, first in a.csv, line 6",
      "1 rows repeat the id and the reference of another and count twice, first a.csv, line 2 and a.csv, line 4",
    ]);
  });

  it("are none for an image with several findings", () => {
    const rows = table("a.csv", { imgid: ["x", "x"], ref: ["a", "b"], hyp: ["a", "a"] });
    expect(remarksOn(rows, pairsOf(rows))).toEqual([]);
  });
});

describe("two tables", () => {
  const first = table("a.csv", { id: ["x", "x", "y"], ref: ["a", "a", "b"] });

  it("are matched by their keys, equal ones in their order", () => {
    const second = table("b.csv", { id: ["y", "x", "x"], ref: ["b", "a", "a"], hyp: ["1", "2", "3"] });
    const order = matchRows(first, second, ["id", "ref"]);
    expect(order).toEqual([1, 2, 0]);
    const again = reordered(second, order);
    expect(again.columns.get("hyp")).toEqual(["2", "3", "1"]);
    expect(again.place(2)).toBe("b.csv, line 2");
  });

  it("are refused when they are about other rows, with the place", () => {
    expect(() => matchRows(first, table("b.csv", { id: ["x"], ref: ["a"] }), ["id"])).toThrow(/3 rows[\s\S]*1/);
    const other = table("b.csv", { id: ["x", "x", "z"], ref: ["a", "a", "b"] });
    expect(() => matchRows(first, other, ["id", "ref"])).toThrow(/a\.csv, line 4[\s\S]*same id and ref in b\.csv/);
  });

  it("are joined, own columns before the other's", () => {
    const rows = table("a.csv", { id: ["x", "y"], hyp: ["own", "own"] });
    const joined = joinedRows(rows, table("l.csv", { id: ["y", "x"], hyp: ["?", "?"], labels: ["2", "1"] }), ["id"]);
    expect(Object.fromEntries(joined.columns)).toEqual({ id: ["x", "y"], hyp: ["own", "own"], labels: ["1", "2"] });
    expect(() => joinedRows(rows, table("l.csv", { id: ["x", "x"] }), ["id"])).toThrow(/twice[\s\S]*line 2 and l/);
    expect(() => joinedRows(rows, table("l.csv", { id: ["x"] }), ["id"])).toThrow(/no partner[\s\S]*a\.csv, line 3/);
    expect(() => joinedRows(rows, table("l.csv", { key: ["x"] }), ["id"])).toThrow(/lacks a column/);
  });
});

it("a study's references are its different ones, its own among them", () => {
  const pairs = ["a", "b", "a", "c"].map((text) => ({ hypothesis: "h", references: [text] }));
  const all = withStudyReferences(pairs, ["1", "1", "1", "2"]);
  expect(all.map(({ references }) => references)).toEqual([["a", "b"], ["a", "b"], ["a", "b"], ["c"]]);
});

describe("cells", () => {
  it.each([
    ["", undefined],
    ["['loc right', \"loc left\"]", ["loc right", "loc left"]],
    ['["a","b"]', ["a", "b"]],
    ["[]", []],
    ["a; b|c", ["a", "b", "c"]],
    [["a"], ["a"]],
    [undefined, undefined],
  ])("%j is the list %j", (cell, expected) => expect(listCell(cell)).toEqual(expected));

  it("hold boxes", () => {
    expect(boxesCell("[[0.1,0.2,0.3,0.4]]", "a")).toEqual([{ space: "unit", x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4 }]);
    expect([boxesCell("", "a"), boxesCell("[]", "a"), boxesCell(undefined, "a")]).toEqual([[], [], []]);
    for (const bad of ["[[1,2,3]]", "[1,2,3,4]", "{}", "[[", '[["a",1,2,3]]', 5]) {
      expect(() => boxesCell(bad, "a.csv, line 3")).toThrow(/no boxes[\s\S]*a\.csv, line 3/);
    }
  });
});

describe("strata", () => {
  const rows = table("a.csv", {
    ref: ["a b", "a b c d", "a b c d e f g", "a b c d e f g h i j k"],
    hyp: ["", "", "", ""],
    abnormal: ["true", "False", "", "1"],
    boxes: ["[]", "[[0,0,1,1]]", "[[0,0,1,1],[0,0,1,1],[0,0,1,1]]", ""],
    labels: ["['x', 'y']", "x", "", "['y','y']"],
  });
  const pairs = pairsOf(rows);
  const of = (name: string) => Object.fromEntries(strataOf(rows, pairs, name).map((each) => [each.name, each.rows]));

  it("part rows by meaning and by value", () => {
    expect(of("abnormal")).toEqual({
      "abnormal: negative": [1],
      "abnormal: not known": [2],
      "abnormal: positive": [0, 3],
    });
    expect(of("boxes")).toEqual({ "boxes: 0": [0, 3], "boxes: 1": [1], "boxes: 3 or more": [2] });
    const renamed = table("a.csv", { ref: ["a b"], hyp: [""], marked: ["[[0,0,1,1]]"] });
    expect(strataOf(renamed, pairsOf(renamed), "boxes", "marked")).toEqual([{ name: "boxes: 1", rows: [0] }]);
    expect(of("length")).toEqual({
      "length: 0 to 3 words": [0],
      "length: 4 to 6 words": [1],
      "length: 7 to 10 words": [2],
      "length: 11 words or more": [3],
    });
    expect(of("labels")).toEqual({ "labels: none": [2], "labels: x": [0, 1], "labels: y": [0, 3] });
    expect(() => of("location")).toThrow(/lacks a column for strata[\s\S]*location/);
  });
});
