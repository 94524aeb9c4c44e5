/** A cap of thickened pleura over the top of the lung. */
import type { Anatomy } from "../anatomy.ts";
import type { Field } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, lungBounds, lungDepth, outwards, type Side, sides } from "../lungs.ts";
import { boundsWhere, mix, smoothstep } from "../shapes.ts";
import { degree, lateralityOf, say, sentences, sideWords } from "../wording.ts";

/** What remains of the air is that of a lung with a lower top. */
function capOver(anatomy: Anatomy, side: Side, thickness: number) {
  const lung = anatomy.lungs[side];
  const lowered = { ...lung, apexY: lung.apexY + thickness };
  const bounds = { ...lungBounds(anatomy, lung), y2: lung.apexY + 2.6 * thickness };
  const cover: Field = (x, y) => {
    const reach = (x - anatomy.midline) * outwards(side);
    if (reach <= lung.innerReach) return 0;
    const wall = chestWall(lowered, y);
    const inside = smoothstep(wall - 0.008, wall + 0.004, reach);
    const above = 1 - smoothstep(lowered.apexY - 0.004, lowered.apexY + 0.012, y);
    const ends = 1 - smoothstep(lung.apexY + 1.8 * thickness, bounds.y2, y);
    return Math.max(inside, above) * ends;
  };
  const depth = lungDepth(lung, anatomy.midline);
  return { cover, bounds, box: boundsWhere(bounds, (x, y) => cover(x, y) * depth(x, y) > 0.1) };
}

export const apicalPleuralThickening: FindingKind = {
  label: "apical pleural thickening",
  labelGroup: "pleural thickening",
  absent: sentences(
    ["no apical pleural thickening", "no se observa engrosamiento pleural apical"],
    ["lung apices are free", "vértices pulmonares libres"],
  ),
  kin: ["pneumothorax", "atelectasis"],
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const affected: readonly Side[] = random.uniform() < 0.5 ? sides : [random.choose(sides)];
    const caps = affected.map((side) => capOver(anatomy, side, mix(0.032, 0.06, extent)));
    const laterality = lateralityOf(affected);
    const { en, masculine, feminine } = sideWords[laterality];
    const [pleura, pleuraEs] =
      laterality === "bilateral"
        ? ["both apical pleural surfaces", "ambas superficies pleurales apicales"]
        : [`the ${en} apical pleura`, `la pleura apical ${feminine}`];
    const [grade, grado] = degree(extent, [[0.5, ["mild ", "leve "]]], ["marked ", "marcado "]);
    return {
      boxes: caps.map(({ box }) => box),
      locations: [laterality, "apical", "pleural"],
      sentence: say(
        random,
        [`${grade}${en} apical pleural thickening`, `${grado}engrosamiento pleural apical ${masculine}`],
        [`${grade}thickening of ${pleura}`, `${grado}engrosamiento de ${pleuraEs}`],
        [
          `${grade}${en} apical pleural thickening of residual appearance`,
          `${grado}engrosamiento pleural apical ${masculine} de aspecto residual`,
        ],
      ),
      paint: (canvas) => {
        for (const { cover, bounds } of caps) canvas.scale("air", bounds, (x, y) => 1 - 0.8 * cover(x, y));
      },
    };
  },
};
