/** Content hashes: what identifies an image, a model or a data set in stores, logs and manifests. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { hashFile } from "./hash-file.ts";
import { WorkerPool } from "./worker-pool.ts";

/** SHA-256 of the parts one after the other, as 64 hexadecimal digits. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Bytes that take about as long to hash as a thread takes to start. */
const worthAThread = 2 ** 26;

/** SHA-256 of a file's bytes. A large file has a thread of its own, so that this one can read and compute meanwhile. */
export async function sha256OfFile(path: string): Promise<string> {
  if ((await stat(path)).size < worthAThread) return hashFile(path);
  await using thread = new WorkerPool<string, string>("base/node/hash-worker", 1, undefined);
  return await thread.run(path);
}
