/**
 * Reading films: PNG and JPEG with sharp, to the same grey levels as Pillow; DICOM in `dicom/`.
 *
 * Stored numbers are kept: no gamma, no colour profile, no rotation by EXIF. Alpha is dropped, not blended. Colour
 * goes through Pillow's luma at 8 bits; like Pillow, 16-bit colour keeps the high byte. 16-bit grey keeps all bits,
 * also next to an alpha channel, where Pillow keeps the high byte (the reference code cannot read those files at all).
 */
import { open } from "node:fs/promises";
import sharp, { type Metadata, type Sharp } from "sharp";
import { DataError } from "../../base/errors.ts";
import type { ColourModel, Film, FilmHeader } from "../film.ts";
import { type ImageSource, sourceName } from "../image-source.ts";
import { lumaOfRgb, rgbOfCmyk } from "../luma.ts";
import { dicomBeginning, isDicom } from "./dicom/is-dicom.ts";
import { opening, readImageBytes } from "./read-source.ts";

// A film is decoded once; libvips would keep it, and would answer from memory after a file has changed.
sharp.cache(false);

/** Truncated data and bad checksums are errors, never grey bands; a damaged colour profile or comment is neither. */
const decoderOptions = { failOn: "error", ignoreIcc: true } as const;

function brokenFilm(name: string, found: string, cause?: unknown): DataError {
  return new DataError(
    "The image cannot be read.",
    {
      where: name,
      expected: "a complete PNG (8 or 16 bit), JPEG or DICOM file",
      found,
      remedy: "Copy or export the file again.",
    },
    { cause },
  );
}

const dicomName = /\.(dcm|dicom)$/i;

/** Runs a step of the decoder; whatever it objects to becomes a `DataError` about this file. */
async function decoding<T>(name: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const found = dicomName.test(name) ? "a file without the DICOM preamble" : message.replace(/\s+/g, " ").trim();
    throw brokenFilm(name, found, error);
  }
}

function colourModelOf({ space, hasAlpha, isPalette }: Metadata): ColourModel | undefined {
  if (isPalette) return "palette";
  if (space === "b-w" || space === "grey16") return hasAlpha ? "grey-alpha" : "grey";
  if (space === "srgb" || space === "rgb16") return hasAlpha ? "rgba" : "rgb";
  return space === "cmyk" ? "cmyk" : undefined;
}

async function header(image: Sharp, name: string): Promise<FilmHeader> {
  const metadata = await image.metadata();
  const { format, space, width, height } = metadata;
  if (format !== "png" && format !== "jpeg") throw brokenFilm(name, `a file in ${format} format`);
  const colourModel = colourModelOf(metadata);
  if (colourModel === undefined) throw brokenFilm(name, `the colour space ${space}`);
  return { width, height, colourModel, depth: space === "grey16" ? 16 : 8 };
}

/** The 8-bit grey levels of a film that is not 16-bit grey. */
async function grey8(image: Sharp, colourModel: ColourModel): Promise<Uint8Array<ArrayBuffer>> {
  switch (colourModel) {
    case "grey":
    case "grey-alpha":
      return new Uint8Array(await image.toColourspace("b-w").raw().toBuffer());
    case "cmyk":
      return lumaOfRgb(rgbOfCmyk(await image.pipelineColourspace("cmyk").toColourspace("cmyk").raw().toBuffer()));
    default:
      return lumaOfRgb(await image.toColourspace("srgb").raw().toBuffer());
  }
}

/** Bytes as 16-bit words; copied only where they do not lie at an even place. */
function words({ buffer, byteOffset, byteLength }: Buffer): Uint16Array<ArrayBuffer> {
  const bytes = buffer as ArrayBuffer;
  if (byteOffset % 2 === 0) return new Uint16Array(bytes, byteOffset, byteLength / 2);
  return new Uint16Array(bytes.slice(byteOffset, byteOffset + byteLength));
}

/** The DICOM reader and its codecs, loaded when the first such film is met. */
const dicom = () => import("./dicom/decode-dicom.ts");

/**
 * Decodes a PNG, JPEG or DICOM film.
 * @param name what errors call the file
 * @throws DataError when the bytes are no such film, are damaged, or end early
 */
export async function decodeFilm(bytes: Uint8Array, name: string): Promise<Film> {
  if (isDicom(bytes)) return (await dicom()).decodeDicom(bytes, name);
  return decoding(name, async () => {
    const image = sharp(bytes, decoderOptions);
    const { width, height, colourModel, depth } = await header(image, name);
    image.removeAlpha();
    if (depth === 8) return { width, height, colourModel, depth, pixels: await grey8(image, colourModel) };
    const bytes16 = await image.toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
    return { width, height, colourModel, depth, pixels: words(bytes16) };
  });
}

/**
 * Reads a PNG, JPEG or DICOM film.
 * @throws DataError when the file is missing, cannot be opened, or as `decodeFilm`
 */
export async function readFilm(source: ImageSource): Promise<Film> {
  return decodeFilm(await readImageBytes(source), sourceName(source));
}

/** As many bytes of a file as tell whether it is a DICOM file. */
async function beginning(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(dicomBeginning), 0, dicomBeginning, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Size and kind of a film from its header alone; says nothing about the pixels behind it. A member of an archive is
 * unpacked for it.
 * @throws DataError when the file is missing or does not begin as PNG, JPEG or DICOM
 */
export async function readFilmHeader(source: ImageSource): Promise<FilmHeader> {
  const name = sourceName(source);
  const isPath = typeof source === "string";
  const first = isPath ? await opening(source, () => beginning(source)) : await readImageBytes(source);
  if (isDicom(first)) return (await dicom()).readDicomHeader(await readImageBytes(source), name);
  return decoding(name, () => header(sharp(isPath ? source : first, decoderOptions), name));
}
