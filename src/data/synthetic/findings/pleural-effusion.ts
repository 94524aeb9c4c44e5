/** Fluid in the pleural space: it gathers at the base and climbs along the chest wall. */
import type { UnitBox } from "../../../images/boxes.ts";
import type { Anatomy } from "../anatomy.ts";
import { type Field, oncePerRow } from "../canvas.ts";
import type { FindingKind, Sentence } from "../finding.ts";
import { angleY, chestWall, diaphragm, lungBounds, lungDepth, outwards, type Side, sides } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { spanishSide } from "../place-words.ts";
import { boundsWhere, clamp, smoothstep } from "../shapes.ts";

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

const sizes = [
  { below: 0.17, en: "Small", es: "Pequeño" },
  { below: 0.28, en: "Moderate", es: "Moderado" },
  { below: Number.POSITIVE_INFINITY, en: "Large", es: "Gran" },
] as const;

function describe(affected: readonly Side[], height: number): Sentence {
  const { en, es } = sizes.find(({ below }) => height < below)!;
  const [side, other] = affected;
  if (side === undefined || other !== undefined) {
    return { en: `${en} bilateral pleural effusion.`, es: `${es} derrame pleural bilateral.` };
  }
  return { en: `${en} ${side} pleural effusion.`, es: `${es} derrame pleural ${spanishSide[side].masculine}.` };
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
    const height = random.between(0.09, 0.4);
    const fluids = affected.map((side) => fluidIn(anatomy, side, height));
    return {
      boxes: fluids.map(({ box }) => box),
      locations: [affected.length === 2 ? "bilateral" : affected[0]!, "pleural"],
      sentence: describe(affected, height),
      paint: (canvas) => {
        for (const { cover, bounds } of fluids) canvas.scale("air", bounds, (x, y) => 1 - 0.95 * cover(x, y));
      },
    };
  },
};
