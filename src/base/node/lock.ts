/** One process at a time: a file that says who works on something, and goes away with whoever made it. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DataError, UsageError } from "../errors.ts";
import { parseJsonObject } from "../json.ts";
import { fileErrorCode, temporaryName } from "./files.ts";

/** A process that holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
}

export interface Lock extends AsyncDisposable {
  /**
   * Does a write. A machine that lost its network works on while the cluster gives its work to another, which clears
   * away what it finds half-written: a write that fails of that is told as what it is.
   * @throws UsageError when another process has taken over, before the write or in the middle of it; whatever the work throws
   */
  write<T>(work: () => Promise<T>): Promise<T>;
}

/** Locks of this process. */
const held = new Set<string>();

/** Holders on other machines that somebody knows to be over. */
const over = new Set<string>();

const nameOf = ({ pid, host }: Holder) => `process ${pid} on ${host}`;

/**
 * Lets this process take over the locks of processes whose end it could not see itself: a cluster starts the work of a
 * lost machine on another one.
 */
export function declareOver(holders: Iterable<Holder>): void {
  for (const holder of holders) over.add(nameOf(holder));
}

function parseHolder(text: string): Holder | undefined {
  const { pid, host } = parseJsonObject(text) ?? {};
  return Number.isInteger(pid) && typeof host === "string" ? { pid: pid as number, host } : undefined;
}

/** False only when nobody can be at work any more: a process that has ended, as this machine or somebody else knows. */
function mayBeAlive(path: string, holder: Holder): boolean {
  const { pid, host } = holder;
  if (over.has(nameOf(holder))) return held.has(path);
  if (host !== hostname()) return true;
  // Another process had our number: a container that was started again counts from 1 again.
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return fileErrorCode(error) !== "ESRCH";
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (fileErrorCode(error) === "ENOENT") return "";
    throw error;
  });
}

/** Takes the file of a holder that has ended out of the way; gives it back when another process was faster. */
async function removeStale(path: string, content: string): Promise<void> {
  const aside = temporaryName(path);
  await rename(path, aside).catch(() => {});
  const moved = await readText(aside);
  if (moved !== content && moved !== "") await writeFile(path, moved, { flag: "wx" }).catch(() => {});
  await rm(aside, { force: true });
}

/** What the file of this process's own lock says. */
function ownContent(): string {
  return `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`;
}

async function tryCreate(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, ownContent(), { flag: "wx" });
    return true;
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === "EEXIST") return false;
    if (code === undefined) throw error;
    throw new DataError(
      "The folder cannot be written.",
      { where: dirname(path), found: code, remedy: "Choose a folder that can be written and has room." },
      { cause: error },
    );
  }
}

/**
 * Claims something for this process until the returned object is disposed. A lock whose process was killed is taken
 * over when it was of this machine; whether a process of another machine lives cannot be known.
 * @param path the lock's file
 * @param what the subject of the refusal: "The run folder"
 * @throws UsageError when another process holds the lock, DataError when the folder cannot be written
 */
export async function lock(path: string, what: string): Promise<Lock> {
  const file = resolve(path);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (!held.has(file) && (await tryCreate(file))) {
      held.add(file);
      const isOwn = async () => (await readText(file)) === ownContent();
      const confirm = async () => {
        if (!(await isOwn())) throw lost(file, what);
      };
      return {
        write: async (work) => {
          await confirm();
          try {
            return await work();
          } catch (error) {
            await confirm();
            throw error;
          }
        },
        [Symbol.asyncDispose]: async () => {
          held.delete(file);
          if (await isOwn()) await rm(file, { force: true });
        },
      };
    }
    const content = await readText(file);
    const holder = parseHolder(content);
    if (holder === undefined && attempt === 0) {
      await setTimeout(50); // its maker may be between making the file and writing to it
      continue;
    }
    if (holder !== undefined && mayBeAlive(file, holder)) throw refusal(file, what, holder);
    await removeStale(file, content);
  }
  throw refusal(file, what, undefined);
}

function refusal(path: string, what: string, holder: Holder | undefined): UsageError {
  return new UsageError(`${what} is in use by another process.`, {
    where: path,
    found: holder === undefined ? "a lock that comes back" : nameOf(holder),
    remedy: "Wait until it ends, or stop it. If there is no such process any more, remove this file.",
  });
}

function lost(path: string, what: string): UsageError {
  return new UsageError(`${what} was taken over by another process.`, {
    where: path,
    expected: `the lock of ${nameOf({ pid: process.pid, host: hostname() })}`,
    remedy: "Nothing is to be done: the other process goes on from the last saved state.",
  });
}
