/**
 * Python literals, as `repr` and `json.dumps` write them: lists, tuples, strings, numbers, None, True, False, and JSON's
 * null, true, false, NaN and Infinity. Nothing is evaluated. Dictionaries, sets, bytes, complex numbers, prefixed,
 * triple-quoted and joined strings are refused: no file of this format has them.
 */
import { DataError } from "../../base/errors.ts";

/** Tuples come out as lists. */
export type PythonLiteral = null | boolean | number | string | readonly PythonLiteral[];

/** Deeper than any real file, and far from the end of the call stack. */
const maximalDepth = 64;

const names = new Map<string, PythonLiteral>([
  ["None", null],
  ["null", null],
  ["True", true],
  ["true", true],
  ["False", false],
  ["false", false],
  ["NaN", Number.NaN],
  ["nan", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["inf", Number.POSITIVE_INFINITY],
]);

const space = /[ \t\r\n\f]*/y;
const number = /(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?(?![\w.])/y;
const name = /[A-Za-z]+(?!\w)/y;
const plainCharacters = /[^'"\\\r\n]+/y;
const escapeSequence = /\\(?:[\\'"abfnrtv]|[0-7]{1,3}|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|\r\n|[\r\n])/y;

const oneLetterEscapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Reads one literal from left to right. */
class LiteralReader {
  readonly #text: string;
  readonly #where: string;
  #position = 0;

  constructor(text: string, where: string) {
    this.#text = text;
    this.#where = where;
  }

  whole(): PythonLiteral {
    const value = this.#value(0);
    this.#take(space);
    if (this.#position < this.#text.length) throw this.#unexpected("the end");
    return value;
  }

  #value(depth: number): PythonLiteral {
    this.#take(space);
    const character = this.#text[this.#position];
    if (character === "[") return this.#items("]", depth).items;
    if (character === "(") return this.#parenthesised(depth);
    if (character === '"' || character === "'") return this.#string(character);
    return this.#signed();
  }

  /** `(x)` is x, `(x,)` and `()` are tuples. */
  #parenthesised(depth: number): PythonLiteral {
    const { items, endsWithComma } = this.#items(")", depth);
    return items.length === 1 && !endsWithComma ? items[0]! : items;
  }

  #items(close: string, depth: number): { readonly items: PythonLiteral[]; readonly endsWithComma: boolean } {
    if (depth === maximalDepth) throw this.#unexpected(`at most ${maximalDepth} lists within each other`);
    this.#position++;
    const items: PythonLiteral[] = [];
    let endsWithComma = false;
    for (;;) {
      this.#take(space);
      if (this.#skip(close)) return { items, endsWithComma };
      if (items.length > 0 && !endsWithComma) throw this.#unexpected(`"," or "${close}"`);
      items.push(this.#value(depth + 1));
      this.#take(space);
      endsWithComma = this.#skip(",");
    }
  }

  #signed(): PythonLiteral {
    const sign = this.#skip("-") ? -1 : this.#skip("+") ? 1 : undefined;
    if (sign !== undefined) this.#take(space);
    const digits = this.#take(number);
    if (digits !== undefined) return (sign ?? 1) * Number(digits.replaceAll("_", ""));
    const start = this.#position;
    const value = names.get(this.#take(name) ?? "");
    if (value !== undefined && (sign === undefined || typeof value === "number")) {
      return sign === undefined ? value : sign * (value as number);
    }
    this.#position = start;
    throw this.#unexpected("a list, string, number, None, True or False");
  }

  #string(quote: string): string {
    this.#position++;
    const parts: string[] = [];
    while (!this.#skip(quote)) {
      const character = this.#text[this.#position];
      if (character === undefined || character === "\n" || character === "\r") {
        throw this.#unexpected("the string's closing quote");
      }
      if (character === "\\") parts.push(this.#escaped());
      else parts.push(this.#take(plainCharacters) ?? this.#text[this.#position++]!); // the other kind of quote
    }
    return parts.join("");
  }

  #escaped(): string {
    const start = this.#position;
    const sequence = this.#take(escapeSequence);
    if (sequence === undefined) {
      // Python keeps the backslash of an escape it does not know, except where a form it knows is cut short.
      if (/[xuUN]/.test(this.#text[start + 1] ?? "")) throw this.#unexpected("a complete escape sequence");
      this.#position++;
      return "\\";
    }
    const kind = sequence[1]!;
    const letter = oneLetterEscapes[kind];
    if (letter !== undefined) return letter;
    if (kind === "\n" || kind === "\r") return "";
    const isOctal = /[0-7]/.test(kind);
    const code = isOctal ? Number.parseInt(sequence.slice(1), 8) : Number.parseInt(sequence.slice(2), 16);
    if (code > 0x10ffff) {
      this.#position = start;
      throw this.#unexpected("a Unicode character");
    }
    return String.fromCodePoint(code);
  }

  /** What matches here, moving past it. */
  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text)?.[0];
    this.#position += match?.length ?? 0;
    return match;
  }

  #skip(character: string): boolean {
    const isHere = this.#text[this.#position] === character;
    if (isHere) this.#position++;
    return isHere;
  }

  /** Names the place only: the text may hold a report's sentence. */
  #unexpected(expected: string): DataError {
    const found =
      this.#position < this.#text.length ? `something else at character ${this.#position + 1}` : "the end of the text";
    return new DataError("The text is not a Python literal.", { where: this.#where, expected, found });
  }
}

/**
 * The value that a Python literal (or JSON) text stands for.
 * @param where what errors call the place
 * @throws DataError for anything else
 */
export function parsePythonLiteral(text: string, where: string): PythonLiteral {
  return new LiteralReader(text, where).whole();
}
