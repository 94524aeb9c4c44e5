/** The contract of atomic files; the implementation for Node is in `node/files.ts`. */

/** Writes a whole file so that a reader sees either the old content or the new one, never a part. */
export interface AtomicFiles {
  /** Writes to a temporary name in the same folder, flushes to disk, renames. Creates missing folders. */
  write(path: string, content: string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
}
