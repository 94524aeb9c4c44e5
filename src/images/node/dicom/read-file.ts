/** A DICOM file as its elements, through dcmjs. Every fault of the file is a `DataError`; values never stand in one. */
import { inflateRawSync } from "node:zlib";
import dcmjs, { type Element, type Elements } from "dcmjs";
import { DataError } from "../../../base/errors.ts";
import { dicomBeginning, isDicom } from "./is-dicom.ts";

// It prints what it finds odd in a file, values included.
dcmjs.log.setLevel("silent", false);

const deflated = "1.2.840.10008.1.2.1.99";
/** Most bytes of a deflated data set: four times the largest film that is read. */
const mostInflatedBytes = 2 ** 30;

export const bigEndian = "1.2.840.10008.1.2.2";

export interface DicomFile {
  readonly transferSyntax: string;
  readonly elements: Elements;
}

export function dicomFault(name: string, found: string, expected: string, remedy: string, cause?: unknown): DataError {
  return new DataError("The DICOM file cannot be used.", { where: name, expected, found, remedy }, { cause });
}

function broken(name: string, found: string, cause?: unknown): DataError {
  return dicomFault(name, found, "a complete DICOM file", "Copy or export the file again.", cause);
}

/** Refuses a deflated data set that would unpack to an absurd size; dcmjs itself unpacks without a bound. */
function checkInflatedSize(bytes: Buffer, name: string): void {
  if (bytes.length < dicomBeginning + 12) throw broken(name, "the end of the file within its header");
  const metaEnd = dicomBeginning + 12 + bytes.readUInt32LE(dicomBeginning + 8);
  if (!bytes.subarray(dicomBeginning, metaEnd).includes(deflated, 0, "latin1")) return;
  try {
    inflateRawSync(bytes.subarray(metaEnd), { maxOutputLength: mostInflatedBytes });
  } catch (error) {
    throw broken(name, "a deflated data set that is damaged or of absurd size", error);
  }
}

/**
 * Reads the elements of a DICOM file.
 * @param name what errors call the file
 * @throws DataError when the bytes are no DICOM file or their lengths do not fit together
 */
export function readDicomFile(bytes: Uint8Array, name: string): DicomFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isDicom(buffer)) throw broken(name, "a file without the DICOM preamble");
  checkInflatedSize(buffer, name);
  let file: ReturnType<typeof dcmjs.data.DicomMessage.readFile>;
  try {
    // dcmjs wants an ArrayBuffer of its own: one that begins with the file.
    const own = new Uint8Array(bytes).buffer;
    file = dcmjs.data.DicomMessage.readFile(own, { ignoreErrors: false, noCopy: true });
  } catch (error) {
    throw broken(name, "elements that cannot be read, or lengths beyond the end of the file", error);
  }
  const [transferSyntax] = file.meta["00020010"]?.Value ?? [];
  if (typeof transferSyntax !== "string") throw broken(name, "no transfer syntax");
  return { transferSyntax, elements: file.dict };
}

/** The values of an element; empty when it is absent. */
export function valuesOf(elements: Elements, tag: string): readonly unknown[] {
  const element: Element | undefined = elements[tag];
  return Array.isArray(element?.Value) ? element.Value : [];
}

/** The first value of an element as a number; undefined when it is absent or none. */
export function numberOf(elements: Elements, tag: string): number | undefined {
  const [value] = valuesOf(elements, tag);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The first value of an element as trimmed text; empty when it is absent. */
export function textOf(elements: Elements, tag: string): string {
  const [value] = valuesOf(elements, tag);
  return typeof value === "string" ? value.replace(/[\0 ]+$/, "").trim() : "";
}
