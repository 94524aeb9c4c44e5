/** Where a text stops being JSON: `JSON.parse` does not always say, and quotes the text when it does. */

const token =
  /[ \t\r\n]*(?:([[\]{},:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})|[\x7f-\x9f])*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/uy;

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
    const next: Expected | undefined = match === null ? undefined : step(expected, match, open);
    if (next === undefined) return placeOf(text, position);
    position = token.lastIndex;
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
  const lines = text.slice(0, text.length - rest.length).split("\n");
  const isCutOff = /^(?:"(?:[^"\\]|\\.)*\\?|[a-z-]{1,4})?$/s.test(rest);
  return { line: lines.length, column: lines.at(-1)!.length + 1, isCutOff };
}
