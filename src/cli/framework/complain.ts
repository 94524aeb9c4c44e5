/** Words for the values that a schema refuses. */
import type { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import type { Field } from "./fields.ts";
import type { Given } from "./layers.ts";
import { nearest } from "./suggest.ts";

interface Complaint {
  readonly what: string;
  readonly where: string;
  readonly expected: string;
  readonly found?: string;
  readonly remedy?: string;
}

/** "number to be >0" out of the schema's "Too small: expected number to be >0, received …". */
function expectation(message: string): string {
  return message
    .replace(/^(Invalid|Too)[^:]*: /, "")
    .replace(/^expected /, "")
    .replace(/, received .*$/, "");
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

function complaintAbout(
  issue: z.core.$ZodIssue,
  fields: readonly Field[],
  given: ReadonlyMap<string, Given>,
): Complaint {
  const [key, item] = issue.path;
  const field = fields.find((candidate) => candidate.key === key);
  if (field === undefined) {
    return { what: "The options do not fit together.", where: "the options together", expected: issue.message };
  }
  const own = given.get(field.key);
  const value = own === undefined ? field.defaultValue : own.value;
  if (value === undefined) {
    return { what: "A needed option is missing.", where: `--${field.flag}`, expected: field.summary, found: "nothing" };
  }
  const refused = Array.isArray(value) && typeof item === "number" ? value[item] : value;
  const near = typeof refused === "string" ? nearest(refused, field.choices) : undefined;
  return {
    what: "An option is not valid.",
    where: own?.source.layer === "file" ? `${own.source.where}, ${field.key}` : `--${field.flag}`,
    expected: expectation(issue.message),
    found: show(refused),
    ...(near !== undefined && { remedy: `Did you mean ${near}?` }),
  };
}

/** The error for what a schema refuses: all of it, each with its flag or file and line. */
export function complain(
  issues: readonly z.core.$ZodIssue[],
  fields: readonly Field[],
  given: ReadonlyMap<string, Given>,
): UsageError {
  const complaints = issues.map((issue) => complaintAbout(issue, fields, given));
  const [first] = complaints;
  if (complaints.length === 1 && first !== undefined) {
    const { what, ...parts } = first;
    return new UsageError(what, parts);
  }
  const lines = complaints.map(({ where, expected, found }) => {
    return `${where}: expected ${expected}${found === undefined ? "" : `, found ${found}`}`;
  });
  return new UsageError(`${lines.length} options are missing or not valid.`, { where: lines.join("\n         ") });
}
