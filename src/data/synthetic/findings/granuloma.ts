/** A tiny calcified nodule, denser than bone. */
import { ballDensity } from "../ball.ts";
import { softEdge } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt, zoneOf } from "../lungs.ts";
import { type Ellipse, mix, pointBounds } from "../shapes.ts";
import { lungField, say, sentences } from "../wording.ts";

export const granuloma: FindingKind = {
  label: "granuloma",
  labelGroup: "granuloma",
  absent: sentences(
    ["no calcified granulomas", "no se observan granulomas calcificados"],
    ["no granulomas", "sin granulomas"],
  ),
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, random.between(0.15, 0.88));
    const radius = mix(0.0115, 0.017, extent);
    const body: Ellipse = {
      centre: { x: xAt(anatomy, side, mix(0.14, chestWall(lung, y) - 0.04, random.uniform())), y },
      axis: { x: 1, y: 0 },
      radius,
      crossRadius: radius * random.between(0.85, 1),
    };
    const bounds = pointBounds([body.centre], radius + softEdge);
    const { location, en, es } = lungField(side, zoneOf(lung, y));
    return {
      boxes: [bounds],
      locations: [side, location],
      sentence: say(
        random,
        [`granuloma in the ${en}`, `granuloma en ${es}`],
        [`calcified granuloma in the ${en}`, `granuloma calcificado en ${es}`],
        [
          `punctate calcified density in the ${en} suggestive of residual granuloma`,
          `densidad cálcica puntiforme en ${es} sugestiva de granuloma residual`,
        ],
      ),
      paint: (canvas) => {
        canvas.add("tissue", bounds, ballDensity(body, 0.62));
      },
    };
  },
};
