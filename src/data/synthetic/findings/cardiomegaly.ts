/** A heart wider than half the chest. */
import { unitBox } from "../../../images/boxes.ts";
import { type Anatomy, cardiothoracicRatio } from "../anatomy.ts";
import type { FindingKind, Sentence } from "../finding.ts";
import { ellipseBounds } from "../shapes.ts";

const mild: readonly Sentence[] = [
  { en: "Mild cardiomegaly.", es: "Cardiomegalia leve." },
  { en: "Mildly enlarged cardiac silhouette.", es: "Silueta cardiaca levemente aumentada de tamaño." },
];
const moderate: readonly Sentence[] = [
  { en: "Cardiomegaly.", es: "Cardiomegalia." },
  { en: "Enlarged cardiac silhouette.", es: "Silueta cardiaca aumentada de tamaño." },
];
const marked: readonly Sentence[] = [
  { en: "Marked cardiomegaly.", es: "Cardiomegalia marcada." },
  { en: "Markedly enlarged cardiac silhouette.", es: "Silueta cardiaca marcadamente aumentada de tamaño." },
];

/** The heart reaches down to the diaphragm's domes and a little between them; below, its border cannot be seen. */
function visibleHeart({ heart, lungs }: Anatomy) {
  const { x1, y1, x2, y2 } = ellipseBounds(heart);
  return unitBox(x1, y1, x2, Math.min(y2, lungs.left.domeY + 0.03));
}

export const cardiomegaly: FindingKind = {
  label: "cardiomegaly",
  labelGroup: "cardiomegaly",
  absent: [
    { en: "No cardiomegaly.", es: "No se observa cardiomegalia." },
    { en: "Heart size is normal.", es: "Tamaño cardiaco normal." },
  ],
  reshape(anatomy, random) {
    const { heart } = anatomy;
    const growth = random.between(0.55, 0.7) / cardiothoracicRatio(anatomy);
    return {
      ...anatomy,
      heart: {
        ...heart,
        // It grows mostly to the left and rests on the diaphragm.
        centre: { x: heart.centre.x + 0.035 * (growth - 1), y: heart.centre.y - 0.11 * (growth - 1) },
        radius: heart.radius * growth,
        crossRadius: heart.crossRadius * growth,
      },
    };
  },
  place(anatomy, random) {
    const ratio = cardiothoracicRatio(anatomy);
    return {
      boxes: [visibleHeart(anatomy)],
      locations: ["cardiac"],
      sentence: random.choose(ratio < 0.59 ? mild : ratio < 0.645 ? moderate : marked),
    };
  },
};
