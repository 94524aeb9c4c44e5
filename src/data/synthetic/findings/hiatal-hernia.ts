/** A part of the stomach above the diaphragm: a round opacity behind the heart, gas above fluid. */
import type { FindingKind } from "../finding.ts";
import { type Ellipse, ellipseBounds, ellipseDepth, smoothstep } from "../shapes.ts";

export const hiatalHernia: FindingKind = {
  label: "hiatal hernia",
  labelGroup: "hiatal hernia",
  absent: [{ en: "No hiatal hernia.", es: "No se observa hernia de hiato." }],
  place(anatomy, random) {
    const radius = random.between(0.05, 0.09);
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
    const isLarge = radius > 0.07;
    const bounds = ellipseBounds(hernia);
    return {
      boxes: [bounds],
      locations: ["retrocardiac", "mediastinum"],
      sentence: isLarge
        ? { en: "Large hiatal hernia with air-fluid level.", es: "Gran hernia de hiato con nivel hidroaéreo." }
        : { en: "Hiatal hernia.", es: "Hernia de hiato." },
      paint: (canvas) => {
        canvas.add("tissue", bounds, (x, y) => {
          const depth = ellipseDepth(hernia, x, y);
          if (depth <= 0) return 0;
          const wall = 0.1 * (1 - smoothstep(0, 0.25, depth));
          const gas = 1 - smoothstep(level - 0.003, level + 0.003, y);
          const inside = smoothstep(0.05, 0.35, depth);
          return wall + inside * (0.12 - 0.34 * gas);
        });
      },
    };
  },
};
