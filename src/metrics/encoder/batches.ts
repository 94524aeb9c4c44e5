/**
 * Which sequences are encoded together. Several share a row, side by side and blind to each other, so that hardly a
 * position is padding; and rows are of few lengths, as each shape is a session.
 */

/** Where a sequence stands in a batch. */
export interface Placed {
  /** Index of the sequence. */
  readonly index: number;
  readonly row: number;
  /** How many stand before it in the row. */
  readonly place: number;
  /** Its first position in the row. */
  readonly start: number;
}

/** Sequences that run together; positions and rows beyond them are filled up with nothing. */
export interface Batch {
  readonly rows: number;
  readonly length: number;
  /** Most sequences that a row of this length may hold. */
  readonly texts: number;
  /** Row after row. */
  readonly members: readonly Placed[];
}

/** Positions of a batch, padding included: enough to keep the cores busy, little enough to stay small. */
const positionsPerBatch = 2048;
const mostRows = 64;
const mostTexts = 16;

/** Shorter rows would hold few sequences and waste more; attention over longer ones costs more than it saves. */
const usualLength = 64;

/** The next length that there is a shape for. */
function paddedLength(length: number): number {
  const step = length <= 64 ? 8 : length <= 128 ? 16 : length <= 256 ? 32 : 64;
  return Math.ceil(length / step) * step;
}

/** A rest smaller than a batch does not cost a whole one: powers of two up to an eighth of it, then eighths. */
function paddedRows(count: number, full: number): number {
  const step = Math.ceil(full / 8);
  const rows = count <= step ? 2 ** Math.ceil(Math.log2(count)) : Math.ceil(count / step) * step;
  return Math.min(full, rows);
}

/** Most sequences in a row: a whole one of short ones is rare, and each place costs a little. */
function textsOf(length: number): number {
  return Math.min(mostTexts, Math.ceil(length / 4));
}

interface Row {
  readonly length: number;
  used: number;
  readonly members: { readonly index: number; readonly start: number }[];
}

/** Rows that hold the sequences, from the longest sequence to the shortest, each put where it leaves least room. */
function packRows(lengths: readonly number[]): Row[] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shortest = Math.min(usualLength, paddedLength(total));
  const rows: Row[] = [];
  /** Rows that have room left, by how much. */
  const byRoom: Row[][] = [];
  for (const index of order) {
    const length = lengths[index]!;
    let row: Row | undefined;
    for (let room = length; room < byRoom.length && row === undefined; room++) row = byRoom[room]?.pop();
    if (row === undefined) {
      row = { length: Math.max(shortest, paddedLength(length)), used: 0, members: [] };
      rows.push(row);
    }
    row.members.push({ index, start: row.used });
    row.used += length;
    const room = row.length - row.used;
    if (room > 0 && row.members.length < textsOf(row.length)) {
      while (byRoom.length <= room) byRoom.push([]);
      byRoom[room]!.push(row);
    }
  }
  return rows;
}

/**
 * @param lengths of the sequences, at least 1 each
 * @returns batches from the longest rows to the shortest; every sequence is in exactly one
 */
export function planBatches(lengths: readonly number[]): Batch[] {
  const rows = packRows(lengths);
  const batches: Batch[] = [];
  for (let start = 0; start < rows.length; ) {
    const { length } = rows[start]!;
    const full = Math.max(1, Math.min(mostRows, Math.floor(positionsPerBatch / length)));
    // A row much shorter than the longest is cheaper in a batch of its own than padded to twice its length.
    const next = rows.slice(start, start + full);
    const unlike = next.findIndex((row) => 2 * row.length < length);
    const together = unlike === -1 ? next : next.slice(0, unlike);
    const members = together.flatMap((own, row) => own.members.map((member, place) => ({ ...member, row, place })));
    batches.push({ rows: paddedRows(together.length, full), length, texts: textsOf(length), members });
    start += together.length;
  }
  return batches;
}
