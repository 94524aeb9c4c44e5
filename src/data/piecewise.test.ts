import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.ts";
import { TableReader, type TableRow } from "./csv-table.ts";
import { reportsReader } from "./padchest-gr/reports.ts";
import type { PiecewiseReader } from "./piecewise.ts";
import type { Problem } from "./problems.ts";

fc.configureGlobal({ seed: 12 });

/** What a reader says of bytes that come in pieces of these lengths, over and over. */
function inPieces<T>(reader: PiecewiseReader<T>, bytes: Uint8Array, lengths: readonly number[]): unknown {
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const length = lengths[turn % lengths.length]!;
      reader.push(bytes.subarray(at, at + length));
      at += length;
    }
    return reader.end();
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return (error as DataError).message;
  }
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });

describe("reading in pieces gives what reading at once gives", () => {
  it("of reports: studies, problems and the places of faults", () => {
    const part = fc.oneof(
      fc.constantFrom(...'[]{},:"\\ \n', '{"StudyID":"1","ImageID":"é.png","findings":[{}]}', "tru", "1.5", "\uFEFF"),
      fc.json(),
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
    const list = fc.array(fc.json(), { maxLength: 6 }).map((elements) => `[${elements.join(" ,\n")}]`);
    fc.assert(
      fc.property(fc.oneof(text, list), lengths, (made, pieces) => {
        const bytes = new TextEncoder().encode(made);
        const [whole, cut]: [Problem[], Problem[]] = [[], []];
        expect(inPieces(reportsReader("r.json", cut), bytes, pieces)).toEqual(
          inPieces(reportsReader("r.json", whole), bytes, [bytes.length + 1]),
        );
        expect(cut).toEqual(whole);
      }),
      { numRuns: 400 },
    );
  });

  it("of reports: what is JSON is a list of as many records, and what is not is refused", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'[]{},:"1 \n', "true", '"a"'), { maxLength: 9 }),
        lengths,
        (parts, pieces) => {
          const text = parts.join("");
          let expected: unknown;
          try {
            expected = JSON.parse(text);
          } catch {
            expected = undefined;
          }
          const problems: Problem[] = [];
          const read = inPieces(reportsReader("r.json", problems), new TextEncoder().encode(text), pieces);
          if (Array.isArray(expected)) expect([read, problems.length]).toEqual([[], expected.length]);
          else if (expected !== undefined) expect(read).toContain("not a list");
          // Of two values one behind the other, the first one already is no list.
          else expect(read).toMatch(text.trim().startsWith("[") ? /no valid JSON/ : /no valid JSON|not a list/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("of tables: the rows of csv-parse, with their lines", () => {
    const cell = fc
      .array(fc.constantFrom("a", "é", '"', '""', ",", "\n", "\r\n", " "), { maxLength: 4 })
      .chain((parts) => fc.constantFrom(parts.join(""), `"${parts.join("").replaceAll('"', '""')}"`));
    const table = fc.array(fc.tuple(cell, cell), { maxLength: 8 });
    fc.assert(
      fc.property(table, lengths, fc.boolean(), (cells, pieces, hasMark) => {
        const text = `${hasMark ? "\uFEFF" : ""}x,y\n${cells.map((row) => row.join(",")).join("\n")}`;
        const read = (each: readonly number[]) => {
          const problems: Problem[] = [];
          const reader = new TableReader("t.csv", { required: ["x", "y"], optional: [] }, problems);
          const rows: TableRow<"x" | "y", never>[] = [];
          const result = inPieces(
            { push: (bytes) => rows.push(...reader.push(bytes)), end: () => rows.push(...reader.end()) },
            new TextEncoder().encode(text),
            each,
          );
          return { rows, problems, error: typeof result === "string" ? result : undefined };
        };
        const cut = read(pieces);
        expect(cut.error).toEqual(read([1e6]).error);
        if (cut.error !== undefined) return;
        expect(cut).toEqual(read([1e6]));
        const all: string[][] = parse(text, {
          ...{ bom: true, record_delimiter: ["\r\n", "\n"], relax_column_count: true, relax_quotes: true },
          skip_empty_lines: true,
        });
        expect(cut.rows.length + cut.problems.length).toBe(all.length - 1);
        expect(all.map((row) => row.join("|"))).toEqual(
          expect.arrayContaining(cut.rows.map(({ cells: { x, y } }) => `${x}|${y}`)),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
