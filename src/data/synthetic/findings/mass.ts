/** A large opacity of the lung with a bulging outline. */
import { leaningBall } from "../ball.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt, zoneOf } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { ellipseBounds, ellipseDepth, mix, smoothstep } from "../shapes.ts";
import { valueNoise } from "../value-noise.ts";
import { degree, lobeOf, say, sentences } from "../wording.ts";

export const mass: FindingKind = {
  label: "mass",
  labelGroup: "mass",
  absent: sentences(
    ["no pulmonary masses", "no se observan masas pulmonares"],
    ["no masses are seen", "sin masas"],
    ["no evidence of a lung mass", "sin evidencia de masa pulmonar"],
  ),
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, random.between(0.24, 0.82));
    const x = xAt(anatomy, side, random.between(0.55, 0.66) * chestWall(lung, y));
    const radius = mix(0.046, 0.08, extent);
    const body = leaningBall(random, { x, y }, radius, 0.78, 0.95);
    const noise = valueNoise(random);
    const bounds = ellipseBounds(body);
    const { location, en, es } = lobeOf(side, zoneOf(lung, y));
    const [size, tamaño] = degree(extent, [[0.55, ["", ""]]], ["large ", "gran "]);
    const aerated = Math.max(0.55, aeratedDepth(anatomy, lung)(x, y));
    return {
      boxes: [bounds],
      locations: [side, location],
      sentence: say(
        random,
        [`${size}mass in the ${en}`, `${tamaño}masa en ${es}`],
        [`${size}pulmonary mass located in the ${en}`, `${tamaño}masa pulmonar localizada en ${es}`],
        [
          `${size}mass with lobulated borders in the ${en}, suspicious of malignancy`,
          `${tamaño}masa de bordes lobulados en ${es}, sospechosa de malignidad`,
        ],
      ),
      paint: (canvas) => {
        canvas.add("tissue", bounds, (px, py) => {
          const depth = ellipseDepth(body, px, py);
          if (depth <= 0) return 0;
          const bulging = depth + 0.42 * noise.at(px, py, 1.3 / radius) * (1 - depth);
          return 0.4 * aerated * smoothstep(0, 0.5, bulging) * (0.6 + 0.4 * Math.sqrt(depth));
        });
      },
    };
  },
};
