/** A spine bent to one side. */
import { unitBox } from "../../../images/boxes.ts";
import { spineX } from "../anatomy.ts";
import type { FindingKind } from "../finding.ts";
import { outwards, type Side, sides } from "../lungs.ts";
import { mix } from "../shapes.ts";
import { degree, say, sentences, sideWords } from "../wording.ts";

export const scoliosis: FindingKind = {
  label: "scoliosis",
  labelGroup: "scoliosis",
  absent: sentences(
    ["no scoliosis", "no se observa escoliosis"],
    ["dorsal spine without deviation", "columna dorsal sin desviaciones"],
  ),
  evolves: false,
  isSeenThrough: true,
  isBedside: false,
  reshape(anatomy, random, extent) {
    const side = random.choose(sides);
    return {
      ...anatomy,
      spineBend: {
        shift: outwards(side) * mix(0.035, 0.065, extent),
        middleY: random.between(0.46, 0.58),
        reachY: random.between(0.36, 0.42),
      },
    };
  },
  place(anatomy, random, extent) {
    const { shift, middleY, reachY } = anatomy.spineBend;
    const side: Side = shift < 0 ? "right" : "left";
    const peak = spineX(anatomy, middleY);
    const [first, second] = [Math.min(peak, anatomy.midline), Math.max(peak, anatomy.midline)];
    const { en, feminine } = sideWords[side];
    const [grade, grado] = degree(extent, [[0.5, ["mild ", "leve "]]], ["marked ", "marcada "]);
    return {
      boxes: [
        unitBox(
          first - anatomy.spineReach,
          middleY - 0.75 * reachY,
          second + anatomy.spineReach,
          middleY + 0.75 * reachY,
        ),
      ],
      locations: ["dorsal vertebrae"],
      sentence: say(
        random,
        [`${grade}dorsal scoliosis with ${en} convexity`, `${grado}escoliosis dorsal de convexidad ${feminine}`],
        [`${grade}${en} convex scoliosis`, `${grado}escoliosis de convexidad ${feminine}`],
        [
          `${grade}scoliotic deviation of the dorsal spine with convexity to the ${en}`,
          `${grado}desviación escoliótica de la columna dorsal de convexidad ${feminine}`,
        ],
      ),
    };
  },
};
