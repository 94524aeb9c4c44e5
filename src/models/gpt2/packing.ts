/**
 * How sequences of different lengths are packed: pure arithmetic on their lengths.
 *
 * Behind the rows of all sequences stands one surplus row. Every place of a padded view that no row belongs to reads it,
 * and nothing that matters reads such a place: so its gradient is 0, and a derivative may read it wherever a row was left
 * out. Each view is one place longer than its longest sequence, so that there is always a place for the surplus row.
 */
import { float32, type HostArray, int64 } from "../../base/arrays.ts";

/** Names of the axes whose sizes differ from batch to batch. */
export const packedAxes = {
  rows: "packed rows",
  asked: "asked rows",
  heads: "heads of all sequences",
  length: "places of a sequence",
  askedLength: "asked places of a sequence",
} as const;

/** Sizes of a packed batch. */
export interface PackedSizes {
  /** N: rows of all sequences, and the surplus one. */
  readonly rows: number;
  /** A: asked rows, and the surplus one. */
  readonly asked: number;
  /** G: sequences. */
  readonly sequences: number;
  /** S: places of a sequence in the padded view. */
  readonly length: number;
  /** Q: asked places of a sequence in the padded view. */
  readonly askedLength: number;
}

/** A sequence, and which of its positions somebody asks about. */
export interface PackedSequence {
  readonly length: number;
  /** Ascending positions, none before `askedFrom` of the packing. */
  readonly asked: readonly number[];
}

export interface Packing {
  readonly sizes: PackedSizes;
  /** The arrays of the inputs that `declareLayout` declares. */
  readonly feeds: ReadonlyMap<string, HostArray>;
  /** For each row but the surplus one, its sequence and its position there. */
  readonly rows: readonly (readonly [sequence: number, position: number])[];
  /** For each asked row but the surplus one, its sequence and its place, counted from `askedFrom`. */
  readonly asked: readonly (readonly [sequence: number, place: number])[];
}

/** 0 where place `from + i` may look at place j, -Infinity where it may not: [rows, length]. */
function causal(rows: number, length: number, from: number): HostArray {
  const data = new Float32Array(rows * length);
  for (let i = 0; i < rows; i++) data.fill(Number.NEGATIVE_INFINITY, i * length + from + i + 1, (i + 1) * length);
  return float32([rows, length], data);
}

/**
 * The two index arrays between rows and a padded view of their heads.
 * @param places sequence and place of each row but the surplus one
 * @param length places of the view, more than any sequence fills
 */
function headView(places: Packing["rows"], sequences: number, length: number, heads: number) {
  const rows = places.length + 1;
  const toSequences = new Int32Array(sequences * heads * length);
  const toRows = new Int32Array(rows * heads);
  for (let h = 0; h < heads; h++) {
    for (let g = 0; g < sequences; g++) {
      toSequences.fill((rows - 1) * heads + h, (g * heads + h) * length, (g * heads + h + 1) * length);
    }
    for (const [row, [g, place]] of places.entries()) {
      const at = (g * heads + h) * length + place;
      toSequences[at] = row * heads + h;
      toRows[row * heads + h] = at;
    }
    toRows[(rows - 1) * heads + h] = (h + 1) * length - 1;
  }
  return {
    toSequences: int64([sequences * heads, length], toSequences),
    toRows: int64([rows, heads], toRows),
  };
}

/**
 * Packs sequences for a decoder with so many heads.
 * @param sequences at least one
 * @param askedFrom the first position of any sequence that may be asked
 */
export function packSequences(sequences: readonly PackedSequence[], heads: number, askedFrom: number): Packing {
  const G = sequences.length;
  const rows = sequences.flatMap(({ length }, g) => Array.from({ length }, (_, position) => [g, position] as const));
  const asked = sequences.flatMap(({ asked }, g) => asked.map((position) => [g, position - askedFrom] as const));
  const S = 1 + Math.max(...sequences.map(({ length }) => length));
  const Q = S - askedFrom;

  const starts: number[] = [];
  let start = 0;
  for (const { length } of sequences) {
    starts.push(start);
    start += length;
  }
  const [surplusRow, surplusAsked] = [rows.length, asked.length];
  const askedRows = asked.map(([g, place]) => starts[g]! + askedFrom + place);
  const askedPlaces = new Int32Array(rows.length + 1).fill(surplusAsked);
  askedRows.forEach((row, i) => {
    askedPlaces[row] = i;
  });
  const [all, some] = [headView(rows, G, S, heads), headView(asked, G, Q, heads)];
  const feeds = {
    positions: int64([rows.length + 1], Int32Array.from([...rows.map(([, position]) => position), 0])),
    toSequences: all.toSequences,
    toRows: all.toRows,
    causal: causal(S, S, 0),
    asked: int64([asked.length + 1], Int32Array.from([...askedRows, surplusRow])),
    askedPlaces: int64([rows.length + 1], askedPlaces),
    askedToSequences: some.toSequences,
    askedToRows: some.toRows,
    askedCausal: causal(Q, S, askedFrom),
  };
  return {
    sizes: { rows: rows.length + 1, asked: asked.length + 1, sequences: G, length: S, askedLength: Q },
    feeds: new Map(Object.entries(feeds).map(([name, array]) => [`layout/${name}`, array])),
    rows,
    asked,
  };
}
