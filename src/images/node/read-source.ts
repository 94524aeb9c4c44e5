/** The bytes of a film, wherever they are. */
import { readFile, stat } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";
import { DataError } from "../../base/errors.ts";
import { reading } from "../../base/node/files.ts";
import { type ImageSource, sourceName, type ZipMember } from "../image-source.ts";
import { measureParts, readRange } from "./byte-ranges.ts";

/** Most bytes of a film's file: far more than any has, and no more than a machine can hold. */
export const mostFilmBytes = 2 ** 29;

const localHeaderLength = 30;
const localHeaderMagic = 0x04034b50;

function brokenMember(member: ZipMember, found: string, cause?: unknown): DataError {
  return new DataError(
    "The image cannot be taken out of its archive.",
    {
      where: sourceName(member),
      expected: "a complete zip archive",
      found,
      remedy: "Download the archive's parts again; each must have the size that the download page says.",
    },
    { cause },
  );
}

/** Unpacks one member; nothing is written anywhere. */
async function readMember(member: ZipMember): Promise<Uint8Array> {
  const { offset, compressedSize, uncompressedSize, isDeflated } = member;
  if (Math.max(uncompressedSize, compressedSize) > mostFilmBytes) {
    throw brokenMember(member, `${uncompressedSize} bytes, more than any film has`);
  }
  const { parts } = await measureParts(member.parts);
  const header = await readRange(parts, offset, offset + localHeaderLength);
  if (header.length < localHeaderLength || header.readUInt32LE(0) !== localHeaderMagic) {
    throw brokenMember(member, "something else at its place: a part is missing, too short or of another archive");
  }
  const start = offset + localHeaderLength + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await readRange(parts, start, start + compressedSize);
  if (packed.length < compressedSize) throw brokenMember(member, "the end of the archive within the image");
  let bytes: Uint8Array = packed;
  if (isDeflated) {
    try {
      bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, uncompressedSize) });
    } catch (error) {
      throw brokenMember(member, "compressed bytes that are damaged or longer than promised", error);
    }
  }
  if (bytes.length !== uncompressedSize || crc32(bytes) !== member.crc32) {
    throw brokenMember(member, "bytes that do not fit their checksum");
  }
  return bytes;
}

/** Runs a step on the file system; its failure becomes a `DataError` about this path. */
export function opening<T>(path: string, step: () => Promise<T>): Promise<T> {
  return reading("The image file cannot be opened.", path, step);
}

async function readWhole(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size <= mostFilmBytes) return readFile(path);
  throw new DataError("The image file is too large.", {
    where: path,
    expected: `at most ${mostFilmBytes} bytes`,
    found: `${size} bytes`,
    remedy: "Check that this is a film.",
  });
}

/** @throws DataError when the file is missing or cannot be opened, or the archive is damaged */
export async function readImageBytes(source: ImageSource): Promise<Uint8Array> {
  const read = typeof source === "string" ? () => readWhole(source) : () => readMember(source);
  return opening(sourceName(source), read);
}
