/** Wire loops that close the breastbone after an operation. */
import { type Stroke, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { joinBounds, mix, type Point, pointBounds } from "../shapes.ts";
import { say, sentences } from "../wording.ts";

const diagonal = Math.sqrt(0.5);

/** Round a circle, a little more than once, as the ends of the wire are twisted. */
const ring: readonly Point[] = [
  { x: 0, y: 1 },
  { x: diagonal, y: diagonal },
  { x: 1, y: 0 },
  { x: diagonal, y: -diagonal },
  { x: 0, y: -1 },
  { x: -diagonal, y: -diagonal },
  { x: -1, y: 0 },
  { x: -diagonal, y: diagonal },
  { x: 0, y: 1 },
  { x: 0.5, y: 1.5 },
];

export const sternotomy: FindingKind = {
  label: "sternotomy",
  labelGroup: "surgery",
  absent: sentences(
    ["no sternotomy wires", "no se observan cerclajes esternales"],
    ["no signs of previous sternotomy", "sin signos de esternotomía previa"],
  ),
  evolves: false,
  isSeenThrough: true,
  isBedside: false,
  place({ midline, carinaY, lungs }, random, extent) {
    const count = 5 + Math.floor(2.5 * extent);
    const top = carinaY - mix(0.06, 0.08, random.uniform());
    const distance = (lungs.left.domeY - 0.05 - top) / (count - 1);
    const loops = Array.from({ length: count }, (_, i): Stroke => {
      const width = random.between(0.016, 0.023);
      const height = random.between(0.009, 0.014);
      const tilt = random.between(-0.35, 0.35);
      const centre = { x: midline + random.between(-0.008, 0.008), y: top + distance * i };
      return {
        points: ring.map(({ x, y }) => ({ x: centre.x + width * x, y: centre.y + height * y + tilt * width * x })),
        radius: 0.003,
        endRadius: 0.003,
        strength: 0.85,
        endStrength: 0.85,
      };
    });
    return {
      boxes: [joinBounds(loops.map(({ points, radius }) => pointBounds(points, radius)))],
      locations: ["mediastinum"],
      sentence: say(
        random,
        ["sternotomy wires", "cerclajes de esternotomía"],
        ["changes due to median sternotomy", "cambios por esternotomía media"],
        [
          "metallic sternotomy wires in the midline due to previous cardiac surgery",
          "cerclajes metálicos de esternotomía en línea media por cirugía cardiaca previa",
        ],
      ),
      paint: (canvas) => {
        for (const loop of loops) canvas.stroke("tissue", loop, solid);
      },
    };
  },
};
