/** A DICOM file as its elements, through dicom-parser. Every fault of the file is a `DataError`; values never stand in one. */
import { inflateRawSync } from "node:zlib";
import parser from "dicom-parser";
import { DataError } from "../../../base/errors.ts";
import { isDicom } from "./is-dicom.ts";

const explicitBigEndian = "1.2.840.10008.1.2.2";
/** Most bytes of a deflated data set: more than the largest film that is read. */
const mostInflatedBytes = 2 ** 28;

export function dicomFault(name: string, found: string, expected: string, remedy: string, cause?: unknown): DataError {
  return new DataError("The DICOM file cannot be used.", { where: name, expected, found, remedy }, { cause });
}

/** Runs a step that reads values; what the parser objects to (it throws texts) becomes a `DataError` about this file. */
export function readingValues<T>(name: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw typeof error === "string" ? broken(name, "values that reach beyond the end of the file", error) : error;
  }
}

function broken(name: string, found: string, cause?: unknown): DataError {
  return dicomFault(name, found, "a complete DICOM file", "Copy or export the file again.", cause);
}

/** Elements of a file or of a sequence's item, by their tag as `x` and eight hexadecimal digits. */
export class DicomElements {
  readonly #data: parser.DataSet;
  readonly #isBigEndian: boolean;

  constructor(data: parser.DataSet, isBigEndian: boolean) {
    this.#data = data;
    this.#isBigEndian = isBigEndian;
  }

  /** Unsigned 16-bit numbers (US); empty when the element is absent. */
  words(tag: string): number[] {
    const count = Math.floor((this.#data.elements[tag]?.length ?? 0) / 2);
    return Array.from({ length: count }, (_, i) => this.#data.uint16(tag, i)!);
  }

  /** A decimal text (DS, IS) as a number; undefined when it is absent or none. */
  decimal(tag: string): number | undefined {
    const text = this.text(tag);
    const number = text === "" ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : undefined;
  }

  /** The first value of a text; empty when it is absent. */
  text(tag: string): string {
    return this.#data.string(tag, 0)?.replace(/\0+$/, "").trim() ?? "";
  }

  /** The first item of a sequence. */
  firstItem(tag: string): DicomElements | undefined {
    const data = this.#data.elements[tag]?.items?.[0]?.dataSet;
    return data === undefined ? undefined : new DicomElements(data, this.#isBigEndian);
  }

  /**
   * How many frames the fragments of a compressed element hold: a frame may lie in several, but only its first begins as
   * every frame does.
   */
  frames(tag: string): number {
    const fragments = this.#data.elements[tag]?.fragments ?? [];
    const beginning = ({ position }: { position: number }) =>
      Buffer.from(this.#data.byteArray.subarray(position, position + 4)).toString("hex");
    return fragments.filter((fragment) => beginning(fragment) === beginning(fragments[0]!)).length;
  }

  /** Bytes of a binary element, fragments joined; 16-bit words little endian. Empty when the element is absent. */
  bytes(tag: string): Uint8Array {
    const element = this.#data.elements[tag];
    if (element === undefined) return new Uint8Array();
    const { byteArray } = this.#data;
    const part = (start: number, length: number) => byteArray.subarray(start, start + length);
    if (element.fragments !== undefined) {
      return Buffer.concat(element.fragments.map(({ position, length }) => part(position, length)));
    }
    const bytes = part(element.dataOffset, element.length);
    const isSwapped = this.#isBigEndian && element.vr !== "OB" && bytes.length % 2 === 0;
    return isSwapped ? Buffer.from(bytes).swap16() : bytes;
  }
}

export interface DicomFile {
  readonly transferSyntax: string;
  readonly elements: DicomElements;
}

/**
 * Reads the elements of a DICOM file.
 * @param name what errors call the file
 * @throws DataError when the bytes are no DICOM file or their lengths do not fit together
 */
export function readDicomFile(bytes: Uint8Array, name: string): DicomFile {
  if (!isDicom(bytes)) throw broken(name, "a file without the DICOM preamble");
  const inflater = (file: Uint8Array, position: number) =>
    inflateRawSync(file.subarray(position), { maxOutputLength: mostInflatedBytes });
  let header: parser.DataSet;
  let data: parser.DataSet;
  try {
    header = parser.readPart10Header(bytes);
    data = parser.parseDicom(bytes, { inflater });
  } catch (error) {
    throw broken(name, "elements that cannot be read, or lengths beyond the end of the file", error);
  }
  if (data.warnings.length > 0) throw broken(name, "pixels that do not end where they should");
  const transferSyntax = header.string("x00020010")?.replace(/\0+$/, "").trim() ?? "";
  return { transferSyntax, elements: new DicomElements(data, transferSyntax === explicitBigEndian) };
}
