/** Reading DICOM films: elements → stored values → film. */
import type { Elements } from "dcmjs";
import type { Film, FilmHeader } from "../../film.ts";
import { filmOfStoredValues, type LookupTable, type StoredImage, type Window } from "../../stored-values.ts";
import { decodeFrame, type FrameShape, transferSyntaxes } from "./codecs.ts";
import { bigEndian, type DicomFile, dicomFault, numberOf, readDicomFile, textOf, valuesOf } from "./read-file.ts";

const tag = {
  modality: "00080060",
  samplesPerPixel: "00280002",
  photometricInterpretation: "00280004",
  numberOfFrames: "00280008",
  rows: "00280010",
  columns: "00280011",
  bitsAllocated: "00280100",
  bitsStored: "00280101",
  highBit: "00280102",
  pixelRepresentation: "00280103",
  pixelPaddingValue: "00280120",
  pixelPaddingRangeLimit: "00280121",
  windowCentre: "00281050",
  windowWidth: "00281051",
  rescaleIntercept: "00281052",
  rescaleSlope: "00281053",
  voiLutFunction: "00281056",
  modalityLutSequence: "00283000",
  lutDescriptor: "00283002",
  lutData: "00283006",
  voiLutSequence: "00283010",
  pixelData: "7FE00010",
} as const;

/** Ten times a large film: 100 megapixels. */
const mostPixels = 1e8;

/** What the elements promise, checked. */
interface Description extends FrameShape {
  readonly highBit: number;
  readonly isLowestWhite: boolean;
}

const exported = "Export it as one grey frame, uncompressed or with a common compression.";

function describe({ elements }: DicomFile, name: string): Description {
  const refuse = (found: string, expected: string) => dicomFault(name, found, expected, exported);
  const required = (key: keyof typeof tag): number => {
    const value = numberOf(elements, tag[key]);
    if (value === undefined) throw refuse(`no element ${key}`, "an image");
    return value;
  };
  const frames = numberOf(elements, tag.numberOfFrames) ?? 1;
  if (frames !== 1) throw refuse(`${frames} frames`, "one frame: multi-frame files are not films");
  const samples = numberOf(elements, tag.samplesPerPixel) ?? 1;
  const photometric = textOf(elements, tag.photometricInterpretation);
  if (samples !== 1 || !["MONOCHROME1", "MONOCHROME2"].includes(photometric)) {
    throw refuse(
      `${samples} samples a pixel, ${/^[A-Z0-9_ ]{1,16}$/.test(photometric) ? photometric : "no known colour model"}`,
      "one grey sample a pixel (MONOCHROME1 or MONOCHROME2): colour files are not films",
    );
  }
  const [height, width] = [required("rows"), required("columns")];
  const isSize = (length: number) => Number.isInteger(length) && length > 0;
  if (!isSize(width) || !isSize(height) || width * height > mostPixels) {
    throw refuse(`${width} × ${height} pixels`, `1 to ${mostPixels / 1e6} megapixels`);
  }
  const [bitsAllocated, bitsStored] = [required("bitsAllocated"), required("bitsStored")];
  const highBit = numberOf(elements, tag.highBit) ?? bitsStored - 1;
  const isDepth = (bitsAllocated === 8 || bitsAllocated === 16) && bitsStored >= 8 && bitsStored <= bitsAllocated;
  if (!isDepth || !Number.isInteger(bitsStored) || !(highBit >= bitsStored - 1 && highBit < bitsAllocated)) {
    throw refuse(
      `${bitsStored} bits stored in ${bitsAllocated}, the highest at ${highBit}`,
      "8 to 16 bits stored in 8 or 16",
    );
  }
  const isSigned = numberOf(elements, tag.pixelRepresentation) === 1;
  return { width, height, bitsAllocated, bitsStored, highBit, isSigned, isLowestWhite: photometric === "MONOCHROME1" };
}

/** The bytes of an element with binary values, joined where they come in pieces; 16-bit words little endian. */
function bytesOf(elements: Elements, key: string, { transferSyntax }: DicomFile): Uint8Array {
  const parts = valuesOf(elements, key).flatMap((part) => {
    if (part instanceof ArrayBuffer) return [new Uint8Array(part)];
    return ArrayBuffer.isView(part) ? [new Uint8Array(part.buffer, part.byteOffset, part.byteLength)] : [];
  });
  const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  const isSwapped = transferSyntax === bigEndian && elements[key]?.vr === "OW" && bytes.length % 2 === 0;
  return isSwapped ? Buffer.from(bytes).swap16() : bytes;
}

/** Words of `bitsAllocated` bits to numbers: the stored bits cut out, the sign extended. */
function unpack(bytes: Uint8Array, { bitsAllocated, bitsStored, highBit, isSigned }: Description, count: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [up, down] = [31 - highBit, 32 - bitsStored];
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const word = bitsAllocated === 8 ? view.getUint8(i) : view.getUint16(2 * i, true);
    values[i] = isSigned ? (word << up) >> down : (word << up) >>> down;
  }
  return values;
}

async function storedValues(file: DicomFile, description: Description, name: string): Promise<Int32Array> {
  const syntax = transferSyntaxes.get(file.transferSyntax);
  if (syntax === undefined) {
    const uid = /^[0-9.]{1,64}$/.test(file.transferSyntax) ? file.transferSyntax : "a malformed one";
    const known = "uncompressed, deflated, RLE, JPEG, JPEG-LS, JPEG 2000 or HTJ2K";
    throw dicomFault(name, `the transfer syntax ${uid}, which no codec here decodes`, known, exported);
  }
  const { width, height, bitsAllocated } = description;
  const needed = (width * height * bitsAllocated) / 8;
  let bytes = bytesOf(file.elements, tag.pixelData, file);
  if (bytes.length === 0) throw dicomFault(name, "no pixels", "an image", exported);
  if (syntax.decoder !== undefined) {
    try {
      bytes = await decodeFrame(syntax.decoder, bytes, description);
    } catch (error) {
      throw dicomFault(
        name,
        `pixels that cannot be decoded as ${syntax.name}`,
        `one frame of ${width} × ${height}`,
        "Copy or export the file again.",
        error,
      );
    }
  }
  if (bytes.length < needed) {
    throw dicomFault(
      name,
      `${bytes.length} bytes of pixels`,
      `${needed} bytes for ${width} × ${height} pixels of ${bitsAllocated} bits`,
      "Copy the file again; it may have been cut off.",
    );
  }
  return unpack(bytes, description, width * height);
}

/** The first item of a LUT sequence (PS3.3 C.11.1); undefined when there is none or it holds nothing usable. */
function tableOf(file: DicomFile, sequence: string, isSigned: boolean): LookupTable | undefined {
  const [item] = valuesOf(file.elements, sequence) as readonly (Elements | undefined)[];
  if (item === undefined) return undefined;
  const [count, first, bits] = valuesOf(item, tag.lutDescriptor).map(Number);
  if (count === undefined || first === undefined || bits === undefined || bits < 8 || bits > 16) return undefined;
  const length = count === 0 ? 65536 : count;
  const data = valuesOf(item, tag.lutData);
  const words =
    typeof data[0] === "number"
      ? Uint16Array.from(data as number[])
      : wordsOf(bytesOf(item, tag.lutData, file), length);
  if (words.length < length) return undefined;
  // The first value mapped is signed as the pixels are, whatever the element's own type.
  const start = isSigned && first > 0x7fff ? first - 0x10000 : first;
  return { first: start, values: words.subarray(0, length), bits };
}

/** Entries of a table: 16-bit words, or bytes where there are only as many as entries. */
function wordsOf(bytes: Uint8Array, length: number): Uint16Array {
  if (bytes.length < 2 * length) return Uint16Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length }, (_, i) => view.getUint16(2 * i, true));
}

function windowOf(elements: Elements): Window | undefined {
  const [centre, width] = [numberOf(elements, tag.windowCentre), numberOf(elements, tag.windowWidth)];
  if (centre === undefined || width === undefined || width <= 0) return undefined;
  const shapes = { SIGMOID: "sigmoid", LINEAR_EXACT: "linear exact" } as const;
  const shape = textOf(elements, tag.voiLutFunction);
  return { centre, width, shape: shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shapes[shape] : "linear" };
}

function paddingOf(elements: Elements, { isSigned, bitsStored }: Description): StoredImage["padding"] {
  const signed = (value: number) => (isSigned && value >= 2 ** (bitsStored - 1) ? value - 2 ** bitsStored : value);
  const value = numberOf(elements, tag.pixelPaddingValue);
  if (value === undefined) return undefined;
  const limit = numberOf(elements, tag.pixelPaddingRangeLimit) ?? value;
  const ends = [signed(value), signed(limit)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

/**
 * The stored pixels of a DICOM film and what its file says about them.
 * @param name what errors call the file
 * @throws DataError for a file that is broken, in colour, of several frames, of fewer than 8 or more than 16 bits, or in
 * a transfer syntax that no codec decodes
 */
export async function readStoredImage(bytes: Uint8Array, name: string): Promise<StoredImage> {
  const file = readDicomFile(bytes, name);
  const { elements } = file;
  const description = describe(file, name);
  const { width, height, bitsStored, isSigned, isLowestWhite } = description;
  const slope = numberOf(elements, tag.rescaleSlope) ?? 1;
  return {
    width,
    height,
    bits: bitsStored,
    isSigned,
    isLowestWhite,
    values: await storedValues(file, description, name),
    rescale: { slope: slope === 0 ? 1 : slope, intercept: numberOf(elements, tag.rescaleIntercept) ?? 0 },
    modalityTable: tableOf(file, tag.modalityLutSequence, isSigned),
    padding: paddingOf(elements, description),
    voi: windowOf(elements) ?? tableOf(file, tag.voiLutSequence, isSigned),
  };
}

/** The film that the model sees. @throws DataError as `readStoredImage` */
export async function decodeDicom(bytes: Uint8Array, name: string): Promise<Film> {
  return filmOfStoredValues(await readStoredImage(bytes, name));
}

/** Size and kind of a film, without decoding its pixels. @throws DataError as `readStoredImage`, except for pixels */
export function readDicomHeader(bytes: Uint8Array, name: string): FilmHeader {
  const file = readDicomFile(bytes, name);
  const { width, height, bitsStored, isSigned } = describe(file, name);
  const bits = tableOf(file, tag.modalityLutSequence, isSigned)?.bits ?? bitsStored;
  return { width, height, colourModel: "grey", depth: bits === 8 && !isSigned ? 8 : 16 };
}
