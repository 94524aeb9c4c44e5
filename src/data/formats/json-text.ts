/** JSON texts that hold a format, checked against its shape; what is wrong is said by place, never by content. */
import type { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { findJsonFault } from "../padchest-gr/json-fault.ts";

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

/** The texts with an ending. @throws DataError when there is none */
export function textsEnding(
  files: ReadonlyMap<string, string>,
  ending: string,
): (readonly [path: string, text: string])[] {
  const found = [...files].filter(([path]) => path.toLowerCase().endsWith(ending));
  if (found.length > 0) return found;
  throw new DataError("There is no file of this format.", {
    where: "the folder or file that was named",
    expected: `a file *${ending}`,
    found: "none",
    remedy: "Check the path and --from.",
  });
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
