/** Rows that can be trained on or written about: those whose film is embedded and, where so chosen, grey. */
import type { Row } from "../data/index.ts";
import type { Features } from "./features.ts";

/** Why a row cannot be used. */
export type UnusableReason = "the features do not hold the film" | "the film is not grey (--images-not-grey dropped)";

export interface UsableRows<R extends Row> {
  readonly usable: R[];
  readonly left: ReadonlyMap<UnusableReason, readonly R[]>;
}

/** @param imagesNotGrey what becomes of rows with a colour film */
export function usableRows<R extends Row>(
  rows: readonly R[],
  { films }: Pick<Features, "films">,
  imagesNotGrey: "luma" | "dropped",
): UsableRows<R> {
  const left = new Map<UnusableReason, R[]>();
  const usable = rows.filter((row) => {
    const film = films.get(row.imageId);
    let reason: UnusableReason | undefined;
    if (film === undefined) reason = "the features do not hold the film";
    else if (film.colourModel !== "grey" && imagesNotGrey === "dropped") {
      reason = "the film is not grey (--images-not-grey dropped)";
    }
    if (reason !== undefined) left.set(reason, [...(left.get(reason) ?? []), row]);
    return reason === undefined;
  });
  return { usable, left };
}
