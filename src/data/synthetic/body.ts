/** Paints the normal body, part by part; each part has its own file. */
import { Random } from "../../base/random.ts";
import { paintAirways } from "./airways.ts";
import type { Anatomy } from "./anatomy.ts";
import { type Canvas, solid } from "./canvas.ts";
import { lungBounds, lungDepth, sides } from "./lungs.ts";
import { airBeside, hila, mediastinalOrgans, type Organ } from "./mediastinum.ts";
import { ellipseBounds, ellipseDepth, smoothstep } from "./shapes.ts";
import { paintSkeleton } from "./skeleton.ts";
import { paintSpine } from "./spine.ts";
import { paintSkinFold, paintSoftTissue } from "./trunk.ts";
import { type ValueNoise, valueNoise } from "./value-noise.ts";
import { vesselTree } from "./vessels.ts";

/** Attenuation that a full depth of air takes away from the soft tissue. */
const airDepth = 0.6;

export function paintBody(canvas: Canvas, anatomy: Anatomy): void {
  const noise = valueNoise(Random.named(anatomy.detailSeed, "texture"));
  paintSoftTissue(canvas, anatomy);
  paintSpine(canvas, anatomy);
  paintLungs(canvas, anatomy, noise);
  paintSkeleton(canvas, anatomy);
  for (const organ of mediastinalOrgans(anatomy)) paintOrgan(canvas, organ);
  for (const hilum of hila(anatomy)) {
    canvas.add("markings", ellipseBounds(hilum), (x, y) => {
      const depth = Math.max(0, ellipseDepth(hilum, x, y));
      return 0.12 * depth * depth * (1 + 0.9 * noise.at(x, y, 37));
    });
  }
  paintAirways(canvas, anatomy);
  paintSkinFold(canvas, anatomy);
}

/** Air, the vessels in it, and the haze of those too fine to be told apart. */
function paintLungs(canvas: Canvas, anatomy: Anatomy, noise: ValueNoise): void {
  for (const side of sides) {
    const lung = anatomy.lungs[side];
    const bounds = lungBounds(anatomy, lung);
    const depth = lungDepth(lung, anatomy.midline);
    canvas.add("air", bounds, (x, y) => airDepth * depth(x, y));
    canvas.addSmooth("markings", bounds, (x, y) => {
      const fine = noise.at(x, y, 61);
      // Fine lines where the noise changes its sign, as of vessels seen end on and along.
      return 0.02 * noise.at(x + 3, y, 17) + 0.016 * fine + 0.022 * (1 - Math.min(1, 4 * Math.abs(fine)));
    });
  }
  for (const vessel of vesselTree(anatomy)) canvas.stroke("markings", vessel, solid);
}

/** An organ inside the chest takes the place of air, hides most vessels, and is a little denser than its surroundings. */
function paintOrgan(canvas: Canvas, organ: Organ): void {
  const { shape, rim, density } = organ;
  const bounds = ellipseBounds(shape);
  canvas.scale("air", bounds, (x, y) => airBeside(organ, x, y));
  canvas.scale("markings", bounds, (x, y) => 1 - 0.6 * smoothstep(0, rim, ellipseDepth(shape, x, y)));
  canvas.add("tissue", bounds, (x, y) => density * Math.sqrt(Math.max(0, ellipseDepth(shape, x, y))));
}
