/** A part of the stomach above the diaphragm: a round opacity behind the heart, gas above fluid. */
import type { FindingKind } from "../finding.ts";
import { type Ellipse, ellipseBounds, ellipseDepth, mix, smoothstep } from "../shapes.ts";
import { degree, say, sentences } from "../wording.ts";

export const hiatalHernia: FindingKind = {
  label: "hiatal hernia",
  labelGroup: "hiatal hernia",
  absent: sentences(
    ["no hiatal hernia", "no se observa hernia de hiato"],
    ["no signs of hiatal hernia", "sin signos de hernia de hiato"],
  ),
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const radius = mix(0.055, 0.095, extent);
    const hernia: Ellipse = {
      centre: {
        x: anatomy.midline + random.between(0.01, 0.045),
        y: anatomy.lungs.left.domeY - 0.75 * radius - random.between(0, 0.02),
      },
      axis: { x: 1, y: 0 },
      radius,
      crossRadius: radius * random.between(0.8, 0.95),
    };
    const level = hernia.centre.y + random.between(-0.01, 0.015);
    const bounds = ellipseBounds(hernia);
    const [size, tamaño] = degree(
      extent,
      [
        [0.35, ["small ", "pequeña "]],
        [0.65, ["", ""]],
      ],
      ["large ", "gran "],
    );
    return {
      boxes: [bounds],
      locations: ["retrocardiac", "mediastinum"],
      sentence: say(
        random,
        [`${size}hiatal hernia`, `${tamaño}hernia de hiato`],
        [`${size}hiatal hernia with air-fluid level`, `${tamaño}hernia de hiato con nivel hidroaéreo`],
        [
          `retrocardiac opacity with air-fluid level in relation to ${size}hiatal hernia`,
          `opacidad retrocardiaca con nivel hidroaéreo en relación con ${tamaño}hernia de hiato`,
        ],
      ),
      paint: (canvas) => {
        canvas.add("tissue", bounds, (x, y) => {
          const depth = ellipseDepth(hernia, x, y);
          if (depth <= 0) return 0;
          const wall = 0.1 * (1 - smoothstep(0, 0.25, depth));
          const gas = 1 - smoothstep(level - 0.003, level + 0.003, y);
          const inside = smoothstep(0.05, 0.35, depth);
          return wall + inside * (0.12 - 0.36 * gas);
        });
      },
    };
  },
};
