/** Fluid in the pleural space: it gathers at the base and climbs along the chest wall. */
import type { UnitBox } from "../../../images/boxes.ts";
import type { Anatomy } from "../anatomy.ts";
import { type Field, oncePerRow } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { angleY, chestWall, diaphragm, lungBounds, lungDepth, outwards, type Side, sides } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { boundsWhere, clamp, mix, smoothstep } from "../shapes.ts";
import { degree, type Laterality, lateralityOf, say, sentences, sideWords, type Wording } from "../wording.ts";

interface Fluid {
  /** Where rays that could cross lung meet fluid, 0..1, and nowhere outside `bounds`. */
  readonly cover: Field;
  readonly bounds: UnitBox;
  /** Around what can be seen of it. */
  readonly box: UnitBox;
}

/** Fluid up to `height` (of the film) above the costophrenic angle, measured at the chest wall. */
function fluidIn(anatomy: Anatomy, side: Side, height: number): Fluid {
  const lung = anatomy.lungs[side];
  const top = angleY(lung) - height;
  const bounds = { ...lungBounds(anatomy, lung), y1: top - 0.012 };
  const wallOf = oncePerRow((y) => chestWall(lung, y));
  const cover: Field = (x, y) => {
    const reach = (x - anatomy.midline) * outwards(side);
    if (reach <= 0) return 0;
    // The meniscus: highest at the wall, sinking towards the middle.
    const level = top + 0.62 * height * Math.sqrt(clamp((wallOf(y) - reach) / 0.3, 0, 1));
    // Only above the diaphragm: the fluid in the recess behind it makes no difference to be seen.
    const floor = diaphragm(lung, reach);
    return smoothstep(level - 0.012, level + 0.012, y) * (1 - smoothstep(floor, floor + 0.008, y));
  };
  const depth = lungDepth(lung, anatomy.midline);
  const air = aeratedDepth(anatomy, lung);
  // Behind the heart there is too little air for fluid to make a difference.
  const isVisible = (x: number, y: number) => cover(x, y) * depth(x, y) > 0.08 && air(x, y) > 0.35 * depth(x, y);
  return { cover, bounds, box: boundsWhere(bounds, isVisible) };
}

function wordings(height: number, laterality: Laterality): Wording[] {
  const [en, derrame, cantidad] = degree(
    height,
    [
      [0.18, ["small", "pequeño", "pequeña"]],
      [0.29, ["moderate", "moderado", "moderada"]],
    ],
    ["large", "gran", "gran"],
  );
  const side = sideWords[laterality];
  const [bases, enBases] =
    laterality === "bilateral"
      ? ["both lung bases", "ambas bases pulmonares"]
      : [`the ${side.en} lung base`, `base pulmonar ${side.feminine}`];
  return [
    [`${en} ${side.en} pleural effusion`, `${derrame} derrame pleural ${side.masculine}`],
    [`${en} amount of ${side.en} pleural fluid`, `${cantidad} cantidad de líquido pleural ${side.masculine}`],
    [
      `homogeneous opacity with meniscus in ${bases} due to ${en} pleural effusion`,
      `opacidad homogénea con menisco en ${enBases} por ${derrame} derrame pleural`,
    ],
  ];
}

export const pleuralEffusion: FindingKind = {
  label: "pleural effusion",
  labelGroup: "pleural effusion",
  absent: sentences(
    ["no pleural effusion", "no se observa derrame pleural"],
    ["no signs of pleural effusion", "sin signos de derrame pleural"],
    ["no free pleural fluid", "sin líquido pleural libre"],
  ),
  kin: ["costophrenic angle blunting"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const affected: readonly Side[] = random.uniform() < 0.25 ? sides : [random.choose(sides)];
    const height = mix(0.11, 0.4, extent);
    const fluids = affected.map((side) => fluidIn(anatomy, side, height));
    const laterality = lateralityOf(affected);
    return {
      boxes: fluids.map(({ box }) => box),
      locations: [laterality, "pleural"],
      sentence: say(random, ...wordings(height, laterality)),
      paint: (canvas) => {
        for (const { cover, bounds } of fluids) canvas.scale("air", bounds, (x, y) => 1 - 0.95 * cover(x, y));
      },
    };
  },
};
