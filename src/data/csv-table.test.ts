import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.ts";
import { readTable } from "./csv-table.ts";
import type { Problem } from "./problems.ts";

fc.configureGlobal({ seed: 17 });

const columns = { required: ["a", "b"], optional: ["c"] } as const;

function read(text: string) {
  const problems: Problem[] = [];
  return { rows: readTable(text, "t.csv", columns, problems), problems };
}

function places(problems: readonly Problem[]) {
  return problems.map(({ code, where }) => [code, where]);
}

describe("readTable", () => {
  it("knows the line on which each row begins, whatever stands between", () => {
    const { rows, problems } = read('\uFEFFa,b,extra\r\n1,"x, ""y""\r\nz",0\r\n\r\n3,4,0\n5,6,0');
    expect(problems).toEqual([]);
    expect(rows).toEqual([
      { line: 2, cells: { a: "1", b: 'x, "y"\r\nz' } },
      { line: 5, cells: { a: "3", b: "4" } },
      { line: 6, cells: { a: "5", b: "6" } },
    ]);
  });

  it("finds columns by name in any order, and gives optional ones only where they are", () => {
    expect(read("c, b ,a\n3,2,1").rows[0]!.cells).toEqual({ a: "1", b: "2", c: "3" });
  });

  it("keeps digits of numbers that JavaScript cannot hold", () => {
    const id = "910000000000001583800000000000000000001";
    expect(read(`a,b\n${id},x`).rows[0]!.cells.a).toBe(id);
  });

  it("leaves out rows with another number of cells, and says where", () => {
    const { rows, problems } = read('a,b\n1,2,3\n"4\n",5\n6\n7,8');
    expect(rows.map(({ line }) => line)).toEqual([3, 6]);
    expect(places(problems)).toEqual([
      ["bad-record", "t.csv, line 2"],
      ["bad-record", "t.csv, line 5"],
    ]);
  });

  it("keeps the quoted rows around it also where lines end in CRLF", () => {
    const { rows, problems } = read('a,b\r\n"1","2"\r\n1,a"b\r\n\r\n"3","4"\r\n');
    expect(rows.map(({ line, cells }) => [line, cells.a])).toEqual([
      [2, "1"],
      [5, "3"],
    ]);
    expect(places(problems)).toEqual([["bad-record", "t.csv, line 3"]]);
  });

  it("loses only the row whose quotes are wrong", () => {
    const { rows, problems } = read('a,b\n1,"x"y\n2,"fine, ""really"""\n3,z"z\n4,5');
    expect(rows.map(({ cells }) => cells)).toEqual([
      { a: "2", b: 'fine, "really"' },
      { a: "4", b: "5" },
    ]);
    expect(places(problems)).toEqual([
      ["bad-record", "t.csv, line 2"],
      ["bad-record", "t.csv, line 4"],
    ]);
  });

  it.each([
    ["", /empty file/],
    ["a,c\n1,2", /no b/],
    ["x;y\n1;2", /no a, b/],
    ['a,b\n1,"never closed\n3,4\n', /never ends/],
  ])("refuses %j as a whole", (text, message) => {
    expect(() => read(text)).toThrow(DataError);
    expect(() => read(text)).toThrow(message);
  });

  it("reads back whatever csv-stringify writes", () => {
    const cell = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r\n", "'", "x", " ", "é") });
    const quoted = { quoted: true, quoted_empty: true };
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (cells) => {
        const { rows, problems } = read(stringify([["a", "b"], ...cells], quoted));
        expect(rows.map(({ cells: { a, b } }) => [a, b])).toEqual(cells);
        expect(problems).toEqual([]);
      }),
    );
  });

  it("throws nothing but DataError, whatever the text", () => {
    const text = fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", "b", "\uFEFF"), maxLength: 30 });
    fc.assert(
      fc.property(text, (body) => {
        try {
          read(`a,b\n${body}`);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
