/** What a check keeps of each film, by the index of its study: 14 bytes of its header, and 1.1 kB of its print. */
import type { ImageSize } from "../../images/index.ts";
import type { FilmReading } from "../check.ts";

/** Prints that room is made for at once. */
const printsOfBlock = 1024;
/** Of a content hash: 16 hexadecimal digits. */
const hashBytes = 8;

export class FilmTable {
  readonly #widths: Uint32Array;
  readonly #heights: Uint32Array;
  /** Number of the format, from 1; 0 where no film was read. */
  readonly #formatOf: Uint8Array;
  readonly #formats: { readonly name: string; count: number }[] = [];
  /** Number of the print, from 1. */
  readonly #printOf: Uint32Array;
  readonly #hashes: Uint8Array[] = [];
  readonly #reliefs: Int8Array[] = [];
  #prints = 0;
  #reliefLength = 0;

  constructor(studies: number) {
    this.#widths = new Uint32Array(studies);
    this.#heights = new Uint32Array(studies);
    this.#formatOf = new Uint8Array(studies);
    this.#printOf = new Uint32Array(studies);
  }

  set(index: number, { width, height, colourModel, depth, print }: FilmReading): void {
    this.#widths[index] = width;
    this.#heights[index] = height;
    const name = `${colourModel}, ${depth} bit`;
    let format = this.#formats.findIndex((known) => known.name === name);
    if (format < 0) format = this.#formats.push({ name, count: 0 }) - 1;
    this.#formats[format]!.count++;
    this.#formatOf[index] = format + 1;
    if (print === undefined) return;
    const place = this.#prints % printsOfBlock;
    if (place === 0) {
      this.#reliefLength = print.relief.length;
      this.#hashes.push(new Uint8Array(printsOfBlock * hashBytes));
      this.#reliefs.push(new Int8Array(printsOfBlock * this.#reliefLength));
    }
    this.#reliefs.at(-1)!.set(print.relief, place * this.#reliefLength);
    for (let i = 0; i < hashBytes; i++) {
      this.#hashes.at(-1)![place * hashBytes + i] = Number.parseInt(print.contentHash.slice(2 * i, 2 * i + 2), 16);
    }
    this.#printOf[index] = ++this.#prints;
  }

  /** How many films were read. */
  get readable(): number {
    return this.#formats.reduce((sum, { count }) => sum + count, 0);
  }

  /** Of how many the pixels were looked at. */
  get prints(): number {
    return this.#prints;
  }

  /** Films by what their image is, as `grey, 16 bit`, in alphabetical order. */
  get formats(): Readonly<Record<string, number>> {
    const sorted = [...this.#formats].sort((a, b) => (a.name < b.name ? -1 : 1));
    return Object.fromEntries(sorted.map(({ name, count }) => [name, count]));
  }

  sizeOf(index: number): ImageSize | undefined {
    return this.#formatOf[index] === 0 ? undefined : { width: this.#widths[index]!, height: this.#heights[index]! };
  }

  /** The content's hash; undefined where the pixels were not looked at. */
  hashOf(index: number): string | undefined {
    const place = this.#printOf[index]! - 1;
    if (place < 0) return undefined;
    const block = this.#hashes[Math.floor(place / printsOfBlock)]!;
    const from = (place % printsOfBlock) * hashBytes;
    return String.fromCharCode(...block.subarray(from, from + hashBytes));
  }

  /** The relief of a film with a print: a view, no copy. */
  reliefOf(index: number): Int8Array {
    const place = this.#printOf[index]! - 1;
    const from = (place % printsOfBlock) * this.#reliefLength;
    return this.#reliefs[Math.floor(place / printsOfBlock)]!.subarray(from, from + this.#reliefLength);
  }
}
