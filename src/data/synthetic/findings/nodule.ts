/** A small round opacity in the lung. */
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt, zoneOf } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { lungFields, spanishSide } from "../place-words.ts";
import { direction, type Ellipse, ellipseBounds, ellipseDepth, mix } from "../shapes.ts";

export const nodule: FindingKind = {
  label: "nodule",
  labelGroup: "nodule",
  absent: [{ en: "No pulmonary nodules.", es: "No se observan nódulos pulmonares." }],
  place(anatomy, random) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, random.between(0.18, 0.9));
    const x = xAt(anatomy, side, mix(0.16, chestWall(lung, y) - 0.05, random.uniform()));
    const radius = random.between(0.014, 0.032);
    const body: Ellipse = {
      centre: { x, y },
      axis: direction(random.between(-1, 1), 1),
      radius,
      crossRadius: radius * random.between(0.82, 1),
    };
    const bounds = ellipseBounds(body);
    const field = lungFields[zoneOf(lung, y)];
    const [en, es] = radius < 0.022 ? ["Small nodule", "Pequeño nódulo"] : ["Nodule", "Nódulo"];
    const aerated = Math.max(0.4, aeratedDepth(anatomy, lung)(x, y));
    return {
      boxes: [bounds],
      locations: [side, field.location],
      sentence: {
        en: `${en} in the ${side} ${field.en}.`,
        es: `${es} en ${field.es} ${spanishSide[side].masculine}.`,
      },
      paint: (canvas) => {
        canvas.add("tissue", bounds, (px, py) => {
          const depth = Math.max(0, ellipseDepth(body, px, py));
          return 0.38 * aerated * Math.sqrt(depth) * Math.min(1, 3 * depth);
        });
      },
    };
  },
};
