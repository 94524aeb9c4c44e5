/** Solid round bodies. */
import type { Random } from "../../base/random.ts";
import type { Field } from "./canvas.ts";
import { direction, type Ellipse, ellipseDepth, type Point } from "./shapes.ts";

/** An ellipse that leans at random, its second radius a share of the first between `least` and `most`. */
export function leaningBall(random: Random, centre: Point, radius: number, least: number, most: number): Ellipse {
  return {
    centre,
    axis: direction(random.between(-1, 1), 1),
    radius,
    crossRadius: radius * random.between(least, most),
  };
}

/** As much as rays cross of a ball, softened at its edge; `strength` in the middle. */
export function ballDensity(body: Ellipse, strength: number): Field {
  return (x, y) => {
    const depth = Math.max(0, ellipseDepth(body, x, y));
    return strength * Math.sqrt(depth) * Math.min(1, 3 * depth);
  };
}
