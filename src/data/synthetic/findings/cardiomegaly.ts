/** A heart wider than half the chest. */
import { unitBox } from "../../../images/boxes.ts";
import { type Anatomy, cardiothoracicRatio, chestWidth } from "../anatomy.ts";
import type { FindingKind, Sentence } from "../finding.ts";
import { direction, ellipseBounds } from "../shapes.ts";

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
    const half = (random.between(0.55, 0.7) * chestWidth(anatomy)) / 2;
    // It widens to both sides, more to the left, lies down on the diaphragm and hardly grows upwards.
    const axis = direction(heart.axis.x, 0.62 * heart.axis.y);
    const crossRadius = heart.crossRadius * random.between(1.3, 1.45);
    const radius = Math.sqrt(half * half - axis.y * crossRadius * axis.y * crossRadius) / axis.x;
    const centre = { x: anatomy.midline + 0.33 * half, y: heart.centre.y + 0.01 };
    return { ...anatomy, heart: { centre, axis, radius, crossRadius } };
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
