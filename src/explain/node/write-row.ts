/** One sentence explained, its pictures written. */
import { join } from "node:path";
import { writeFileAtomic } from "../../base/node/files.ts";
import type { Explainer } from "../explainer.ts";
import { type ExplainedRow, explainRow, type RowRequest } from "./explain-row.ts";
import { smallFilm } from "./pictures.ts";
import { rowCard } from "./row-card.ts";
import { rowDocument } from "./row-document.ts";
import { overlayFile, paperFigure } from "./row-pictures.ts";

/** Columns of overlays and of a figure's panels, in pixels. */
const overlayWidth = 480;
const panelWidth = 320;

export interface Explainers {
  readonly main: Explainer;
  /** Trained without masks: the middle panel of the paper's figure. */
  readonly imageOnly?: Explainer | undefined;
}

export type RowDocument = ReturnType<typeof rowDocument>;

export interface WrittenRow {
  readonly document: RowDocument;
  /** HTML */
  readonly card: string;
}

export async function writeRow(
  out: string,
  { main, imageOnly }: Explainers,
  row: ExplainedRow,
  request: RowRequest,
): Promise<WrittenRow> {
  const explanation = await explainRow(main, row, request);
  const eye = { view: main.view, patchSize: main.system.patchSize };
  const small = await smallFilm(row.film, overlayWidth);
  const overlays = explanation.attributions.flatMap((attribution) =>
    [...attribution.maps.keys()].map(async (stream) => {
      const png = await overlayFile(small, explanation, attribution, stream, eye);
      await writeFileAtomic(join(out, "overlays", `${row.key}-${attribution.method}-${stream}.png`), png);
    }),
  );
  await Promise.all(overlays); // encoded side by side, on as many cores as there are
  const nothing = { methods: [], perToken: false, counterfactuals: false, sentence: undefined };
  const other = imageOnly && (await explainRow(imageOnly, row, { ...request, ...nothing }));
  for (const of of ["attention", "legrad"] as const) {
    const systems = [...(other === undefined ? [] : [other]), explanation].map(
      (each, i, { length }) => [i === length - 1 ? main.input.mode : "image", each] as const,
    );
    const figure = await paperFigure(systems, of, panelWidth);
    if (figure !== undefined) await writeFileAtomic(join(out, "figures", `${row.key}-${of}.png`), figure);
  }
  return { document: rowDocument(explanation), card: await rowCard(explanation, eye) };
}
