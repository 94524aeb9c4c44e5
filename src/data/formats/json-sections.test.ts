import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { JsonSections } from "./json-sections.ts";

fc.configureGlobal({ seed: 23 });

const frame = z.looseObject({ a: z.array(z.never()), b: z.array(z.never()).optional() });

/** What stands in the lists a and b of a text that comes in pieces of this length; the error otherwise. */
function read(text: string, length: number): unknown {
  const lists: Record<string, unknown[]> = { a: [], b: [] };
  const section = (name: string) => ({
    schema: z.unknown(),
    take: (element: unknown) => void lists[name]!.push(element),
  });
  const reader = new JsonSections("x.json", "an object", frame, { a: section("a"), b: section("b") });
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length; at += length) reader.push(bytes.subarray(at, at + length));
    reader.end();
    return lists;
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return (error as DataError).message;
  }
}

it("gives the elements that JSON.parse gives, whatever stands around and between them", () => {
  const lists = fc.array(
    fc.json().map((text) => JSON.parse(text)),
    { maxLength: 4 },
  );
  const other = fc.json().map((text) => ({ "b ": JSON.parse(text), c: { a: [1, "]}"] }, 'd"': '{"a": [' }));
  fc.assert(
    fc.property(
      lists,
      fc.option(lists),
      other,
      fc.constantFrom(0, 2),
      fc.integer({ min: 1, max: 30 }),
      (a, b, rest, indent, length) => {
        for (const whole of [
          { ...rest, a, ...(b === null ? {} : { b }) },
          { ...(b === null ? {} : { b }), a, ...rest },
        ]) {
          const text = JSON.stringify(whole, null, indent);
          expect(read(text, length)).toEqual(JSON.parse(JSON.stringify({ a, b: b ?? [] })));
          // Cut anywhere, it is refused.
          expect(read(text.slice(0, Math.floor(text.length / 2)), length)).toEqual(expect.any(String));
        }
      },
    ),
  );
});

it("refuses lists, other values and lists that are missing, in words", () => {
  for (const text of ["[]", "[[1]]", "1", "{}", '{"b":[]}', '{"a":{}}', '{"a":[1,]}', '{"a":[1]]', '{"a":[1]}}', ""])
    expect([text, read(text, 3)]).toEqual([text, expect.stringContaining("x.json")]);
});
