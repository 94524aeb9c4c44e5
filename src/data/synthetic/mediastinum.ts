/** What lies between the lungs and hides parts of them: heart, great vessels, and the lungs' roots. */
import type { Anatomy } from "./anatomy.ts";
import type { Field } from "./canvas.ts";
import { type Lung, lungDepth, outwards, sides, usualDomeY, xAt } from "./lungs.ts";
import { direction, type Ellipse, ellipseBounds, ellipseDepth, smoothstep } from "./shapes.ts";

/** An organ in the way of the lung's air. */
export interface Organ {
  readonly shape: Ellipse;
  /** Share of the air along a ray through its middle that it displaces. */
  readonly share: number;
  /** Ellipse depth at which that share is reached: small for a sharp border. */
  readonly rim: number;
  /** Attenuation it adds in its middle. */
  readonly density: number;
}

/**
 * Heart; aortic knob with the descending aorta and the artery of the left arm; pulmonary trunk; on the right the
 * ascending aorta with the superior vena cava.
 */
export function mediastinalOrgans({ midline, turn, carinaY, aorticKnob, heart, lungs }: Anatomy): readonly Organ[] {
  const upright = (x: number, y: number, radius: number, crossRadius: number, lean: number): Ellipse => ({
    centre: { x: midline + x, y },
    axis: direction(lean, 1),
    radius,
    crossRadius,
  });
  const vessel = (shape: Ellipse, share = 0.8): Organ => ({ shape, share, rim: 0.4, density: 0.045 });
  // The great vessels end in the heart's upper part, whatever the heart's size.
  const trunkY = (carinaY + heart.centre.y) / 2 - 0.01;
  const armArteryY = lungs.left.apexY + 0.1;
  return [
    { shape: heart, share: 0.95, rim: 0.2, density: 0.07 },
    vessel(aorticKnob),
    vessel(upright(0.03, (aorticKnob.centre.y + usualDomeY(lungs.left)) / 2, 0.26, 0.045, -0.03), 0.55),
    vessel(upright(0.04 + 0.3 * turn, armArteryY, 0.11, 0.036, -0.18), 0.6),
    vessel(upright(0.045 + 0.5 * turn, trunkY, 0.15, 0.05, 0.42)),
    vessel(upright(-0.03 + 0.5 * turn, trunkY - 0.02, 0.21, 0.046, -0.1)),
  ];
}

/** Share of the air behind and before an organ that is left at a place. */
export function airBeside({ shape, share, rim }: Organ, x: number, y: number): number {
  return 1 - share * smoothstep(0, rim, ellipseDepth(shape, x, y));
}

/** How much aerated lung the rays cross at a place, as `lungDepth`, less what the mediastinal organs displace. */
export function aeratedDepth(anatomy: Anatomy, lung: Lung): Field {
  const organs = mediastinalOrgans(anatomy);
  const depth = lungDepth(lung, anatomy.midline);
  const outermost = Math.max(...organs.map(({ shape }) => outermostReach(anatomy, shape)));
  return (x, y) => {
    let air = depth(x, y);
    if (Math.abs(x - anatomy.midline) > outermost) return air;
    for (const organ of organs) air *= airBeside(organ, x, y);
    return air;
  };
}

/** The largest distance from the midline that a shape reaches. */
function outermostReach({ midline }: Anatomy, shape: Ellipse): number {
  const { x1, x2 } = ellipseBounds(shape);
  return Math.max(midline - x1, x2 - midline);
}

/** The roots of the lungs, where the vessels come together. */
export function hila(anatomy: Anatomy): readonly Ellipse[] {
  return sides.map((side) => ({
    centre: { x: xAt(anatomy, side, 0.09), y: anatomy.carinaY + (side === "right" ? 0.1 : 0.075) },
    axis: direction(0.35 * outwards(side), 1),
    radius: 0.085,
    crossRadius: 0.05,
  }));
}
