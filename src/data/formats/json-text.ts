/** JSON texts that hold a format, checked against its shape; what is wrong is said by place, never by content. */
import type { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { findJsonFault } from "../padchest-gr/json-fault.ts";
import type { TextPiece } from "./format.ts";

/** @throws DataError for text that is no JSON, or JSON of another shape */
export function parseJsonText<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  expected: string,
): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    const { line, column, isCutOff } = findJsonFault(text);
    throw new DataError("The file is no valid JSON.", {
      where: `${file}, line ${line}, column ${column}`,
      expected,
      found: isCutOff ? "the end of the file in the middle of a value" : "text that JSON does not allow here",
      remedy: "Export it again.",
    });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, code } = parsed.error.issues[0]!;
  throw new DataError("The file is not of this format.", {
    where: path.length === 0 ? file : `${file}, at ${path.join(".")}`,
    expected,
    found: code === "invalid_type" ? "a value of another type" : code.replaceAll("_", " "),
    remedy: "Check --from, and that this is the right file.",
  });
}

/** A list as JSON, an element a piece: an element a line and deeper. @param depth how deep the list stands in its text */
export function* jsonList(elements: Iterable<unknown>, depth = 0): Generator<string> {
  const margin = `\n${" ".repeat(depth + 1)}`;
  let isEmpty = true;
  for (const element of elements) {
    yield `${isEmpty ? "[" : ","}${margin}${JSON.stringify(element, null, 1).replaceAll("\n", margin)}`;
    isEmpty = false;
  }
  yield isEmpty ? "[]" : `${margin.slice(0, -1)}]`;
}

/** A file that holds one list. */
export function* jsonListPieces(path: string, elements: Iterable<unknown>): Generator<TextPiece> {
  for (const text of jsonList(elements)) yield [path, text];
  yield [path, "\n"];
}
