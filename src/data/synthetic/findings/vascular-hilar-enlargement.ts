/** Roots of the lungs made large by wide vessels. */
import type { Anatomy } from "../anatomy.ts";
import type { FindingKind } from "../finding.ts";
import { outwards, type Side, sides, xAt } from "../lungs.ts";
import { direction, type Ellipse, ellipseBounds, ellipseDepth, mix } from "../shapes.ts";
import { valueNoise } from "../value-noise.ts";
import { degree, lateralityOf, say, sentences, sideWords } from "../wording.ts";

function hilum(anatomy: Anatomy, side: Side, radius: number): Ellipse {
  return {
    centre: { x: xAt(anatomy, side, 0.11), y: anatomy.carinaY + (side === "right" ? 0.09 : 0.065) },
    axis: direction(0.35 * outwards(side), 1),
    radius,
    crossRadius: 0.62 * radius,
  };
}

export const vascularHilarEnlargement: FindingKind = {
  label: "vascular hilar enlargement",
  labelGroup: "hilar enlargement",
  absent: sentences(
    ["no hilar enlargement", "no se observa aumento hiliar"],
    ["hila of normal size", "hilios de tamaño normal"],
    ["no enlargement of the pulmonary hila", "sin engrosamiento de los hilios pulmonares"],
  ),
  kin: ["alveolar pattern"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const affected: readonly Side[] = random.uniform() < 0.65 ? sides : [random.choose(sides)];
    const noise = valueNoise(random);
    const roots = affected.map((side) => hilum(anatomy, side, mix(0.075, 0.105, extent)));
    const laterality = lateralityOf(affected);
    const { en, masculine } = sideWords[laterality];
    const [grade, grado] = degree(extent, [[0.5, ["", ""]]], ["marked ", "marcado "]);
    const [hila, hilios] =
      laterality === "bilateral"
        ? ["both pulmonary hila", "ambos hilios pulmonares"]
        : [`the ${en} pulmonary hilum`, `hilio pulmonar ${masculine}`];
    const of = laterality === "bilateral" ? "de" : "del";
    return {
      boxes: roots.map(ellipseBounds),
      locations: [laterality, "hilar"],
      sentence: say(
        random,
        [`${grade}${en} vascular hilar enlargement`, `${grado}aumento hiliar ${masculine} de aspecto vascular`],
        [`${grade}enlargement of ${hila}`, `${grado}engrosamiento ${of} ${hilios}`],
        [
          `${grade}prominence of ${hila} of vascular appearance`,
          `${grado === "" ? "" : "marcada "}prominencia ${of} ${hilios} de aspecto vascular`,
        ],
      ),
      paint: (canvas) => {
        for (const root of roots) {
          canvas.add("tissue", ellipseBounds(root), (x, y) => {
            const depth = Math.max(0, ellipseDepth(root, x, y));
            return 0.27 * Math.sqrt(depth) * Math.min(1, 2 * depth) * (1 + 0.35 * noise.at(x, y, 31));
          });
        }
      },
    };
  },
};
