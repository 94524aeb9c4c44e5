/** A JSON object whose lists may be larger than memory: they are read element by element, the rest as one small text. */
import type { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { JsonList } from "../padchest-gr/json-list.ts";
import { notUtf8, type PiecewiseReader } from "../piecewise.ts";
import { parseJsonText } from "./json-text.ts";
import { checkedElement, listTitle } from "./reading.ts";

/** A list of the object: the shape of its elements, and who takes them. */
export interface Section {
  readonly schema: z.ZodType;
  take(element: unknown): void;
}

/** Most bytes outside the lists that are read element by element: they are one text in the end. */
const mostFrameBytes = 64 * 2 ** 20;

const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The key that stands before a value, at the end of a text. */
const lastKey = /"([^"\\]*)"\s*:\s*$/;

export class JsonSections implements PiecewiseReader<void> {
  readonly #file: string;
  readonly #expected: string;
  readonly #frame: z.ZodType;
  readonly #sections: Readonly<Record<string, Section>>;
  /** The text outside the lists that are read element by element, each of which stands there as an empty one. */
  readonly #skeleton: Uint8Array[] = [];
  #skeletonLength = 0;
  #open: { readonly name: string; readonly list: JsonList; count: number } | undefined;
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  /**
   * @param frame shape of the object with all its lists empty
   * @param sections lists by their key
   */
  constructor(file: string, expected: string, frame: z.ZodType, sections: Readonly<Record<string, Section>>) {
    this.#file = file;
    this.#expected = expected;
    this.#frame = frame;
    this.#sections = sections;
  }

  /** @throws DataError where a list stops being one of the right elements */
  push(bytes: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) this.#isText = false;
      } else if (byte === quote) this.#isText = true;
      else if (byte === openList || byte === openObject) {
        if (byte === openList && this.#depth === 1) {
          this.#keep(bytes.slice(from, at));
          from = at;
          this.#begin();
        }
        this.#depth++;
      } else if (byte === closeList || byte === closeObject) {
        this.#depth--;
        if (this.#depth === 1 && this.#open !== undefined) {
          this.#take(this.#open.list.push(bytes.subarray(from, at + 1)));
          from = at + 1;
          this.#finish();
        }
      }
    }
    const rest = bytes.subarray(from);
    if (this.#open === undefined) this.#keep(rest.slice());
    else this.#take(this.#open.list.push(rest));
  }

  /** @throws DataError when the file is cut off, or the object has another shape */
  end(): void {
    if (this.#open !== undefined) this.#finish();
    parseJsonText(this.#text(), this.#file, this.#frame, this.#expected);
  }

  /** A list of the object begins: one that is read by element, or one that is part of the frame. */
  #begin(): void {
    const name = lastKey.exec(this.#tail())?.[1] ?? "";
    if (!Object.hasOwn(this.#sections, name)) return;
    this.#open = { name, list: new JsonList(`${this.#file}, ${name}`, listTitle(this.#expected)), count: 0 };
  }

  #finish(): void {
    this.#take(this.#open!.list.end());
    this.#open = undefined;
    this.#keep(Uint8Array.of(openList, closeList));
  }

  #take(elements: Iterable<unknown>): void {
    const open = this.#open!;
    const { schema, take } = this.#sections[open.name]!;
    for (const element of elements)
      take(checkedElement(element, this.#file, [open.name, open.count++], schema, this.#expected));
  }

  #keep(piece: Uint8Array): void {
    this.#skeleton.push(piece);
    this.#skeletonLength += piece.length;
    if (this.#skeletonLength <= mostFrameBytes) return;
    throw new DataError("The file holds too much that this format does not know.", {
      where: this.#file,
      expected: `${this.#expected}, with at most ${mostFrameBytes} bytes outside ${Object.keys(this.#sections).join(", ")}`,
      found: "more, perhaps because a quote or a bracket is missing",
      remedy: "Remove the lists that are not needed, or export the file again.",
    });
  }

  /** The last bytes outside the lists: enough for a key. */
  #tail(): string {
    const pieces: Uint8Array[] = [];
    for (let i = this.#skeleton.length - 1, length = 0; i >= 0 && length < 256; i--) {
      pieces.unshift(this.#skeleton[i]!);
      length += this.#skeleton[i]!.length;
    }
    return pieces.map((piece) => new TextDecoder().decode(piece)).join("");
  }

  #text(): string {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try {
      return this.#skeleton.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
    } catch (error) {
      throw notUtf8(this.#file, error);
    }
  }
}
