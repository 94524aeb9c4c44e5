/** Zip archives beside a data set, whole or as downloaded in byte-range parts: their members by name, nothing unpacked. */
import { basename } from "node:path";
import { Readable } from "node:stream";
import { fromRandomAccessReaderPromise, RandomAccessReader } from "yauzl";
import type { ZipMember } from "../../images/index.ts";
import { measureParts, readRange } from "../../images/node/index.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, problem } from "../problems.ts";
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
  readonly #parts: Awaited<ReturnType<typeof measureParts>>["parts"];

  constructor(parts: Awaited<ReturnType<typeof measureParts>>["parts"]) {
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
    const what = `Of its ${sorted.at(-1)!.number} parts, ${missing.length} are not here (${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}).`;
    problems.push(problem("archive-incomplete", `archive ${name}`, what));
    return [];
  });
  return [...whole, ...cut];
}

/** The images of an archive, from its central directory. @throws the error of yauzl for a damaged one */
async function membersOf({ parts: paths }: Archive, signal: AbortSignal | undefined): Promise<ZipMember[]> {
  const { parts, length } = await measureParts(paths);
  const zip = await fromRandomAccessReaderPromise(new PartsReader(parts), length, { lazyEntries: true });
  const members: ZipMember[] = [];
  for await (const entry of zip.eachEntry()) {
    signal?.throwIfAborted();
    const { fileName, compressionMethod, compressedSize, uncompressedSize } = entry;
    const isReadable = !entry.isEncrypted() && [stored, deflated].includes(compressionMethod);
    if (!imageName.test(fileName) || fileName.startsWith("__MACOSX/") || !isReadable) continue;
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
  return members;
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
    try {
      for (const member of await membersOf(archive, signal)) {
        const name = member.name.slice(member.name.lastIndexOf("/") + 1);
        index.set(name, [...(index.get(name) ?? []), member]);
      }
    } catch (error) {
      signal?.throwIfAborted();
      const found = error instanceof Error ? error.message : "something else";
      const what = `It cannot be read as a zip archive (${found}).`;
      problems.push(problem("archive-broken", `archive ${archive.name}`, what));
    }
  }
  return index;
}
