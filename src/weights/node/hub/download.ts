/** One file of the hub into the cache: goes on where it stopped, and is checked against its hash before it counts. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError, RegionFormerError } from "../../../base/errors.ts";
import { fileErrorCode } from "../../../base/node/files.ts";
import type { HubFile } from "./repository.ts";
import { type HubRequest, HubUnavailable, interrupted, reasonOf, request } from "./request.ts";

export interface DownloadOptions extends HubRequest {
  /** Times a broken connection is taken up again without a byte of progress. */
  readonly retries: number;
  /** Milliseconds before the first retry; each next waits twice as long. */
  readonly patience: number;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly idle: number;
  /** Called with the bytes of the file that are there, from time to time. */
  readonly onBytes: (there: number) => void;
}

/**
 * @param url path of the file below the endpoint
 * @param blob where it goes; while it comes, `.incomplete` is added to the name
 * @throws DataError when the connection breaks too often, the bytes have another hash, or the disk is full
 */
export async function downloadFile(url: string, file: HubFile, blob: string, options: DownloadOptions): Promise<void> {
  const incomplete = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  for (let failures = 0; ; ) {
    const before = await sizeOf(incomplete);
    try {
      if (before < file.size || file.size === 0) await fetchRest(url, file, incomplete, before, options);
      break;
    } catch (error) {
      if (options.signal.aborted) throw interrupted(file.path);
      if (error instanceof RegionFormerError && !(error instanceof HubUnavailable)) throw error;
      failures = (await sizeOf(incomplete)) > before ? 1 : failures + 1;
      if (failures > options.retries) throw broken(file, error);
      await new Promise((resolve) => setTimeout(resolve, options.patience * 2 ** (failures - 1)));
    }
  }
  await checkHash(file, incomplete);
  await rename(incomplete, blob);
}

/** The status of a range that begins behind the end of the file. */
const rangeNotThere = 416;

/** Appends what is missing. Throws a plain error when the connection breaks. */
async function fetchRest(
  url: string,
  file: HubFile,
  incomplete: string,
  before: number,
  options: DownloadOptions,
): Promise<void> {
  const idle = new AbortController();
  const signal = AbortSignal.any([options.signal, idle.signal]);
  const range: Record<string, string> = before > 0 ? { range: `bytes=${before}-` } : {};
  let timer = setTimeout(() => idle.abort(), options.idle);
  const hub = { settings: options.settings, signal };
  const answer = () =>
    request(url, file.path, hub, range, [rangeNotThere]).catch((error: unknown) => {
      throw idle.signal.aborted ? new Error("no answer") : error;
    });
  try {
    const response = await answer();
    if (response.status === rangeNotThere) {
      await rm(incomplete, { force: true });
      throw new Error("the hub's file is shorter than what has come");
    }
    const goesOn = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${before}-`);
    let there = goesOn ? before : 0;
    const target = await openTarget(incomplete, goesOn === true ? "a" : "w");
    try {
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => idle.abort(), options.idle);
        there += (chunk as Uint8Array).length;
        if (there > file.size) break; // another file: its hash will not fit
        await target.write(chunk as Uint8Array);
        options.onBytes(there);
      }
      await target.sync();
    } finally {
      await target.close();
    }
    if (there < file.size) throw new Error("the connection ended early");
  } finally {
    clearTimeout(timer);
  }
}

/** The file being written; what the disk has against it is told to a person at once, not tried again. */
async function openTarget(path: string, flags: "a" | "w") {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new DataError(
        "The file could not be written.",
        {
          where: path,
          found: fileErrorCode(error) ?? "an unknown failure",
          remedy: "Make room, or choose another cache with HF_HOME; then run the same command again.",
        },
        { cause: error },
      );
    }
  };
  const handle = await told(open(path, flags));
  return {
    write: (chunk: Uint8Array) => told(handle.writeFile(chunk)),
    sync: () => handle.sync().catch(() => {}), // not every file system has it
    close: () => handle.close(),
  };
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function broken({ path, size }: HubFile, error: unknown): DataError {
  return new DataError(
    "The connection broke again and again.",
    {
      where: path,
      expected: `${size} bytes`,
      found: reasonOf(error),
      remedy: "Run the same command again: it goes on where it stopped.",
    },
    { cause: error },
  );
}

/** @throws DataError, and the bytes are gone, when they are not the file's */
async function checkHash({ path, size, hash: { kind, digest } }: HubFile, incomplete: string): Promise<void> {
  const hash = createHash(kind === "sha256" ? "sha256" : "sha1");
  if (kind === "git-blob") hash.update(`blob ${size}\0`);
  await pipeline(createReadStream(incomplete), hash);
  const found = hash.digest("hex");
  if (found === digest) return;
  await rm(incomplete, { force: true });
  throw new DataError("The file that came is not the one the hub announced.", {
    where: path,
    expected: `${kind} ${digest}`,
    found: `${kind} ${found}`,
    remedy: "Run the same command again; if it stays so, something on the way changes files.",
  });
}
