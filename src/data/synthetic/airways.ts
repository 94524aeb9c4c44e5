/** Gas outside the lungs' tissue: windpipe, main bronchi, stomach. */
import type { Anatomy } from "./anatomy.ts";
import { type Canvas, type StrokeProfile, solid } from "./canvas.ts";
import { type Side, xAt } from "./lungs.ts";
import { ellipseBounds, ellipseDepth, type Point, smoothstep } from "./shapes.ts";

/** A tube of gas with clear walls. */
const hollow: StrokeProfile = (depth) => Math.min(1, 1.15 * Math.sqrt(depth));

export function paintAirways(canvas: Canvas, anatomy: Anatomy): void {
  const { midline, carinaY, tracheaReach, turn } = anatomy;
  const fork = { x: midline - 0.005 + 0.3 * turn, y: carinaY };
  const bronchusEnd = (side: Side) => ({ x: xAt(anatomy, side, side === "right" ? 0.065 : 0.08), y: carinaY + 0.07 });
  const tube = (points: readonly Point[], radius: number, strength: number, endStrength: number) =>
    canvas.stroke("air", { points, radius, endRadius: radius, strength, endStrength }, hollow);
  tube(
    [{ x: midline + 0.5 * turn, y: -0.03 }, { x: midline + 0.4 * turn, y: carinaY / 2 }, fork],
    tracheaReach,
    0.15,
    0.11,
  );
  const branches = [
    { points: [fork, bronchusEnd("right")], radius: 0.72 * tracheaReach },
    { points: [fork, bronchusEnd("left")], radius: 0.62 * tracheaReach },
  ];
  for (const { points, radius } of branches) {
    canvas.stroke("air", { points, radius, endRadius: 0.8 * radius, strength: 0.06, endStrength: 0.04 }, solid);
  }
  paintStomachGas(canvas, anatomy);
}

/** The stomach's bubble, flat below where it meets fluid when the patient stands. */
function paintStomachGas(canvas: Canvas, { stomachGas }: Anatomy): void {
  const level = stomachGas.centre.y + 0.45 * stomachGas.crossRadius;
  canvas.add("air", ellipseBounds(stomachGas), (x, y) => {
    const depth = Math.max(0, ellipseDepth(stomachGas, x, y));
    return 0.24 * Math.sqrt(depth) * (1 - 0.85 * smoothstep(level - 0.004, level + 0.004, y));
  });
}
