/** Content hash of weights in memory. */
import { createHash } from "node:crypto";
import { bytesOf } from "../dtypes.ts";
import type { Weights } from "../weights.ts";

/** SHA-256 over names, dtypes, shapes and values, independent of the map's order; 64 hexadecimal digits. */
export function hashWeights(weights: Weights): string {
  const hash = createHash("sha256");
  const byName = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { dtype, shape, data }] of byName) {
    hash.update(`${JSON.stringify([name, dtype, shape])}\n`).update(bytesOf(data));
  }
  return hash.digest("hex");
}
