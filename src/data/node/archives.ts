/** Zip archives beside a data set, whole or as downloaded in byte-range parts: their members by name, nothing unpacked. */
import { basename } from "node:path";
import { Readable } from "node:stream";
import { fromRandomAccessReaderPromise, RandomAccessReader } from "yauzl";
import type { ZipMember } from "../../images/index.ts";
import { type FilePart, measureParts, readRange } from "../../images/node/index.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, type ProblemCode, problem } from "../problems.ts";
import type { FileIndex } from "./file-index.ts";

const partName = /^(.+\.zip)\.(\d{3})$/i;
const wholeName = /\.zip$/i;
const imageName = /\.(png|jpe?g|dcm|dicom)$/i;
/** Bytes of a range that are read at once: the central directory comes in few pieces. */
const chunkBytes = 2 ** 20;
const stored = 0;
const deflated = 8;

/** The files of one archive, in order. */
interface Archive {
  readonly name: string;
  readonly parts: readonly string[];
}

/** Reads archive parts as one file, for yauzl. */
class PartsReader extends RandomAccessReader {
  readonly #parts: readonly FilePart[];

  constructor(parts: readonly FilePart[]) {
    super();
    this.#parts = parts;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#chunks(start, end), { objectMode: false });
  }

  async *#chunks(start: number, end: number): AsyncGenerator<Buffer> {
    for (let from = start; from < end; from += chunkBytes) {
      yield await readRange(this.#parts, from, Math.min(end, from + chunkBytes));
    }
  }
}

/**
 * The archives among the files of a folder. Parts are `NAME.zip.001`, `.002`, …, as PadChest-GR is downloaded.
 * @param problems takes a note of parts that are missing between others; such an archive is not read
 */
function archivesAmong(files: FileIndex, problems: Problem[]): Archive[] {
  const whole = [...files].flatMap(([name, paths]) =>
    wholeName.test(name) && !name.endsWith(".csv.zip") ? paths.map((path) => ({ name, parts: [path] })) : [],
  );
  const parts = [...files].flatMap(([name, paths]) => {
    const match = partName.exec(name);
    return match === null ? [] : paths.map((path) => ({ path, number: Number(match[2]) }));
  });
  const cut = [...groupBy(parts, ({ path }) => path.slice(0, -4))].flatMap(([path, own]): Archive[] => {
    const sorted = own.sort((a, b) => a.number - b.number);
    const numbers = new Set(sorted.map(({ number }) => number));
    const missing = Array.from({ length: sorted.at(-1)!.number }, (_, i) => i + 1).filter((n) => !numbers.has(n));
    const name = basename(path);
    if (missing.length === 0) return [{ name, parts: sorted.map((part) => part.path) }];
    const what = `Of its ${sorted.at(-1)!.number} parts, ${missing.length} are not beside the others (${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}).`;
    problems.push(problem("archive-incomplete", `archive ${name}`, what));
    return [];
  });
  return [...whole, ...cut];
}

/** Parts of another length than the rest, as text; the last one may be shorter. */
function oddParts(parts: readonly FilePart[]): string {
  const usual = [...groupBy(parts.slice(0, -1), ({ length }) => length).values()].sort(
    (a, b) => b.length - a.length,
  )[0];
  if (usual === undefined) return "";
  const length = usual[0]!.length;
  const odd = parts.filter((part, i) => (i === parts.length - 1 ? part.length > length : part.length !== length));
  const listed = odd.map((part) => `${part.path.slice(-3)} has ${part.length}`).join(", ");
  return odd.length === 0
    ? `; of its ${parts.length} parts none stands out by its length`
    : `; its parts have ${length} bytes, but ${listed}`;
}

/** What an archive's central directory says. */
interface Directory {
  readonly members: readonly ZipMember[];
  /** Images that are there and cannot be read: how many are packed in which way. */
  readonly unreadable: ReadonlyMap<string, number>;
}

/** The images of an archive, from its central directory. @throws the error of yauzl for a damaged one */
async function directoryOf(
  paths: readonly string[],
  { parts, length }: Awaited<ReturnType<typeof measureParts>>,
  signal: AbortSignal | undefined,
): Promise<Directory> {
  const zip = await fromRandomAccessReaderPromise(new PartsReader(parts), length, { lazyEntries: true });
  const members: ZipMember[] = [];
  const unreadable = new Map<string, number>();
  for await (const entry of zip.eachEntry()) {
    signal?.throwIfAborted();
    const { fileName, compressionMethod, compressedSize, uncompressedSize } = entry;
    if (!imageName.test(fileName) || fileName.startsWith("__MACOSX/")) continue;
    if (entry.isEncrypted() || ![stored, deflated].includes(compressionMethod)) {
      const way = entry.isEncrypted() ? "encrypted" : `compressed by method ${compressionMethod}`;
      unreadable.set(way, (unreadable.get(way) ?? 0) + 1);
      continue;
    }
    members.push({
      parts: paths,
      name: fileName,
      offset: entry.relativeOffsetOfLocalHeader,
      compressedSize,
      uncompressedSize,
      isDeflated: compressionMethod === deflated,
      crc32: entry.crc32,
    });
  }
  return { members, unreadable };
}

/**
 * Images within the archives of a folder, by file name.
 * @param problems takes a note of archives that cannot be read
 * @throws what the signal says when it is aborted
 */
export async function indexArchives(
  files: FileIndex,
  problems: Problem[],
  signal?: AbortSignal,
): Promise<Map<string, ZipMember[]>> {
  const index = new Map<string, ZipMember[]>();
  for (const archive of archivesAmong(files, problems)) {
    const measured = await measureParts(archive.parts);
    const noted = (code: ProblemCode, what: string) => problems.push(problem(code, `archive ${archive.name}`, what));
    try {
      const { members, unreadable } = await directoryOf(archive.parts, measured, signal);
      for (const [way, count] of unreadable) noted("archive-unread", `${count} of its images are ${way}.`);
      for (const member of members) {
        const name = member.name.slice(member.name.lastIndexOf("/") + 1);
        index.set(name, [...(index.get(name) ?? []), member]);
      }
    } catch (error) {
      signal?.throwIfAborted();
      const found = error instanceof Error ? error.message : "something else";
      noted("archive-broken", `It cannot be read as a zip archive (${found}${oddParts(measured.parts)}).`);
    }
  }
  return index;
}
