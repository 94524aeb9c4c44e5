/** A broken rib: the outer piece has slipped off the inner one, blood swells the soft tissue around. */
import { type Stroke, tubular } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { sides } from "../lungs.ts";
import { type Ellipse, ellipseBounds, ellipseDepth, joinBounds, mix, pointBounds } from "../shapes.ts";
import { ribStroke, strokePart } from "../skeleton.ts";
import { degree, say, sentences, sideWords } from "../wording.ts";

/** Steps of a rib's stroke at which it breaks: behind, and at its side. */
const breaks = {
  posterior: { from: 6, location: "posterior rib", en: "posterior arch", es: "arco posterior" },
  lateral: { from: 9, location: "rib", en: "lateral arch", es: "arco lateral" },
} as const;

export const ribFracture: FindingKind = {
  label: "rib fracture",
  labelGroup: "fracture",
  absent: sentences(
    ["no rib fractures", "no se observan fracturas costales"],
    ["no signs of acute rib fracture", "sin signos de fractura costal aguda"],
  ),
  kin: ["callus rib fracture"],
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const arch = breaks[random.choose(["posterior", "lateral"] as const)];
    const rib = ribStroke(anatomy, side, 3 + random.integer(5));
    const piece = strokePart(rib, arch.from, arch.from + 2);
    const gap = mix(0.012, 0.024, extent) * (random.uniform() < 0.5 ? -1 : 1);
    const slipped = {
      ...piece,
      points: piece.points.map(({ x, y }) => ({ x, y: y + gap })),
      strength: 2 * piece.strength,
      endStrength: 2 * piece.endStrength,
    };
    const removed: Stroke = { ...piece, strength: -piece.strength, endStrength: -piece.endStrength };
    const { x1, y1, x2, y2 } = joinBounds([piece, slipped].map(({ points, radius }) => pointBounds(points, radius)));
    const swelling: Ellipse = {
      centre: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 },
      axis: { x: 1, y: 0 },
      radius: (x2 - x1) / 2,
      crossRadius: (y2 - y1) / 2,
    };
    const { en, feminine } = sideWords[side];
    const [kind, tipo] = degree(extent, [[0.5, ["", ""]]], ["displaced ", " desplazada"]);
    return {
      boxes: [ellipseBounds(swelling)],
      locations: [side, arch.location],
      sentence: say(
        random,
        [`${kind}${en} rib fracture`, `fractura costal ${feminine}${tipo}`],
        [`${kind}fracture of the ${arch.en} of a ${en} rib`, `fractura${tipo} del ${arch.es} de costilla ${feminine}`],
        [
          `cortical discontinuity in the ${arch.en} of a ${en} rib, consistent with ${kind}fracture`,
          `discontinuidad cortical en ${arch.es} de costilla ${feminine}, compatible con fractura${tipo}`,
        ],
      ),
      paint: (canvas) => {
        canvas.stroke("tissue", removed, tubular);
        canvas.stroke("tissue", slipped, tubular);
        canvas.add("tissue", ellipseBounds(swelling), (x, y) => 0.09 * Math.max(0, ellipseDepth(swelling, x, y)));
      },
    };
  },
};
