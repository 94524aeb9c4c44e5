/** A heart wider than half the chest. */
import { unitBox } from "../../../images/boxes.ts";
import { type Anatomy, cardiothoracicRatio, chestWidth } from "../anatomy.ts";
import type { FindingKind } from "../finding.ts";
import { direction, ellipseBounds, mix } from "../shapes.ts";
import { degree, say, sentences, type Wording } from "../wording.ts";

const mild: readonly Wording[] = [
  ["mild cardiomegaly", "cardiomegalia leve"],
  ["mildly enlarged cardiac silhouette", "silueta cardiaca levemente aumentada de tamaño"],
  ["slight increase in the size of the cardiac silhouette", "leve aumento del tamaño de la silueta cardiaca"],
];
const moderate: readonly Wording[] = [
  ["cardiomegaly", "cardiomegalia"],
  ["enlarged cardiac silhouette", "silueta cardiaca aumentada de tamaño"],
  ["increased cardiothoracic index", "índice cardiotorácico aumentado"],
];
const marked: readonly Wording[] = [
  ["marked cardiomegaly", "cardiomegalia marcada"],
  ["markedly enlarged cardiac silhouette", "silueta cardiaca marcadamente aumentada de tamaño"],
  ["severe cardiomegaly with a globular cardiac silhouette", "cardiomegalia severa con silueta cardiaca globulosa"],
];

/** The heart reaches down to the diaphragm's domes and a little between them; below, its border cannot be seen. */
function visibleHeart({ heart, lungs }: Anatomy) {
  const { x1, y1, x2, y2 } = ellipseBounds(heart);
  return unitBox(x1, y1, x2, Math.min(y2, lungs.left.domeY + 0.03));
}

export const cardiomegaly: FindingKind = {
  label: "cardiomegaly",
  labelGroup: "cardiomegaly",
  absent: sentences(
    ["no cardiomegaly", "no se observa cardiomegalia"],
    ["heart size is normal", "tamaño cardiaco normal"],
    ["cardiac silhouette within normal limits", "silueta cardiaca dentro de la normalidad"],
  ),
  evolves: true,
  isSeenThrough: true,
  isBedside: false,
  reshape(anatomy, random, extent) {
    const { heart } = anatomy;
    const half = (mix(0.55, 0.7, extent) * chestWidth(anatomy)) / 2;
    // It widens to both sides, more to the left, lies down on the diaphragm and hardly grows upwards.
    const axis = direction(heart.axis.x, 0.62 * heart.axis.y);
    const crossRadius = heart.crossRadius * random.between(1.3, 1.45);
    const radius = Math.sqrt(half * half - axis.y * crossRadius * axis.y * crossRadius) / axis.x;
    const centre = { x: anatomy.midline + 0.33 * half, y: heart.centre.y + 0.01 };
    return { ...anatomy, heart: { centre, axis, radius, crossRadius } };
  },
  place(anatomy, random) {
    const wordings = degree(
      cardiothoracicRatio(anatomy),
      [
        [0.6, mild],
        [0.65, moderate],
      ],
      marked,
    );
    return { boxes: [visibleHeart(anatomy)], locations: ["cardiac"], sentence: say(random, ...wordings) };
  },
};
