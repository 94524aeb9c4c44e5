/** A chain of metal staples where a piece of lung was taken out. */
import { type Stroke, softEdge, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, outwards, rowAt, sides, xAt, zoneOf } from "../lungs.ts";
import { direction, joinBounds, mix, pointBounds } from "../shapes.ts";
import { lungField, say, sentences } from "../wording.ts";

export const sutureMaterial: FindingKind = {
  label: "suture material",
  labelGroup: "surgery",
  absent: sentences(
    ["no suture material", "no se observa material de sutura"],
    ["no surgical clips", "sin clips quirúrgicos"],
  ),
  kin: ["sternotomy"],
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, random.between(0.2, 0.85));
    const start = { x: xAt(anatomy, side, random.between(0.4, 0.5) * chestWall(lung, y)), y };
    const way = direction(outwards(side), random.between(-0.8, 0.8));
    const curl = random.between(-0.25, 0.25);
    const length = mix(0.075, 0.12, extent);
    const staples = Array.from({ length: 9 }, (_, i): Stroke => {
      const along = (length * i) / 8;
      const off = curl * along * (1 - i / 8) + random.between(-0.003, 0.003);
      const centre = { x: start.x + way.x * along - way.y * off, y: start.y + way.y * along + way.x * off };
      const turn = direction(way.x + random.between(-0.7, 0.7), way.y + random.between(-0.7, 0.7));
      const half = 0.0048;
      return {
        points: [
          { x: centre.x - half * turn.x, y: centre.y - half * turn.y },
          { x: centre.x + half * turn.x, y: centre.y + half * turn.y },
        ],
        radius: 0.0027,
        endRadius: 0.0027,
        strength: 0.62,
        endStrength: 0.62,
      };
    });
    const { location, en, es } = lungField(side, zoneOf(lung, y));
    return {
      boxes: [joinBounds(staples.map(({ points, radius }) => pointBounds(points, radius + softEdge)))],
      locations: [side, location],
      sentence: say(
        random,
        [`suture material in the ${en}`, `material de sutura en ${es}`],
        [`metallic suture material in the ${en}`, `material de sutura metálico en ${es}`],
        [
          `metallic staple line in the ${en} due to previous lung surgery`,
          `línea de grapas metálicas en ${es} por cirugía pulmonar previa`,
        ],
      ),
      paint: (canvas) => {
        for (const staple of staples) canvas.stroke("tissue", staple, solid);
      },
    };
  },
};
