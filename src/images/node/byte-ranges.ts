/** Random access to files that are one file cut into pieces. */
import { open, stat } from "node:fs/promises";

export interface FilePart {
  readonly path: string;
  /** Bytes before this part. */
  readonly start: number;
  readonly length: number;
}

/** The parts with their places in the whole, and its length. */
export async function measureParts(paths: readonly string[]): Promise<{ parts: FilePart[]; length: number }> {
  const parts: FilePart[] = [];
  let start = 0;
  for (const path of paths) {
    const { size } = await stat(path);
    parts.push({ path, start, length: size });
    start += size;
  }
  return { parts, length: start };
}

/**
 * Bytes `from`..`to`-1 of the whole; fewer where the files end.
 * @throws the file system's error
 */
export async function readRange(parts: readonly FilePart[], from: number, to: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (const { path, start, length } of parts) {
    const [first, last] = [Math.max(from, start), Math.min(to, start + length)];
    if (first >= last) continue;
    const file = await open(path);
    try {
      const piece = Buffer.alloc(last - first);
      const { bytesRead } = await file.read(piece, 0, piece.length, first - start);
      pieces.push(piece.subarray(0, bytesRead));
      if (bytesRead < piece.length) break;
    } finally {
      await file.close();
    }
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
