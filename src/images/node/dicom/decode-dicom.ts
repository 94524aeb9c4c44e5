/** Reading DICOM films: elements → stored values → film. */
import type { Film, FilmHeader } from "../../film.ts";
import { filmOfStoredValues, type LookupTable, type StoredImage, type Window } from "../../stored-values.ts";
import { decodeFrame, type FrameShape, transferSyntaxes } from "./codecs.ts";
import { type DicomElements, type DicomFile, dicomFault, readDicomFile, readingValues } from "./read-file.ts";

const tag = {
  samplesPerPixel: "x00280002",
  photometricInterpretation: "x00280004",
  numberOfFrames: "x00280008",
  rows: "x00280010",
  columns: "x00280011",
  bitsAllocated: "x00280100",
  bitsStored: "x00280101",
  highBit: "x00280102",
  pixelRepresentation: "x00280103",
  pixelPaddingValue: "x00280120",
  pixelPaddingRangeLimit: "x00280121",
  windowCentre: "x00281050",
  windowWidth: "x00281051",
  rescaleIntercept: "x00281052",
  rescaleSlope: "x00281053",
  voiLutFunction: "x00281056",
  modalityLutSequence: "x00283000",
  lutDescriptor: "x00283002",
  lutData: "x00283006",
  voiLutSequence: "x00283010",
  pixelData: "x7fe00010",
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
    const [value] = elements.words(tag[key]);
    if (value === undefined) throw refuse(`no element ${key}`, "an image");
    return value;
  };
  const frames = elements.decimal(tag.numberOfFrames) ?? 1;
  if (frames !== 1) throw refuse(`${frames} frames`, "one frame: multi-frame files are not films");
  const samples = elements.words(tag.samplesPerPixel)[0] ?? 1;
  const photometric = elements.text(tag.photometricInterpretation);
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
  const highBit = elements.words(tag.highBit)[0] ?? bitsStored - 1;
  const isDepth = (bitsAllocated === 8 || bitsAllocated === 16) && bitsStored >= 8 && bitsStored <= bitsAllocated;
  if (!isDepth || !Number.isInteger(bitsStored) || !(highBit >= bitsStored - 1 && highBit < bitsAllocated)) {
    throw refuse(
      `${bitsStored} bits stored in ${bitsAllocated}, the highest at ${highBit}`,
      "8 to 16 bits stored in 8 or 16",
    );
  }
  const isSigned = elements.words(tag.pixelRepresentation)[0] === 1;
  return { width, height, bitsAllocated, bitsStored, highBit, isSigned, isLowestWhite: photometric === "MONOCHROME1" };
}

/** Cells of pixels as a file or a codec has them. */
interface Cells {
  readonly bytes: Uint8Array;
  readonly cellBits: number;
  /** Whether they are numbers that may go beyond the stored bits, rather than words of which some bits are stored. */
  readonly areNumbers: boolean;
}

/**
 * Cells to stored values. Of a word, the stored bits are cut out and the sign extended; what lossy compression carried beyond the
 * range of the stored bits becomes the end of the range.
 */
function unpack({ bytes, cellBits, areNumbers }: Cells, description: Description): Int32Array {
  const { width, height, bitsStored, highBit, isSigned } = description;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cell = (i: number) => (cellBits === 8 ? view.getUint8(i) : view.getUint16(2 * i, true));
  const values = new Int32Array(width * height);
  if (areNumbers) {
    const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
    const highest = lowest + 2 ** bitsStored - 1;
    const unused = 32 - cellBits;
    const below = highBit + 1 - bitsStored;
    for (let i = 0; i < values.length; i++) {
      const number = isSigned ? (cell(i) << unused) >> unused : cell(i);
      values[i] = Math.max(lowest, Math.min(highest, number >> below));
    }
    return values;
  }
  const [up, down] = [31 - highBit, 32 - bitsStored];
  for (let i = 0; i < values.length; i++) {
    const word = cell(i);
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
  const bytes = file.elements.bytes(tag.pixelData);
  let cells: Cells = { bytes, cellBits: bitsAllocated, areNumbers: false };
  const size = (width * height * bitsAllocated) / 8;
  const frames = syntax.decoder === undefined ? Math.floor(bytes.length / size) : file.elements.frames(tag.pixelData);
  if (frames > 1) {
    throw dicomFault(name, `the pixels of ${frames} frames`, "those of the one frame that its elements name", exported);
  }
  if (bytes.length === 0) throw dicomFault(name, "no pixels", "an image", exported);
  if (syntax.decoder !== undefined) {
    try {
      const { hasSign, ...frame } = await decodeFrame(syntax.decoder, bytes, description);
      cells = { ...frame, areNumbers: syntax.isLossy && hasSign };
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
  const needed = (width * height * cells.cellBits) / 8;
  if (cells.bytes.length < needed) {
    throw dicomFault(
      name,
      `${cells.bytes.length} bytes of pixels`,
      `${needed} bytes for ${width} × ${height} pixels of ${cells.cellBits} bits`,
      "Copy the file again; it may have been cut off.",
    );
  }
  return unpack(cells, description);
}

/** The first table of a LUT sequence (PS3.3 C.11.1); undefined when there is none or it holds nothing usable. */
function tableOf(elements: DicomElements, sequence: string, isSigned: boolean): LookupTable | undefined {
  const item = elements.firstItem(sequence);
  const [count, first, bits] = item?.words(tag.lutDescriptor) ?? [];
  if (item === undefined || count === undefined || first === undefined || bits === undefined) return undefined;
  const length = count === 0 ? 65536 : count;
  const values = wordsOf(item.bytes(tag.lutData), length);
  if (bits < 8 || bits > 16 || values.length < length) return undefined;
  // The first value mapped is signed as the pixels are, whatever the element's own type.
  return { first: isSigned && first > 0x7fff ? first - 0x10000 : first, values: values.subarray(0, length), bits };
}

/** Entries of a table: 16-bit words, or bytes where there are only as many as entries. */
function wordsOf(bytes: Uint8Array, length: number): Uint16Array {
  if (bytes.length < 2 * length) return Uint16Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length }, (_, i) => view.getUint16(2 * i, true));
}

function windowOf(elements: DicomElements): Window | undefined {
  const [centre, width] = [elements.decimal(tag.windowCentre), elements.decimal(tag.windowWidth)];
  if (centre === undefined || width === undefined || width <= 0) return undefined;
  const shapes = { SIGMOID: "sigmoid", LINEAR_EXACT: "linear exact" } as const;
  const shape = elements.text(tag.voiLutFunction);
  return { centre, width, shape: shape === "SIGMOID" || shape === "LINEAR_EXACT" ? shapes[shape] : "linear" };
}

function paddingOf(elements: DicomElements, { isSigned, bitsStored }: Description): StoredImage["padding"] {
  // Negative values are written in all 16 bits, or, against the standard, in as many as are stored.
  const signed = (value: number) => {
    if (!isSigned) return value;
    if (value > 0x7fff) return value - 0x10000;
    return value >= 2 ** (bitsStored - 1) ? value - 2 ** bitsStored : value;
  };
  const [value] = elements.words(tag.pixelPaddingValue);
  if (value === undefined) return undefined;
  const limit = elements.words(tag.pixelPaddingRangeLimit)[0] ?? value;
  const ends = [signed(value), signed(limit)];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

/** Everything about a film but its pixels. */
function imageFacts(file: DicomFile, name: string) {
  return readingValues(name, () => {
    const { elements } = file;
    const description = describe(file, name);
    const { width, height, bitsStored, isSigned, isLowestWhite } = description;
    const slope = elements.decimal(tag.rescaleSlope) ?? 1;
    const facts: Omit<StoredImage, "values"> = {
      width,
      height,
      bits: bitsStored,
      isSigned,
      isLowestWhite,
      rescale: { slope: slope === 0 ? 1 : slope, intercept: elements.decimal(tag.rescaleIntercept) ?? 0 },
      modalityTable: tableOf(elements, tag.modalityLutSequence, isSigned),
      padding: paddingOf(elements, description),
      voi: windowOf(elements) ?? tableOf(elements, tag.voiLutSequence, isSigned),
    };
    return { description, facts };
  });
}

/**
 * The stored pixels of a DICOM film and what its file says about them.
 * @param name what errors call the file
 * @throws DataError for a file that is broken, in colour, of several frames, of fewer than 8 or more than 16 bits, or in
 * a transfer syntax that no codec decodes
 */
export async function readStoredImage(bytes: Uint8Array, name: string): Promise<StoredImage> {
  const file = readDicomFile(bytes, name);
  const { description, facts } = imageFacts(file, name);
  return { ...facts, values: await storedValues(file, description, name) };
}

/** The film that the model sees. @throws DataError as `readStoredImage` */
export async function decodeDicom(bytes: Uint8Array, name: string): Promise<Film> {
  return filmOfStoredValues(await readStoredImage(bytes, name));
}

/** Size and kind of a film, without decoding its pixels. @throws DataError as `readStoredImage`, except for pixels */
export function readDicomHeader(bytes: Uint8Array, name: string): FilmHeader {
  const { width, height, bits, isSigned, modalityTable } = imageFacts(readDicomFile(bytes, name), name).facts;
  const isByte = (modalityTable?.bits ?? bits) === 8 && !isSigned;
  return { width, height, colourModel: "grey", depth: isByte ? 8 : 16 };
}
