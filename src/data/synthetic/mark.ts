/** The lead letter that the radiographer lays on the film to tell the sides apart. */
import type { Random } from "../../base/random.ts";
import { type Canvas, solid } from "./canvas.ts";
import { type Side, sides } from "./lungs.ts";
import { direction, type Point } from "./shapes.ts";

export interface Mark {
  readonly side: Side;
  readonly centre: Point;
  /** Height of the letter. */
  readonly size: number;
  /** Direction of its line of writing, unit length. */
  readonly line: Point;
}

/** Lines of each letter in a box from -0.5 to 0.5, as on Spanish films: D for derecha, I for izquierda. */
const letters: Readonly<Record<Side, readonly (readonly Point[])[]>> = {
  right: [
    [
      { x: -0.3, y: -0.5 },
      { x: 0, y: -0.5 },
      { x: 0.25, y: -0.32 },
      { x: 0.32, y: 0 },
      { x: 0.25, y: 0.32 },
      { x: 0, y: 0.5 },
      { x: -0.3, y: 0.5 },
      { x: -0.3, y: -0.5 },
    ],
  ],
  left: [
    [
      { x: 0, y: -0.5 },
      { x: 0, y: 0.5 },
    ],
    [
      { x: -0.18, y: -0.5 },
      { x: 0.18, y: -0.5 },
    ],
    [
      { x: -0.18, y: 0.5 },
      { x: 0.18, y: 0.5 },
    ],
  ],
};

/** In an upper corner, seldom quite straight. */
export function drawMark(random: Random): Mark {
  const side = random.choose(sides);
  const inwards = random.between(0.045, 0.09);
  return {
    side,
    centre: { x: side === "right" ? inwards : 1 - inwards, y: random.between(0.045, 0.1) },
    size: random.between(0.032, 0.045),
    line: direction(1, random.between(-0.2, 0.2)),
  };
}

export function paintMark(canvas: Canvas, { side, centre, size, line }: Mark): void {
  for (const points of letters[side]) {
    canvas.stroke(
      "tissue",
      {
        points: points.map(({ x, y }) => ({
          x: centre.x + size * (x * line.x - y * line.y),
          y: centre.y + size * (x * line.y + y * line.x),
        })),
        radius: 0.1 * size,
        endRadius: 0.1 * size,
        strength: 1.3,
        endStrength: 1.3,
      },
      solid,
    );
  }
}
