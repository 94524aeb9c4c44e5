/** The branching vessels of the lungs. */
import { Random } from "../../base/random.ts";
import type { Anatomy } from "./anatomy.ts";
import type { Stroke } from "./canvas.ts";
import { outwards, type Side, sides, usualDomeY, xAt } from "./lungs.ts";
import { bezier, direction, type Point } from "./shapes.ts";

const trunksPerLung = 12;

/** Strokes for the vessels of both lungs, thick at the hila, thin towards the pleura. The same for the same anatomy. */
export function vesselTree(anatomy: Anatomy): Stroke[] {
  const random = Random.named(anatomy.detailSeed, "vessels");
  const strokes: Stroke[] = [];
  for (const side of sides) {
    const { apexY } = anatomy.lungs[side];
    strokes.push(lowerLobeArtery(anatomy, side));
    const hilumY = apexY + (usualDomeY(anatomy.lungs[side]) - apexY) * (side === "right" ? 0.5 : 0.46);
    for (let trunk = 0; trunk < trunksPerLung; trunk++) {
      // From steeply upwards to steeply downwards, the lower lobes with the thicker vessels.
      const turn = (trunk + random.between(0.2, 0.8)) / trunksPerLung;
      const heading = direction(outwards(side) * (0.25 + 3.4 * turn * (1 - turn)), 2.2 * (turn - 0.42));
      const start = {
        x: xAt(anatomy, side, random.between(0.045, 0.075)),
        y: hilumY + (turn - 0.5) * 0.14,
      };
      const radius = random.between(0.005, 0.0095) * (0.7 + 0.6 * turn);
      grow(strokes, random, start, heading, random.between(0.1, 0.15), radius, 3);
    }
  }
  return strokes;
}

/** The thick vessel that goes down from the hilum beside the heart. */
function lowerLobeArtery(anatomy: Anatomy, side: Side): Stroke {
  const at = (reach: number, y: number) => ({ x: xAt(anatomy, side, reach), y: anatomy.carinaY + y });
  const points =
    side === "right"
      ? bezier(at(0.06, 0.075), at(0.105, 0.07), at(0.115, 0.14), at(0.135, 0.24), 8)
      : bezier(at(0.07, 0.035), at(0.12, 0.045), at(0.125, 0.12), at(0.15, 0.21), 8);
  return { points, radius: 0.017, endRadius: 0.006, strength: 0.12, endStrength: 0.05 };
}

function grow(
  strokes: Stroke[],
  random: Random,
  start: Point,
  heading: Point,
  length: number,
  radius: number,
  generations: number,
): void {
  const points = [start];
  let way = heading;
  for (let step = 0; step < 4; step++) {
    way = direction(way.x + random.between(-0.3, 0.3), way.y + random.between(-0.3, 0.3));
    const last = points.at(-1)!;
    points.push({ x: last.x + (way.x * length) / 4, y: last.y + (way.y * length) / 4 });
  }
  const strength = 10.5 * radius;
  strokes.push({ points, radius, endRadius: 0.6 * radius, strength, endStrength: 0.6 * strength });
  if (generations === 0) return;
  for (const bend of [-1, 1]) {
    const swing = bend * random.between(0.3, 0.9);
    const turned = direction(way.x - swing * way.y, way.y + swing * way.x);
    const from = points[bend < 0 ? 3 : 4]!;
    grow(strokes, random, from, turned, length * random.between(0.6, 0.85), 0.6 * radius, generations - 1);
  }
}
