/** Paints the normal body: trunk, lungs, vessels, mediastinum, heart, bones, gas. */
import { Random } from "../../base/random.ts";
import { unitBox } from "../../images/boxes.ts";
import { type Anatomy, spineX } from "./anatomy.ts";
import { type Canvas, oncePerRow, solid } from "./canvas.ts";
import { lungBounds, lungDepth, type Side, sides, xAt } from "./lungs.ts";
import { airBeside, hila, mediastinalOrgans, type Organ } from "./mediastinum.ts";
import { clamp, ellipseBounds, ellipseDepth, type Point, smoothstep } from "./shapes.ts";
import { paintSkeleton } from "./skeleton.ts";
import { valueNoise } from "./value-noise.ts";
import { vesselTree } from "./vessels.ts";

/** Attenuation that a full depth of air takes away from the soft tissue. */
const airDepth = 0.6;

const wholeFilm = unitBox(0, 0, 1, 1);

export function paintBody(canvas: Canvas, anatomy: Anatomy): void {
  const noise = valueNoise(Random.named(anatomy.detailSeed, "texture"));
  paintTrunk(canvas, anatomy);
  paintSpine(canvas, anatomy);
  for (const side of sides) {
    const lung = anatomy.lungs[side];
    const bounds = lungBounds(anatomy, lung);
    const depth = lungDepth(lung, anatomy.midline);
    canvas.add("air", bounds, (x, y) => airDepth * depth(x, y));
    canvas.add("markings", bounds, (x, y) => 0.016 * noise.at(x, y, 41) + 0.018 * noise.at(x + 3, y, 19));
  }
  for (const vessel of vesselTree(anatomy)) canvas.stroke("markings", vessel, solid);
  paintSkeleton(canvas, anatomy);
  for (const organ of mediastinalOrgans(anatomy)) paintOrgan(canvas, organ);
  for (const hilum of hila(anatomy)) {
    canvas.add("markings", ellipseBounds(hilum), (x, y) => {
      const depth = Math.max(0, ellipseDepth(hilum, x, y));
      return 0.13 * depth * depth * (1 + 0.8 * noise.at(x, y, 37));
    });
  }
  paintAirways(canvas, anatomy);
}

/** Trunk, shoulders, neck and upper arms as soft tissue; black air around them. */
function paintTrunk(canvas: Canvas, anatomy: Anatomy): void {
  const { midline, trunkReach, armpitY, shoulderY, thickness, lungs } = anatomy;
  const abdomenY = lungs.right.domeY + lungs.right.domeRise;
  const rowOf = oncePerRow((y) => {
    const arms = 1 - smoothstep(armpitY - 0.12, armpitY + 0.16, y);
    const belly = 0.12 * smoothstep(abdomenY - 0.02, abdomenY + 0.12, y);
    return { edge: trunkReach + 0.24 * arms * arms, belly };
  });
  canvas.add("tissue", wholeFilm, (x, y) => {
    const reach = Math.abs(x - midline);
    const slope = clamp((reach - 0.1) / 0.42, 0, 1);
    const skin = reach < 0.1 ? -0.06 : shoulderY * (1 - (1 - slope) * (1 - slope)) - 0.06 * (1 - slope);
    const below = clamp((y - skin) / 0.17, 0, 1);
    if (below === 0) return 0;
    const { edge, belly } = rowOf(y);
    const across = clamp(reach / edge, 0, 1);
    const square = across * across;
    const depth = Math.sqrt(1 - square * square * square * square) * Math.sqrt(1 - (1 - below) * (1 - below));
    return thickness * depth * (0.86 - 0.14 * square) + belly * (1 - square);
  });
}

/** Spine with its discs, and the tissue of the mediastinum around it. */
function paintSpine(canvas: Canvas, anatomy: Anatomy): void {
  const { midline, spineReach, ribSpacing, firstRibY } = anatomy;
  const middleOf = oncePerRow((y) => spineX(anatomy, y));
  canvas.add("tissue", unitBox(midline - 0.2, 0, midline + 0.2, 1), (x, y) => {
    const mediastinum = 0.07 * (1 - smoothstep(0.03, 0.09, Math.abs(x - midline)));
    const body = 1 - smoothstep(spineReach * 0.86, spineReach, Math.abs(x - middleOf(y)));
    const inDisc = (y - firstRibY) / ribSpacing + 100;
    const place = Math.abs(inDisc - Math.floor(inDisc) - 0.5);
    return mediastinum + body * (0.09 - 0.04 * (1 - smoothstep(0.05, 0.11, place)));
  });
}

/** An organ inside the chest takes the place of air, hides most vessels, and is a little denser than its surroundings. */
function paintOrgan(canvas: Canvas, organ: Organ): void {
  const { shape, rim } = organ;
  const bounds = ellipseBounds(shape);
  canvas.scale("air", bounds, (x, y) => airBeside(organ, x, y));
  canvas.scale("markings", bounds, (x, y) => 1 - 0.6 * smoothstep(0, rim, ellipseDepth(shape, x, y)));
  canvas.add("tissue", bounds, (x, y) => 0.06 * Math.sqrt(Math.max(0, ellipseDepth(shape, x, y))));
}

/** Trachea, main bronchi and the gas in the stomach. */
function paintAirways(canvas: Canvas, anatomy: Anatomy): void {
  const { midline, carinaY, tracheaReach, stomachGas } = anatomy;
  const air = (points: readonly Point[], radius: number, strength: number) =>
    canvas.stroke("air", { points, radius, endRadius: 0.6 * radius, strength, endStrength: 0.4 * strength }, solid);
  const fork = { x: midline - 0.004, y: carinaY };
  const bronchusEnd = (side: Side) => ({ x: xAt(anatomy, side, 0.07), y: carinaY + 0.08 });
  air([{ x: midline, y: -0.02 }, { x: midline, y: carinaY / 2 }, fork, bronchusEnd("right")], tracheaReach, 0.16);
  air([{ x: fork.x + 0.012, y: fork.y + 0.004 }, bronchusEnd("left")], 0.7 * tracheaReach, 0.07);
  canvas.add("air", ellipseBounds(stomachGas), (x, y) => 0.2 * Math.sqrt(Math.max(0, ellipseDepth(stomachGas, x, y))));
}
