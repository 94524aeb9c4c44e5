/** Which rows of a split can be explained, and in which order. */
import { Random } from "../../base/random.ts";
import { type Row, type RowChoice, rowsOf, type Study } from "../../data/index.ts";
import { type EncoderView, fractionOutsideView } from "../../images/index.ts";
import { readFilm } from "../../images/node/index.ts";

/** Positive rows that can be pointed at: with a film and a box. */
export interface ExplainableRows {
  /** Positive rows of the split, those without a box or film among them. */
  readonly positive: number;
  /** In an order that depends on the seed only. */
  readonly rows: readonly Row[];
  readonly left: { readonly "no box": number; readonly "no film": number };
}

/** @param choice the split, and what a row is; findings that are not positive never count */
export function explainableRows(studies: readonly Study[], choice: RowChoice, seed: number): ExplainableRows {
  const positive = rowsOf(studies, { ...choice, findings: "positive", emptySentences: "keep" }).rows;
  const withBox = positive.filter(({ boxes }) => boxes.length > 0);
  const rows = withBox.filter(({ imagePath }) => imagePath !== undefined);
  return {
    positive: positive.length,
    rows: Random.named(seed, "explained rows").shuffled(rows),
    left: { "no box": positive.length - withBox.length, "no film": withBox.length - rows.length },
  };
}

/** Not more than one of a film. */
export function oneOfEachFilm(rows: readonly Row[]): Row[] {
  const films = new Set<string>();
  return rows.filter(({ imageId }) => !films.has(imageId) && films.add(imageId));
}

/**
 * The first rows with a box that the encoder's view does not cut off altogether.
 * @param most how many at the most
 * @returns these, and how many were passed over on the way
 */
export async function rowsInView(rows: readonly Row[], view: EncoderView, most: number) {
  const seen: Row[] = [];
  let outside = 0;
  for (const row of rows) {
    if (seen.length === most) break;
    const film = await readFilm(row.imagePath!);
    if (row.boxes.some((box) => fractionOutsideView(box, film, view) < 1)) seen.push(row);
    else outside++;
  }
  return { seen, outside };
}
