/** A small round opacity in the lung. */
import { ballDensity, leaningBall } from "../ball.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt, zoneOf } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { ellipseBounds, mix } from "../shapes.ts";
import { degree, lungField, say, sentences } from "../wording.ts";

export const nodule: FindingKind = {
  label: "nodule",
  labelGroup: "nodule",
  absent: sentences(
    ["no pulmonary nodules", "no se observan nódulos pulmonares"],
    ["no nodules are seen", "sin nódulos"],
    ["no suspicious nodules in the lungs", "sin nódulos sospechosos en los pulmones"],
  ),
  kin: ["mass", "granuloma"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, random.between(0.18, 0.9));
    const x = xAt(anatomy, side, mix(0.17, chestWall(lung, y) - 0.055, random.uniform()));
    const radius = mix(0.017, 0.034, extent);
    const body = leaningBall(random, { x, y }, radius, 0.85, 1);
    const bounds = ellipseBounds(body);
    const { location, en, es } = lungField(side, zoneOf(lung, y));
    const [size, tamaño] = degree(extent, [[0.4, ["small ", "pequeño "]]], ["", ""]);
    const aerated = Math.max(0.5, aeratedDepth(anatomy, lung)(x, y));
    return {
      boxes: [bounds],
      locations: [side, location],
      sentence: say(
        random,
        [`${size}nodule in the ${en}`, `${tamaño}nódulo en ${es}`],
        [`${size}pulmonary nodule in the ${en}`, `${tamaño}nódulo pulmonar en ${es}`],
        [
          `${size}rounded nodular opacity projected over the ${en}`,
          `${tamaño === "" ? "" : "pequeña "}opacidad nodular redondeada proyectada sobre ${es}`,
        ],
      ),
      paint: (canvas) => {
        canvas.add("tissue", bounds, ballDensity(body, 0.42 * aerated));
      },
    };
  },
};
