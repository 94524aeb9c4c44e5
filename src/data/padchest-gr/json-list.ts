/** A JSON list read element by element: the list may be larger than memory, each element must not be. */
import { DataError } from "../../base/errors.ts";
import { notUtf8 } from "../piecewise.ts";
import { findJsonFault } from "./json-fault.ts";

/** What errors say of a file that is no such list. */
export interface ListTitle {
  /** Subject of the sentence: "The reports". */
  readonly subject: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Most bytes of one element: a JavaScript string holds 2^29 characters. */
const mostElementBytes = 400 * 2 ** 20;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Where the reader stands: before the list, before an element or its end, within an element, behind one, behind the list. */
type State = "start" | "element or ]" | "element" | "within" | ", or ]" | "end";

export class JsonList {
  readonly #file: string;
  readonly #title: ListTitle;
  #state: State = "start";
  /** The element that is being read, in pieces. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  /** A number or a literal has no end of its own. */
  #isBare = false;
  #isList = true;
  #line = 1;
  #column = 1;

  constructor(file: string, title: ListTitle) {
    this.#file = file;
    this.#title = title;
  }

  /** The elements that end within these bytes. @throws DataError where the text stops being a JSON list in UTF-8 */
  *push(bytes: Uint8Array): Generator<unknown> {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state !== "within") at += this.#between(bytes[at]!);
      else {
        const end = this.#endOfElement(bytes, at);
        this.#keep(bytes.subarray(at, end ?? bytes.length));
        if (end === undefined) return;
        at = end;
        yield this.#element(false);
      }
    }
  }

  /** The element that ends with the file, if any. @throws DataError when the file is cut off, or holds no list */
  *end(): Generator<unknown> {
    if (this.#state === "within") yield this.#element(true);
    if (this.#state !== "end") throw this.#fault(this.#line, this.#column, true);
  }

  /** Takes note of a byte between elements. @returns how many bytes are done: none when an element begins here */
  #between(byte: number): 0 | 1 {
    if (isSpace(byte)) {
      this.#column++;
      if (byte === 0x0a) [this.#line, this.#column] = [this.#line + 1, 1];
      return 1;
    }
    const next = this.#next(byte);
    if (next === undefined) throw this.#fault(this.#line, this.#column, false);
    this.#state = next;
    if (next === "within") return 0;
    // A byte-order mark has no width.
    if (byte < 0x80) this.#column++;
    return 1;
  }

  #next(byte: number): State | undefined {
    switch (this.#state) {
      case "start":
        if (byte === openList) return "element or ]";
        if ([0xef, 0xbb, 0xbf].includes(byte)) return "start";
        this.#isList = false;
        return "within";
      case "element or ]":
        return byte === closeList ? "end" : this.#begins(byte);
      case "element":
        return this.#begins(byte);
      case ", or ]":
        if (byte === closeList) return "end";
        return byte === comma ? "element" : undefined;
      default:
        return undefined;
    }
  }

  #begins(byte: number): State | undefined {
    return [closeList, closeObject, comma].includes(byte) ? undefined : "within";
  }

  /** Index behind the element, or undefined when it goes on in the next piece. */
  #endOfElement(bytes: Uint8Array, from: number): number | undefined {
    if (this.#length === 0) {
      const first = bytes[from]!;
      this.#isBare = first !== quote && first !== openList && first !== openObject;
    }
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) {
          this.#isText = false;
          if (this.#depth === 0) return at + 1;
        }
      } else if (this.#isBare) {
        if (isSpace(byte) || [comma, closeList, closeObject].includes(byte)) return at;
      } else if (byte === quote) this.#isText = true;
      else if (byte === openList || byte === openObject) this.#depth++;
      else if (byte === closeList || byte === closeObject) {
        this.#depth--;
        if (this.#depth === 0) return at + 1;
      }
    }
    return undefined;
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > mostElementBytes) {
      throw new DataError(`${this.#title.subject} have a record of absurd size.`, {
        where: `${this.#file}, line ${this.#line}, column ${this.#column}`,
        expected: `at most ${mostElementBytes} bytes a record`,
        found: "more, perhaps because a quote or a bracket is missing",
        remedy: this.#title.remedy,
      });
    }
    // A copy: whoever pushes may use its buffer again.
    if (piece.length > 0) this.#pieces.push(piece.slice());
  }

  #element(isLast: boolean): unknown {
    const text = this.#decoded(isLast);
    let element: unknown;
    try {
      element = JSON.parse(text);
    } catch {
      const { line, column, isCutOff } = findJsonFault(text);
      const shift = line === 1 ? this.#column - 1 : 0;
      throw this.#fault(this.#line + line - 1, column + shift, isCutOff && isLast);
    }
    if (!this.#isList) throw this.#notAList(element);
    this.#state = ", or ]";
    this.#advance(text);
    return element;
  }

  /** The element's text, and the buffers empty for the next one. */
  #decoded(isLast: boolean): string {
    const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : joined(this.#pieces, this.#length);
    [this.#pieces, this.#length, this.#depth] = [[], 0, 0];
    try {
      // A file that is cut off may end within a character.
      return new TextDecoder("utf-8", { fatal: !isLast, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      throw notUtf8(`${this.#file}, line ${this.#line}`, error);
    }
  }

  #advance(text: string): void {
    const lastBreak = text.lastIndexOf("\n");
    if (lastBreak < 0) this.#column += text.length;
    else {
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#line++;
      this.#column = text.length - lastBreak;
    }
  }

  #fault(line: number, column: number, isCutOff: boolean): DataError {
    const { subject, expected, remedy } = this.#title;
    return new DataError(`${subject} are no valid JSON.`, {
      where: `${this.#file}, line ${line}, column ${column}`,
      expected,
      found: isCutOff ? "the file ends in the middle of a record" : "text that JSON does not allow here",
      remedy: `${remedy} NaN, comments and trailing commas are not JSON; write null for an absent value.`,
    });
  }

  #notAList(value: unknown): DataError {
    const { subject, expected, remedy } = this.#title;
    const found = value === null ? "null" : `one ${typeof value}`;
    return new DataError(`${subject} are not a list of study records.`, { where: this.#file, expected, found, remedy });
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
