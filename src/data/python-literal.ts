/** Values as Python writes them: the authors' CSVs hold boxes in this form. Data only; nothing is ever run. */
import { DataError } from "../base/errors.ts";

export type PythonValue = string | number | boolean | null | readonly PythonValue[];

/** One token: a bracket or comma, a number, a quoted text, or a word. */
const tokenPattern =
  /\s*(?:([[\](),])|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|([A-Za-z]+))/y;

const words: Readonly<Record<string, PythonValue>> = {
  None: null,
  null: null,
  True: true,
  true: true,
  False: false,
  false: false,
  nan: Number.NaN,
  NaN: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
};

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

/** Deeper nesting is refused; boxes need four levels. */
const deepest = 50;

/**
 * Lists, tuples, numbers, texts, None, True and False; JSON's null, true and false too.
 * @param where for the error
 * @throws DataError naming the character where the text stops being a literal
 */
export function parsePythonLiteral(text: string, where: string): PythonValue {
  let position = 0;
  const fail = (): never => {
    throw new DataError("The value is not a list as Python writes it.", {
      where: `${where}, character ${position + 1}`,
      expected: "lists, numbers and quoted texts",
      found: position >= text.length ? "the end of the value" : `"${text[position]}"`,
    });
  };
  const next = (): RegExpExecArray => {
    tokenPattern.lastIndex = position;
    const token = tokenPattern.exec(text) ?? fail();
    position = tokenPattern.lastIndex;
    return token;
  };
  const value = (token: RegExpExecArray, depth: number): PythonValue => {
    const [, bracket, number, quoted, word] = token;
    if (number !== undefined) return Number(number);
    if (quoted !== undefined) return unquote(quoted);
    if (word !== undefined && Object.hasOwn(words, word)) return words[word]!;
    if ((bracket === "[" || bracket === "(") && depth < deepest) return list(bracket === "[" ? "]" : ")", depth + 1);
    position = token.index;
    return fail();
  };
  const list = (end: string, depth: number): PythonValue[] => {
    const items: PythonValue[] = [];
    for (;;) {
      const token = next();
      if (token[1] === end) return items;
      items.push(value(token, depth));
      const after = next()[1];
      if (after === end) return items;
      if (after !== ",") fail();
    }
  };
  const result = value(next(), 0);
  if (text.slice(position).trim() !== "") fail();
  return result;
}

function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (whole, hex, unicode, character) => {
      const code: string | undefined = hex ?? unicode;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      return escapes[character] ?? ("\\'\"".includes(character) ? character : whole);
    });
}
