/** Where a text stops being JSON: `JSON.parse` does not always say, and quotes the text when it does. */

/** A mark, the beginning of a string, or a number or literal. Strings are walked by hand: a regular expression gives up on long ones. */
const token =
  /[ \t\r\n]*(?:([[\]{},:])|(")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/uy;
const escaped = /["\\/bfnrt]|u[\dA-Fa-f]{4}/y;

/** Index behind the string whose quote stands before `from`; undefined when it holds something forbidden or never ends. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return undefined;
    if (code !== 0x5c) continue;
    escaped.lastIndex = at + 1;
    if (!escaped.test(text)) return undefined;
    at = escaped.lastIndex - 1;
  }
  return undefined;
}

type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

export interface JsonFault {
  readonly line: number;
  readonly column: number;
  /** The text simply ends too early: the file is cut off. */
  readonly isCutOff: boolean;
}

/** The first fault of a text that `JSON.parse` has refused. Line and column count from 1. */
export function findJsonFault(text: string): JsonFault {
  const open: ("[" | "{")[] = [];
  let expected: Expected = "value";
  let position = 0;
  for (;;) {
    token.lastIndex = position;
    const match = token.exec(text);
    const end = match?.[2] === undefined ? token.lastIndex : endOfString(text, token.lastIndex);
    const next: Expected | undefined = match === null || end === undefined ? undefined : step(expected, match, open);
    if (next === undefined || end === undefined) return placeOf(text, position);
    position = end;
    if (next === ", or end" && open.length === 0) return placeOf(text, position);
    expected = next;
  }
}

/** What may follow a token; undefined when the token itself may not stand here. Keeps the open brackets. */
function step(expected: Expected, [, mark, string]: RegExpExecArray, open: ("[" | "{")[]): Expected | undefined {
  const wantsValue = expected === "value" || expected === "value or ]";
  const wantsKey = expected === "key" || expected === "key or }";
  if (mark === undefined) {
    if (wantsValue) return ", or end";
    return wantsKey && string !== undefined ? ":" : undefined;
  }
  if (mark === "[" || mark === "{") {
    if (!wantsValue) return undefined;
    open.push(mark);
    return mark === "[" ? "value or ]" : "key or }";
  }
  if (mark === ":") return expected === ":" ? "value" : undefined;
  const inside = open.at(-1);
  if (mark === ",") {
    if (expected !== ", or end") return undefined;
    return inside === "[" ? "value" : "key";
  }
  const closes = mark === "]" ? "[" : "{";
  if (inside !== closes || (expected !== ", or end" && expected !== (mark === "]" ? "value or ]" : "key or }"))) {
    return undefined;
  }
  open.pop();
  return ", or end";
}

function placeOf(text: string, position: number): JsonFault {
  const rest = text.slice(position).trimStart();
  const fault = text.length - rest.length;
  let [line, start] = [1, 0];
  for (let at = text.indexOf("\n"); at >= 0 && at < fault; at = text.indexOf("\n", at + 1)) {
    line++;
    start = at + 1;
  }
  const isCutOff = rest.startsWith('"') ? !hasClosingQuote(rest) : /^[a-z-]{0,4}$/.test(rest);
  return { line, column: fault - start + 1, isCutOff };
}

/** Whether a text that begins with a quote has another one that is not escaped. */
function hasClosingQuote(text: string): boolean {
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return true;
    if (code === 0x5c) at++;
  }
  return false;
}
