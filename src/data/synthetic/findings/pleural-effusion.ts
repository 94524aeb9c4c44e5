/** Fluid in the pleural space: it gathers at the base and climbs along the chest wall. */
import type { UnitBox } from "../../../images/boxes.ts";
import type { Anatomy } from "../anatomy.ts";
import type { Field } from "../canvas.ts";
import type { FindingKind, Sentence } from "../finding.ts";
import { chestWall, diaphragm, lungBounds, lungDepth, outwards, type Side, sides } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { spanishSide } from "../place-words.ts";
import { boundsWhere, clamp, smoothstep } from "../shapes.ts";

interface Fluid {
  readonly side: Side;
  /** Where rays that could cross lung meet fluid, 0..1. */
  readonly cover: Field;
  readonly bounds: UnitBox;
}

/** Fluid up to `height` (of the film) above the costophrenic angle, measured at the chest wall. */
function fluidIn(anatomy: Anatomy, side: Side, height: number): Fluid {
  const lung = anatomy.lungs[side];
  const cover: Field = (x, y) => {
    const reach = (x - anatomy.midline) * outwards(side);
    const wall = chestWall(lung, y);
    // The meniscus: highest at the wall, sinking towards the middle.
    const inwards = clamp((wall - reach) / 0.3, 0, 1);
    const level = diaphragm(lung, lung.outerReach) - height + 0.62 * height * Math.sqrt(inwards);
    // Only above the diaphragm: the fluid in the recess behind it makes no difference to be seen.
    const floor = diaphragm(lung, reach);
    return reach > 0 ? smoothstep(level - 0.012, level + 0.012, y) * (1 - smoothstep(floor, floor + 0.008, y)) : 0;
  };
  const air = aeratedDepth(anatomy, lung);
  // Behind the heart there is too little air for fluid to make a difference.
  const visible = (x: number, y: number) => {
    const depth = lungDepth(lung, anatomy.midline, x, y);
    return cover(x, y) * depth > 0.08 && air(x, y) > 0.35 * depth;
  };
  return { side, cover, bounds: boundsWhere(lungBounds(anatomy, lung), visible) };
}

const sizes = [
  { below: 0.16, en: "Small ", es: "Pequeño derrame pleural", esPlural: "Pequeño derrame pleural bilateral." },
  { below: 0.25, en: "Moderate ", es: "Moderado derrame pleural", esPlural: "Moderado derrame pleural bilateral." },
  { below: 1, en: "Large ", es: "Gran derrame pleural", esPlural: "Gran derrame pleural bilateral." },
] as const;

function describe(affected: readonly Side[], height: number): Sentence {
  const size = sizes.find(({ below }) => height < below)!;
  const [side, other] = affected;
  if (other !== undefined) return { en: `${size.en}bilateral pleural effusion.`, es: size.esPlural };
  return { en: `${size.en}${side} pleural effusion.`, es: `${size.es} ${spanishSide[side!].masculine}.` };
}

export const pleuralEffusion: FindingKind = {
  label: "pleural effusion",
  labelGroup: "pleural effusion",
  absent: [
    { en: "No pleural effusion.", es: "No se observa derrame pleural." },
    { en: "Costophrenic angles are free.", es: "Senos costofrénicos libres." },
  ],
  place(anatomy, random) {
    const affected = random.uniform() < 0.25 ? sides : [random.choose(sides)];
    const height = random.between(0.09, 0.34);
    const fluids = affected.map((side) => fluidIn(anatomy, side, height));
    return {
      boxes: fluids.map(({ bounds }) => bounds),
      locations: [affected.length === 2 ? "bilateral" : affected[0]!, "pleural"],
      sentence: describe(affected, height),
      paint: (canvas) => {
        for (const { side, cover } of fluids) {
          const lung = lungBounds(anatomy, anatomy.lungs[side]);
          canvas.scale("air", lung, (x, y) => 1 - 0.95 * cover(x, y));
        }
      },
    };
  },
};
