import { DataError } from "../../base/errors.ts";

/** The bytes end before the pickle does: it is damaged, or more of the file must be read. */
export class PickleCutOff extends DataError {}

/** Reads forwards through bytes, never beyond their end. Numbers are little-endian. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;
  position: number;

  constructor(bytes: Uint8Array, position: number, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
    this.position = position;
  }

  /** The next `count` bytes, not copied. @throws PickleCutOff when there are fewer */
  bytes(count: number): Uint8Array {
    const start = this.position;
    if (!(count <= this.#bytes.length - start)) {
      throw new PickleCutOff("The pickle is cut off.", {
        where: `${this.#where}, byte ${start}`,
        expected: `${count} more bytes`,
        found: `${this.#bytes.length - start} bytes`,
        remedy: "Get or make the file again.",
      });
    }
    this.position = start + count;
    return this.#bytes.subarray(start, this.position);
  }

  #next(width: number): number {
    this.bytes(width);
    return this.position - width;
  }

  uint8 = (): number => this.#view.getUint8(this.#next(1));
  uint16 = (): number => this.#view.getUint16(this.#next(2), true);
  uint32 = (): number => this.#view.getUint32(this.#next(4), true);
  int32 = (): number => this.#view.getInt32(this.#next(4), true);
  /** Lengths; one beyond what a number can hold is beyond the bytes too. */
  uint64 = (): number => Number(this.#view.getBigUint64(this.#next(8), true));
  bigEndianFloat64 = (): number => this.#view.getFloat64(this.#next(8), false);

  utf8(count: number): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.bytes(count));
  }

  /** Text up to the next line feed, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    const text = this.utf8((end === -1 ? this.#bytes.length + 1 : end) - this.position);
    this.position++;
    return text;
  }
}
