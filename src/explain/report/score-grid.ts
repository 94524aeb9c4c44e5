/** Scores of maps as a table. */
import type { Estimate, Grid } from "../../metrics/index.ts";
import { lowerIsBetter, type MapSummary, type ScoreColumn, scoreColumns } from "../scores/map-scores.ts";

function cell({ value, low, high }: Estimate): string {
  return `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

/** R and C where the map is better than the random or the centre one, r and c where worse; the interval of the difference has no 0. */
function verdict(summary: MapSummary, column: ScoreColumn): string {
  if (summary.against === undefined) return "";
  const marks = Object.entries(summary.against).map(([baseline, columns]) => {
    const { low, high } = columns[column]!.difference;
    if (!(low > 0 || high < 0)) return "";
    const better = lowerIsBetter.has(column) ? high < 0 : low > 0;
    const letter = baseline[0]!;
    return better ? letter.toUpperCase() : letter;
  });
  return marks.some((mark) => mark !== "") ? ` ${marks.join("")}` : "";
}

export function scoreGrid(
  summaries: readonly MapSummary[],
  { rows, studies, resamples }: { readonly rows: number; readonly studies: number; readonly resamples: number },
): Grid {
  return {
    caption: `Maps of the whole sentence on ${rows} positive rows with boxes in ${studies} studies, with 95% bootstrap intervals over studies (${resamples} draws)`,
    header: ["stream", "map", ...scoreColumns.map((column) => `${column} ${lowerIsBetter.has(column) ? "↓" : "↑"}`)],
    rows: summaries.map((summary) => [
      summary.stream,
      summary.map,
      ...scoreColumns.map((column) => cell(summary.columns[column]) + verdict(summary, column)),
    ]),
    notes: [
      "R, C: better than the random, the centre map; r, c: worse; the paired 95% interval of the difference has no 0.",
      "pointing game: the highest patch meets a box (its centre is in the box or within half a patch). IoU: the highest patches, as many as have the boxes' area, against the boxes. energy inside: share of the positive values inside the boxes.",
      "AUC: probability per token of the model's own sentence (geometric mean) while patches of that stream are taken away, or put on an empty one, highest first; the other stream stays.",
      "The mask is white inside the boxes and black elsewhere, so its maps of differences from black can only point into the boxes: their localisation says nothing.",
    ],
  };
}
