/**
 * Length of the longest common subsequence, 32 columns of the dynamic programme at a time.
 *
 * The rows of the programme rise by 0 or 1 from column to column. A bit for each column that does not rise is all there
 * is to keep, and one addition with carry moves 32 of them to the next row (Crochemore et al. 2001, Hyyrö 2004).
 */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  if (short.length === 0) return 0;
  const words = Math.ceil(short.length / 32);
  const positions = positionBits(short, words);
  const flat = new Uint32Array(words).fill(0xffffffff); // 1: the row does not rise here
  for (const token of long) {
    const matches = positions.get(token);
    if (matches !== undefined) nextRow(flat, matches);
  }
  return zeroBits(flat, short.length);
}

/** token → a bit at each of its places. */
function positionBits(tokens: readonly string[], words: number): Map<string, Uint32Array> {
  const positions = new Map<string, Uint32Array>();
  for (const [i, token] of tokens.entries()) {
    let bits = positions.get(token);
    if (bits === undefined) {
      bits = new Uint32Array(words);
      positions.set(token, bits);
    }
    bits[i >>> 5]! |= 1 << (i & 31);
  }
  return positions;
}

/** flat ← (flat + (flat & matches)) | (flat & ~matches), as one long number. */
function nextRow(flat: Uint32Array, matches: Uint32Array): void {
  let carry = 0;
  for (let w = 0; w < flat.length; w++) {
    const before = flat[w]!;
    const sum = before + ((before & matches[w]!) >>> 0) + carry;
    carry = sum > 0xffffffff ? 1 : 0;
    flat[w] = sum | (before & ~matches[w]!);
  }
}

/** Number of zeros among the lowest `length` bits. */
function zeroBits(words: Uint32Array, length: number): number {
  let zeros = 0;
  for (let i = 0; i < length; i++) if (((words[i >>> 5]! >>> (i & 31)) & 1) === 0) zeros++;
  return zeros;
}
