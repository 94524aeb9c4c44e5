/** A filled corner between chest wall and diaphragm. */
import type { Anatomy } from "../anatomy.ts";
import { type Field, oncePerRow } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { angleY, chestWall, diaphragm, lungBounds, outwards, type Side, sides } from "../lungs.ts";
import { boundsWhere, clamp, mix, smoothstep } from "../shapes.ts";
import { degree, lateralityOf, say, sentences, sideWords } from "../wording.ts";

function fillOf(anatomy: Anatomy, side: Side, height: number) {
  const lung = anatomy.lungs[side];
  const bottom = angleY(lung);
  const top = bottom - height;
  const bounds = { ...lungBounds(anatomy, lung), y1: top - 0.01 };
  const wallOf = oncePerRow((y) => chestWall(lung, y));
  const cover: Field = (x, y) => {
    const reach = (x - anatomy.midline) * outwards(side);
    const wall = wallOf(y);
    if (reach <= 0 || reach >= wall) return 0;
    // A hollow curve from the wall down to the diaphragm.
    const inwards = clamp((wall - reach) / (1.5 * height), 0, 1);
    const level = top + height * Math.sqrt(inwards * (2 - inwards));
    const floor = diaphragm(lung, reach);
    const filled = smoothstep(level - 0.004, level + 0.01, y) * (1 - smoothstep(floor, floor + 0.008, y));
    return filled * smoothstep(0, 0.012, wall - reach);
  };
  return { cover, bounds, box: boundsWhere(bounds, (x, y) => cover(x, y) > 0.08) };
}

export const costophrenicAngleBlunting: FindingKind = {
  label: "costophrenic angle blunting",
  labelGroup: "costophrenic angle blunting",
  absent: sentences(
    ["no costophrenic angle blunting", "no se observa pinzamiento de los senos costofrénicos"],
    ["costophrenic angles are sharp", "senos costofrénicos libres"],
  ),
  kin: ["pleural effusion", "hemidiaphragm elevation"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const affected: readonly Side[] = random.uniform() < 0.25 ? sides : [random.choose(sides)];
    const fills = affected.map((side) => fillOf(anatomy, side, mix(0.1, 0.145, extent)));
    const laterality = lateralityOf(affected);
    const { en, masculine } = sideWords[laterality];
    const [grade, grado] = degree(extent, [[0.5, ["slight ", "leve "]]], ["", ""]);
    const [angle, seno] =
      laterality === "bilateral"
        ? ["both costophrenic angles", "ambos senos costofrénicos"]
        : [`the ${en} costophrenic angle`, `seno costofrénico ${masculine}`];
    const of = laterality === "bilateral" ? "de" : "del";
    return {
      boxes: fills.map(({ box }) => box),
      locations: [laterality, laterality === "bilateral" ? "costophrenic angle" : `${laterality} costophrenic angle`],
      sentence: say(
        random,
        [`${grade}blunting of ${angle}`, `${grado}pinzamiento ${of} ${seno}`],
        [`${grade}obliteration of ${angle}`, `${grado}obliteración ${of} ${seno}`],
        [
          `${grade}blunting of ${angle} in relation to pleural thickening`,
          `${grado}pinzamiento ${of} ${seno} en relación con engrosamiento pleural`,
        ],
      ),
      paint: (canvas) => {
        for (const { cover, bounds } of fills) {
          // At the wall there is little air to lose: the thickened pleura itself is seen.
          canvas.scale("air", bounds, (x, y) => 1 - 0.95 * cover(x, y));
          canvas.add("tissue", bounds, (x, y) => 0.1 * cover(x, y));
        }
      },
    };
  },
};
