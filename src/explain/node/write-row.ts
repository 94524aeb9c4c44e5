/** One sentence explained, its pictures written. */
import { join } from "node:path";
import { writeFileAtomic } from "../../base/node/files.ts";
import type { Explainer } from "../explainer.ts";
import { type ExplainedRow, explainRow, type RowRequest } from "./explain-row.ts";
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
  for (const attribution of explanation.attributions) {
    for (const stream of attribution.maps.keys()) {
      const png = await overlayFile(explanation, attribution, stream, eye, overlayWidth);
      await writeFileAtomic(join(out, "overlays", `${row.key}-${attribution.method}-${stream}.png`), png);
    }
  }
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
