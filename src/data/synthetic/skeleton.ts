/** The bones of the chest as strokes. */
import { type Anatomy, spineX } from "./anatomy.ts";
import { type Canvas, type Stroke, tubular } from "./canvas.ts";
import { chestWall, type Side, sides, xAt } from "./lungs.ts";
import { bezier, mix, type Point } from "./shapes.ts";

const ribCount = 10;

/** Paints ribs, clavicles, shoulder blades and the heads of the upper arms. */
export function paintSkeleton(canvas: Canvas, anatomy: Anatomy): void {
  for (const side of sides) {
    for (let rib = 0; rib < ribCount; rib++) {
      canvas.stroke("tissue", ribStroke(anatomy, side, rib), tubular);
    }
    for (const stroke of shoulderStrokes(anatomy, side)) canvas.stroke("tissue", stroke, tubular);
  }
}

/** A stroke's points from one to another, as thick and dense as they are in the whole. */
export function strokePart(
  { points, radius, endRadius, strength, endStrength }: Stroke,
  from: number,
  to: number,
): Stroke {
  const [first, last] = [from / (points.length - 1), to / (points.length - 1)];
  return {
    points: points.slice(from, to + 1),
    radius: mix(radius, endRadius, first),
    endRadius: mix(radius, endRadius, last),
    strength: mix(strength, endStrength, first),
    endStrength: mix(strength, endStrength, last),
  };
}

/** A rib from the spine back and round to the chest wall, then down and forward, fading into cartilage. */
export function ribStroke(anatomy: Anatomy, side: Side, rib: number): Stroke {
  const { ribSpacing, firstRibY, ribStrength } = anatomy;
  const spineY = firstRibY + rib * ribSpacing;
  const wallY = spineY + 0.04 + 0.013 * rib;
  const wall = chestWall(anatomy.lungs[side], wallY) + 0.004;
  const frontY = wallY + 0.055 + 0.011 * rib;
  const frontReach = Math.min(0.12 + 0.018 * rib, wall - 0.03);
  const at = (reach: number, y: number): Point => ({ x: xAt(anatomy, side, reach), y });
  // Where the spine is bent, the rib's first piece reaches out for it.
  const root = at(0.03, spineY);
  const spine = { x: root.x + spineX(anatomy, spineY) - anatomy.midline, y: root.y };
  const back = [root, at(0.04 + 0.4 * wall, spineY - 0.045), at(0.9 * wall, spineY - 0.01), at(wall, wallY)] as const;
  const front = [
    at(wall + 0.012, wallY + 0.035),
    at(mix(wall, frontReach, 0.45), frontY + 0.012),
    at(frontReach, frontY),
  ] as const;
  const radius = 0.0105 + 0.0006 * rib;
  return {
    points: [spine, ...bezier(...back, 12), ...bezier(back[3], ...front, 10).slice(1)],
    radius,
    endRadius: 1.2 * radius,
    strength: ribStrength,
    endStrength: 0.3 * ribStrength,
  };
}

function shoulderStrokes(anatomy: Anatomy, side: Side): readonly Stroke[] {
  const { shoulderY, clavicleRise, ribStrength, lungs } = anatomy;
  const at = (reach: number, y: number): Point => ({ x: xAt(anatomy, side, reach), y });
  const innerY = lungs[side].apexY + 0.055;
  const outerY = innerY - clavicleRise;
  const even = (points: readonly Point[], radius: number, strength: number): Stroke => ({
    points,
    radius,
    endRadius: 0.85 * radius,
    strength,
    endStrength: 0.8 * strength,
  });
  const joint = Math.max(outerY, shoulderY) + 0.03;
  const clavicle = bezier(
    at(0.035, innerY),
    at(0.17, innerY + 0.01),
    at(0.2, outerY - 0.01),
    at(0.38, outerY + 0.005),
    12,
  );
  const bladeSpine = bezier(at(0.27, joint + 0.02), at(0.32, joint - 0.01), at(0.38, joint - 0.02), at(0.44, joint), 8);
  const outerBorder = bezier(
    at(0.44, joint + 0.03),
    at(0.4, joint + 0.08),
    at(0.41, joint + 0.2),
    at(0.385, joint + 0.31),
    10,
  );
  const innerBorder = bezier(
    at(0.3, joint + 0.03),
    at(0.31, joint + 0.12),
    at(0.35, joint + 0.26),
    at(0.385, joint + 0.31),
    10,
  );
  const upperArm = [at(0.49, joint + 0.05), at(0.53, joint + 0.45)];
  return [
    even(clavicle, 0.0155, 1.8 * ribStrength),
    even(bladeSpine, 0.009, 1.1 * ribStrength),
    even(outerBorder, 0.01, 1.2 * ribStrength),
    even(innerBorder, 0.005, 0.5 * ribStrength),
    { ...even(upperArm, 0.045, 0.9 * ribStrength), endRadius: 0.03 },
  ];
}
