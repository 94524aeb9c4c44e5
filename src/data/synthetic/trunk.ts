/** Soft tissue: trunk, shoulders, neck, arms, breasts, and what fills the abdomen. */
import { Random } from "../../base/random.ts";
import { unitBox } from "../../images/boxes.ts";
import type { Anatomy } from "./anatomy.ts";
import { type Canvas, type Field, oncePerRow } from "./canvas.ts";
import { angleY, outwards, sides, usualDomeY, xAt } from "./lungs.ts";
import { clamp, ellipseBounds, ellipseDepth, smoothstep } from "./shapes.ts";
import { valueNoise } from "./value-noise.ts";

const wholeFilm = unitBox(0, 0, 1, 1);

export function paintSoftTissue(canvas: Canvas, anatomy: Anatomy): void {
  paintTrunk(canvas, anatomy);
  paintBreasts(canvas, anatomy);
  paintAbdomen(canvas, anatomy);
}

/** Trunk, shoulders and neck; black air around them. */
function paintTrunk(canvas: Canvas, anatomy: Anatomy): void {
  const { midline, trunkReach, armpitY, shoulderY, thickness, lungs } = anatomy;
  const abdomenY = usualDomeY(lungs.right);
  const rowOf = oncePerRow((y) => {
    const arms = 1 - smoothstep(armpitY - 0.14, armpitY + 0.06, y);
    const belly = 0.12 * smoothstep(abdomenY - 0.02, abdomenY + 0.12, y);
    // The flank is drawn in below the ribs.
    const waist = 0.02 * smoothstep(abdomenY, 1, y);
    return { edge: trunkReach - waist + 0.16 * arms * arms, belly };
  });
  const armDepth = upperArm(anatomy);
  canvas.addSmooth("tissue", wholeFilm, (x, y) => {
    const reach = Math.abs(x - midline);
    const slope = clamp((reach - 0.09) / 0.42, 0, 1);
    const skin = reach < 0.09 ? -0.08 : shoulderY * (1 - (1 - slope) * (1 - slope)) - 0.08 * (1 - slope);
    const below = clamp((y - skin) / 0.2, 0, 1);
    if (below === 0) return 0;
    const arm = reach < 0.3 ? 0 : 0.62 * thickness * armDepth(reach, y);
    const { edge, belly } = rowOf(y);
    const across = clamp(reach / edge, 0, 1);
    const square = across * across;
    const depth = Math.sqrt(1 - square * square * square) * Math.sqrt(1 - (1 - below) * (1 - below));
    return Math.max(arm, thickness * depth * (0.87 - 0.13 * square) + belly * (1 - square));
  });
}

/** How much of an upper arm the rays cross, 0..1, at a distance from the midline. The arms leave the film. */
function upperArm({ armSpread, armpitY, shoulderY, trunkReach }: Anatomy): Field {
  const shoulder = { x: trunkReach - 0.02, y: shoulderY + 0.15 };
  const run = 0.08 + armSpread;
  const drop = 1.6 * (armpitY - 0.1);
  const radius = 0.082;
  return (reach, y) => {
    const along = clamp(((reach - shoulder.x) * run + (y - shoulder.y) * drop) / (run * run + drop * drop), 0, 1.6);
    const dx = reach - shoulder.x - along * run;
    const dy = y - shoulder.y - along * drop;
    const square = (dx * dx + dy * dy) / (radius * radius);
    return square < 1 ? Math.sqrt(1 - square * square) : 0;
  };
}

/** Breasts over the lower lungs: thin above, with a clear lower border. */
function paintBreasts(canvas: Canvas, anatomy: Anatomy): void {
  const { breastSize, lungs } = anatomy;
  if (breastSize === 0) return;
  for (const side of sides) {
    const shape = {
      centre: { x: xAt(anatomy, side, 0.255), y: usualDomeY(lungs[side]) - 0.09 + 0.06 * breastSize },
      axis: { x: 1, y: 0 },
      radius: 0.13 + 0.035 * breastSize,
      crossRadius: 0.13 + 0.05 * breastSize,
    };
    const { y1, y2 } = ellipseBounds(shape);
    canvas.addSmooth("tissue", ellipseBounds(shape), (x, y) => {
      const depth = Math.max(0, ellipseDepth(shape, x, y));
      const hanging = (y - y1) / (y2 - y1);
      return 0.18 * breastSize * Math.sqrt(depth) * hanging;
    });
  }
}

/** Bowels: uneven below the diaphragm, with a few bubbles of gas. */
function paintAbdomen(canvas: Canvas, anatomy: Anatomy): void {
  const noise = valueNoise(Random.named(anatomy.detailSeed, "abdomen"));
  const { midline, lungs } = anatomy;
  const top = usualDomeY(lungs.left);
  canvas.addSmooth("tissue", unitBox(0, top, 1, 1), (x, y) => {
    const below = smoothstep(top + 0.04, angleY(lungs.left) + 0.05, y);
    const colon = smoothstep(midline - 0.05, midline + 0.1, x) * (1 - smoothstep(midline + 0.24, midline + 0.34, x));
    const bubbles = Math.max(0, noise.at(x, y, 15) - 0.45) * colon;
    return below * (0.04 * noise.at(x + 1, y, 8) * (1 - smoothstep(0.3, 0.4, Math.abs(x - midline))) - 0.35 * bubbles);
  });
}

/** A fold of skin between patient and film, in bed: a soft edge that runs down beside the chest wall. */
export function paintSkinFold(canvas: Canvas, anatomy: Anatomy): void {
  const { foldSide } = anatomy;
  if (foldSide === undefined) return;
  const start = xAt(anatomy, foldSide, 0.3);
  canvas.add("tissue", unitBox(0, 0.38, 1, 0.74), (x, y) => {
    const edge = start + outwards(foldSide) * (0.09 * (y - 0.38) + 0.12 * (y - 0.38) * (y - 0.38));
    const beyond = (x - edge) * outwards(foldSide);
    if (beyond < 0 || beyond > 0.05) return 0;
    const ends = smoothstep(0.38, 0.46, y) * (1 - smoothstep(0.62, 0.74, y));
    return 0.05 * ends * (1 - beyond / 0.05) * smoothstep(0, 0.004, beyond);
  });
}
