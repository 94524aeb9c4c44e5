/** The bones of the chest as strokes. */
import { type Anatomy, spineX } from "./anatomy.ts";
import { type Canvas, type Stroke, tubular } from "./canvas.ts";
import { chestWall, outwards, type Side, sides, xAt } from "./lungs.ts";
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
  const wallY = spineY + 0.045 + 0.015 * rib;
  const wall = chestWall(anatomy.lungs[side], wallY) + 0.004;
  const frontY = wallY + 0.06 + 0.014 * rib;
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
  const { shoulderY, clavicleRise, ribStrength, lungs, bladeReach, turn, trunkReach, armpitY, armSpread } = anatomy;
  const at = (reach: number, y: number): Point => ({ x: xAt(anatomy, side, reach), y });
  const innerY = lungs[side].apexY + 0.06;
  const outerY = innerY - clavicleRise;
  const even = (points: readonly Point[], radius: number, strength: number): Stroke => ({
    points,
    radius,
    endRadius: 0.85 * radius,
    strength,
    endStrength: 0.8 * strength,
  });
  const joint = Math.max(outerY, shoulderY) + 0.035;
  // The clavicles lie in front and move when the patient turns: one inner end comes nearer to the midline.
  const inner = 0.032 + outwards(side) * turn;
  const clavicle = bezier(
    at(inner, innerY + 0.008),
    at(0.15, innerY + 0.012),
    at(0.22, outerY - 0.012),
    at(0.4, outerY + 0.012),
    14,
  );
  const blade = (reach: number, y: number) => at(bladeReach + reach, joint + y);
  const bladeSpine = bezier(blade(-0.04, 0.045), blade(0, 0.01), blade(0.05, -0.02), blade(0.11, -0.008), 8);
  const outerBorder = bezier(blade(0.095, 0.04), blade(0.045, 0.09), blade(0.06, 0.2), blade(0.03, 0.32), 10);
  const innerBorder = bezier(blade(-0.045, 0.05), blade(-0.05, 0.14), blade(-0.01, 0.26), blade(0.03, 0.32), 10);
  const coracoid = [blade(0.06, 0.03), blade(0.075, 0.015)];
  const head = at(trunkReach + 0.005, shoulderY + 0.105);
  const elbow = at(trunkReach + 0.06 + armSpread, shoulderY + 0.16 + 1.6 * (armpitY - 0.1));
  return [
    { ...even(clavicle, 0.019, 1.6 * ribStrength), endRadius: 0.0135, endStrength: 1.4 * ribStrength },
    even(bladeSpine, 0.009, 0.8 * ribStrength),
    even(outerBorder, 0.008, 1.1 * ribStrength),
    even(innerBorder, 0.0045, 0.45 * ribStrength),
    even(coracoid, 0.013, 0.7 * ribStrength),
    { ...even([head, { x: head.x, y: head.y + 0.012 }], 0.042, 0.9 * ribStrength), endStrength: 0.9 * ribStrength },
    even([{ x: head.x, y: head.y + 0.03 }, elbow], 0.025, 0.9 * ribStrength),
  ];
}
