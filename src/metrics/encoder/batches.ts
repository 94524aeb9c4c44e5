/** Which sequences are encoded together: alike in length, so that little is padding, and of few shapes, as each is a session. */

/** Sequences that run together, padded to `length`; rows beyond the members are filled up with nothing. */
export interface Batch {
  readonly rows: number;
  readonly length: number;
  /** Indices of the sequences, one a row from the first on. */
  readonly members: readonly number[];
}

/** Positions of a batch, padding included: enough to keep the cores busy, little enough to stay small. */
const positionsPerBatch = 2048;
const mostRows = 64;

/** The next length that there is a shape for: finer where sequences are short, as padding weighs more there. */
function paddedLength(length: number, longest: number): number {
  const step = length <= 64 ? 8 : length <= 128 ? 16 : length <= 256 ? 32 : 64;
  return Math.min(longest, Math.ceil(length / step) * step);
}

/** The next power of two, so that a rest smaller than a batch does not cost a whole one. */
function paddedRows(count: number, full: number): number {
  return Math.min(full, 2 ** Math.ceil(Math.log2(count)));
}

/**
 * @param lengths of the sequences, at least 1 each
 * @param longest no sequence is longer, and none is padded to more
 * @returns batches from the longest sequences to the shortest; every sequence is in exactly one
 */
export function planBatches(lengths: readonly number[], longest: number): Batch[] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: Batch[] = [];
  for (let start = 0; start < order.length; ) {
    const length = paddedLength(lengths[order[start]!]!, longest);
    const full = Math.max(1, Math.min(mostRows, Math.floor(positionsPerBatch / length)));
    // A sequence much shorter than the longest is cheaper in a batch of its own than padded to twice its length.
    const isAlike = (i: number) => 2 * paddedLength(lengths[i]!, longest) >= length;
    const next = order.slice(start, start + full);
    const unlike = next.findIndex((i) => !isAlike(i));
    const members = unlike === -1 ? next : next.slice(0, unlike);
    batches.push({ rows: paddedRows(members.length, full), length, members });
    start += members.length;
  }
  return batches;
}
