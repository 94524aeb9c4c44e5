/** Identifiers of up to 39 digits, which no JavaScript number can hold. */
import { type Problem, problem } from "./problems.ts";

/** `9.1E+38` or `123.0`: what spreadsheets and number columns leave of an ID. */
const numberFormatted = /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i;

/**
 * Reads an ID and notes a problem where it is none.
 * @param column its name in the file
 * @returns undefined when it is absent, no text, no name that a screen can show, or has lost digits
 */
export function readId(value: unknown, column: string, where: string, problems: Problem[]): string | undefined {
  if (typeof value === "number") {
    problems.push(problem("numeric-id", where, `${column} is a number, so most of its digits are lost.`));
    return undefined;
  }
  const id = typeof value === "string" ? value.trim() : "";
  if (id === "") {
    problems.push(problem("bad-record", where, `${column} is missing.`));
    return undefined;
  }
  if (/\p{Cc}/u.test(id)) {
    problems.push(problem("bad-record", where, `${column} holds control characters.`));
    return undefined;
  }
  if (/[.e]/i.test(id) && numberFormatted.test(id)) {
    problems.push(problem("numeric-id", where, `${column} was written as a decimal number, so digits are lost.`));
    return undefined;
  }
  return id;
}
