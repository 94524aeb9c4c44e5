/** What can be read from embeddings by a linear function: where a mask's box is, and which findings a film shows. */
import type { Study } from "../../../data/index.ts";
import { areaUnderCurve, determination, fitLinear } from "../probes.ts";

type Box = Study["findings"][number]["boxes"][number];

export interface ProbedMask {
  readonly vector: Float32Array;
  readonly boxes: readonly Box[];
}

export interface ProbedFilm {
  readonly film: Float32Array;
  readonly labels: ReadonlySet<string>;
  readonly masks: readonly ProbedMask[];
}

export interface ProbeScores {
  /** R² on the second set, of masks with exactly one box. */
  readonly mask: { readonly centreX: number; readonly centreY: number; readonly area: number };
  /** By label, alphabetically; only labels of which both sets have examples. */
  readonly presence: readonly { readonly label: string; readonly films: number; readonly auc: number }[];
}

const measures = {
  centreX: ({ x1, x2 }: Box) => (x1 + x2) / 2,
  centreY: ({ y1, y2 }: Box) => (y1 + y2) / 2,
  area: ({ x1, x2, y1, y2 }: Box) => (x2 - x1) * (y2 - y1),
};

/** R² of each measure of a box, read from masks with one box. */
export function probeMasks(train: readonly ProbedMask[], held: readonly ProbedMask[]): ProbeScores["mask"] {
  const single = (masks: readonly ProbedMask[]) => masks.filter(({ boxes }) => boxes.length === 1);
  const [fitted, tested] = [single(train), single(held)];
  const score = (measure: (box: Box) => number) => {
    const value = ({ boxes }: ProbedMask) => measure(boxes[0]!);
    const probe = fitLinear(
      fitted.map(({ vector }) => vector),
      fitted.map(value),
    );
    return determination(
      tested.map(({ vector }) => probe.predict(vector)),
      tested.map(value),
    );
  };
  return { centreX: score(measures.centreX), centreY: score(measures.centreY), area: score(measures.area) };
}

/** @param train what the probes are fitted on @param held what they are measured on */
export function probeEmbeddings(train: readonly ProbedFilm[], held: readonly ProbedFilm[]): ProbeScores {
  const labels = [...new Set(held.flatMap(({ labels }) => [...labels]))].sort();
  const presence = labels.flatMap((label) => {
    const has = (film: ProbedFilm) => film.labels.has(label);
    const films = held.filter(has).length;
    if (!train.some(has) || films === held.length) return [];
    const probe = fitLinear(
      train.map(({ film }) => film),
      train.map((film) => Number(has(film))),
      1e-4,
    );
    const auc = areaUnderCurve(
      held.map(({ film }) => probe.predict(film)),
      held.map(has),
    );
    return [{ label, films, auc }];
  });
  const masks = (films: readonly ProbedFilm[]) => films.flatMap(({ masks }) => masks);
  return { mask: probeMasks(masks(train), masks(held)), presence };
}
