/** A random body: where everything lies, before anything is painted. */
import type { Random } from "../../base/random.ts";
import type { Lung, Side } from "./lungs.ts";
import { clamp, direction, type Ellipse, ellipseBounds } from "./shapes.ts";

export type Sex = "F" | "M";

/** The body in fractions of the film. `right` and `left` are the patient's. */
export interface Anatomy {
  /** The x of the spine's middle. */
  readonly midline: number;
  /** Half the width of the trunk below the armpits. */
  readonly trunkReach: number;
  readonly armpitY: number;
  readonly shoulderY: number;
  /** Soft tissue the rays cross in the middle of the chest, relative to the average body. */
  readonly thickness: number;
  readonly lungs: Readonly<Record<Side, Lung>>;
  readonly heart: Ellipse;
  /** Aortic knob, a ball on the left of the upper mediastinum. */
  readonly aorticKnob: Ellipse;
  /** Row of the trachea's fork. */
  readonly carinaY: number;
  readonly tracheaReach: number;
  readonly spineReach: number;
  readonly spineBend: SpineBend;
  /** Vertical distance of one rib to the next. */
  readonly ribSpacing: number;
  /** Row of the first rib at the spine. */
  readonly firstRibY: number;
  readonly ribStrength: number;
  /** How much the clavicles' outer ends lie above the inner ones. */
  readonly clavicleRise: number;
  /** Distance of the shoulder blades' inner edge from the midline. */
  readonly bladeReach: number;
  /** How far the upper arms stand off the trunk. */
  readonly armSpread: number;
  /** See `Pose.turn`; 0 for a body exactly frontal. */
  readonly turn: number;
  readonly stomachGas: Ellipse;
  /** 0 (none to be seen) to 1. */
  readonly breastSize: number;
  /** Where a fold of skin shows, if any. */
  readonly foldSide: Side | undefined;
  /** Seed of everything without a name: vessels, texture. */
  readonly detailSeed: number;
}

/** A bow of the spine: by `shift` to the side in the row `middleY`, nothing from `reachY` above and below it. */
export interface SpineBend {
  readonly shift: number;
  readonly middleY: number;
  readonly reachY: number;
}

/** The x of the spine's middle in a row. */
export function spineX({ midline, spineBend: { shift, middleY, reachY } }: Anatomy, y: number): number {
  const away = clamp((y - middleY) / reachY, -1, 1);
  const left = 1 - away * away;
  return midline + shift * left * left;
}

/** A random normal adult, frontal. */
export function drawAnatomy(random: Random, sex: Sex): Anatomy {
  const midline = random.between(0.48, 0.52);
  const broad = random.between(0.93, 1.04);
  const apexY = random.between(0.115, 0.155);
  const domeY = random.between(0.68, 0.76);
  const lung = (side: Side): Lung => ({
    side,
    apexY: apexY + random.between(-0.008, 0.008),
    apexReach: random.between(0.085, 0.1),
    innerReach: side === "right" ? random.between(0.05, 0.062) : random.between(0.05, 0.06),
    outerReach: broad * random.between(0.385, 0.4),
    domeReach: broad * random.between(0.16, 0.2),
    domeY: side === "right" ? domeY : domeY + random.between(0.015, 0.045),
    domeDrop: random.between(0.095, 0.135),
    domeRise: 0,
  });
  const lungs = { right: lung("right"), left: lung("left") };
  const width = chestWidth({ lungs }) * random.between(0.41, 0.48);
  const lie = random.between(0.6, 0.8);
  const radius = width * (0.545 + 0.1 * (lie - 0.6));
  const axis = direction(1, lie);
  // The cross radius that makes the tilted ellipse `width` wide.
  const crossRadius = Math.sqrt(((width / 2) * (width / 2) - axis.x * axis.x * radius * radius) / (axis.y * axis.y));
  return {
    midline,
    trunkReach: broad * random.between(0.465, 0.5),
    armpitY: random.between(0.4, 0.5),
    shoulderY: random.between(0.08, 0.13),
    thickness: random.between(0.86, 1.16),
    lungs,
    heart: {
      centre: { x: midline + random.between(0.052, 0.068), y: lungs.left.domeY - random.between(0.1, 0.12) },
      axis,
      radius,
      crossRadius,
    },
    aorticKnob: {
      centre: { x: midline + random.between(0.03, 0.036), y: apexY + random.between(0.14, 0.17) },
      axis: direction(random.between(-0.2, 0.2), 1),
      radius: random.between(0.046, 0.06),
      crossRadius: random.between(0.042, 0.054),
    },
    carinaY: apexY + random.between(0.19, 0.22),
    tracheaReach: random.between(0.017, 0.022),
    spineBend: { shift: 0, middleY: 0.5, reachY: 0.4 },
    spineReach: random.between(0.034, 0.042),
    ribSpacing: (domeY - apexY) * random.between(0.118, 0.128),
    firstRibY: apexY + random.between(-0.01, 0.015),
    ribStrength: random.between(0.095, 0.14),
    clavicleRise: random.between(0.03, 0.085),
    bladeReach: random.between(0.33, 0.37),
    armSpread: random.between(0.1, 0.2),
    turn: 0,
    stomachGas: {
      centre: { x: midline + random.between(0.15, 0.22), y: lungs.left.domeY + random.between(0.075, 0.1) },
      axis: direction(1, random.between(-0.2, 0.2)),
      radius: random.between(0.045, 0.085),
      crossRadius: random.between(0.02, 0.04),
    },
    breastSize: sex === "F" ? random.between(0.3, 1) : 0,
    foldSide: undefined,
    detailSeed: random.integer(2 ** 32),
  };
}

/** Inner width of the chest at its widest. */
export function chestWidth({ lungs }: Pick<Anatomy, "lungs">): number {
  return lungs.right.outerReach + lungs.left.outerReach;
}

/** Width of the heart over the inner width of the chest: the cardiothoracic ratio, above 0.5 when the heart is large. */
export function cardiothoracicRatio(anatomy: Anatomy): number {
  const { x1, x2 } = ellipseBounds(anatomy.heart);
  return (x2 - x1) / chestWidth(anatomy);
}
