import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.ts";
import { type PythonLiteral, parsePythonLiteral } from "./python-literal.ts";

fc.configureGlobal({ seed: 17 });

const parse = (text: string) => parsePythonLiteral(text, "here");

/** Writes a value as Python's `repr` could, with the quotes, brackets and spaces that `style` draws. */
function printed(value: PythonLiteral, style: () => number): string {
  const gap = ["", " ", "  ", "\n"][style() % 4]!;
  if (value === null) return style() % 2 ? "None" : "null";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return printedNumber(value);
  if (typeof value === "string") return printedString(value, style);
  const items = value.map((item) => `${gap}${printed(item, style)}`).join(`${gap},`);
  if (style() % 2) return `[${items}${value.length > 0 && style() % 2 ? "," : ""}${gap}]`;
  return `(${items}${value.length === 1 ? "," : ""}${gap})`;
}

function printedNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  return Object.is(value, -0) ? "-0.0" : String(value);
}

function printedString(value: string, style: () => number): string {
  const quote = style() % 2 ? '"' : "'";
  const body = Array.from({ length: value.length }, (_, i) => {
    const unit = value[i]!;
    const code = unit.charCodeAt(0);
    if (unit === quote || unit === "\\") return `\\${unit}`;
    if (unit === "\n") return "\\n";
    if (code < 0x20) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code > 0x7e && style() % 2 ? `\\u${code.toString(16).padStart(4, "0")}` : unit;
  });
  return quote + body.join("") + quote;
}

const values: fc.Arbitrary<PythonLiteral> = fc.letrec<{ value: PythonLiteral }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, false),
    fc.double(),
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("'", '"', "\\", "\n", "\r", "\t", "n", "x", "u", "0", "é", "骨") }),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
})).value;

describe("parsePythonLiteral", () => {
  it("reads back every value that is written, in whatever style", () => {
    fc.assert(
      fc.property(values, fc.array(fc.nat(), { minLength: 1 }), (value, styles) => {
        let next = 0;
        const text = printed(value, () => styles[next++ % styles.length]!);
        expect(parse(text)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it("reads JSON as JSON does, where Python's escapes are the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }).filter(isWithoutObjects), (value) => {
        expect(parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("throws nothing but DataError, and never repeats the text", () => {
    const pieces = fc.constantFrom(...`[](){},:'"\\ \n\t0123456789.eE+-_xuUNé#NoneTrue`.split(""), "None", "secret");
    const garbage = fc.oneof(fc.string({ unit: pieces, maxLength: 40 }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(garbage, (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect((error as DataError).message).not.toContain("secret");
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, unknown]>([
    ["[[0, 'It\\'s \"clear\".', [[0.1, 2e-1, -.5, 1.]]]]", [[0, 'It\'s "clear".', [[0.1, 0.2, -0.5, 1]]]]],
    ["(1)", 1],
    ["(1,)", [1]],
    ["()", []],
    ["[1, 2, ]", [1, 2]],
    ["+1_000", 1000],
    ["- 5", -5],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["[true, False, null, None]", [true, false, null, null]],
    ["'\\x41\\u00e9\\U0001F600\\101\\0\\a'", "Aé😀A\0\x07"],
    ["'a\\\nb\\/'", "ab\\/"],
    [" [ ] \n", []],
  ])("reads %s", (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each([
    ["", 1],
    ["[", 2],
    ["[1", 3],
    ["[1 2]", 4],
    ["[,]", 2],
    ["[1,,2]", 4],
    ["[1]]", 4],
    ["'abc", 5],
    ["'a\nb'", 3],
    ["'\\x4'", 2],
    ["'\\N{DASH}'", 2],
    ["'\\U00110000'", 2],
    ["1.2.3", 1],
    ["12abc", 1],
    ["-None", 2],
    ["nonsense", 1],
    ["{'a': 1}", 1],
    ["__import__('os')", 1],
    ["1+2j", 2],
  ])("refuses %j and names the place", (text, character) => {
    const error = failure(text);
    expect(error.parts.where).toBe("here");
    const place = character > text.length ? "the end of the text" : `something else at character ${character}`;
    expect(error.parts.found).toBe(place);
  });

  it("refuses what is nested deeper than any real file, without running out of stack", () => {
    expect(parse(`${"[".repeat(64)}${"]".repeat(64)}`)).toBeDefined();
    expect(failure("[".repeat(65)).parts.expected).toMatch(/at most 64/);
    expect(failure("(".repeat(1_000_000)).parts.expected).toMatch(/at most 64/);
  });
});

function isWithoutObjects(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWithoutObjects);
  return value === null || typeof value !== "object";
}

function failure(text: string): DataError {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  }
  throw new Error("it was accepted");
}
