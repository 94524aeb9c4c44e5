/** Air between lung and chest wall: darker, without vessels, behind the thin line of the pleura. */

import { oncePerRow, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, lungBounds, outwards, rowAt, sides, xAt } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { spanishSide } from "../place-words.ts";
import { boundsWhere, clamp, smoothstep } from "../shapes.ts";

export const pneumothorax: FindingKind = {
  label: "pneumothorax",
  labelGroup: "pneumothorax",
  absent: [
    { en: "No pneumothorax.", es: "No se observa neumotórax." },
    { en: "No signs of pneumothorax.", es: "Sin signos de neumotórax." },
  ],
  place(anatomy, random) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const isLarge = random.uniform() < 0.5;
    const width = isLarge ? random.between(0.12, 0.17) : random.between(0.07, 0.1);
    const endY = rowAt(lung, isLarge ? random.between(0.85, 1) : random.between(0.35, 0.48));
    const startY = lung.apexY;
    // The pleural line leaves the mediastinum above the lung and meets the wall at `endY`.
    const pleura = (y: number) => {
      const left = clamp((endY - y) / (endY - startY), 0, 1);
      const apex = clamp(1 - (y - startY - 0.035) / 0.07, 0, 1);
      const line = chestWall(lung, y) - width * left * (2 - left);
      return line * (1 - apex * apex) + 0.02 * apex * apex;
    };
    const bounds = { ...lungBounds(anatomy, lung), y2: endY };
    const lineOf = oncePerRow(pleura);
    const outside = (x: number, y: number) => {
      const line = lineOf(y);
      return smoothstep(line - 0.003, line + 0.003, (x - anatomy.midline) * outwards(side));
    };
    const air = aeratedDepth(anatomy, lung);
    const isVisible = (x: number, y: number) => outside(x, y) * air(x, y) > 0.15;
    const firstY = startY + 0.045;
    const line = Array.from({ length: 25 }, (_, i) => {
      const y = firstY + ((endY - firstY) * i) / 24;
      return { x: xAt(anatomy, side, pleura(y)), y };
    });
    const spanish = spanishSide[side].masculine;
    return {
      boxes: [boundsWhere(bounds, isVisible)],
      locations: isLarge ? [side, "pleural"] : [side, "apical", "pleural"],
      sentence: isLarge
        ? { en: `Large ${side} pneumothorax.`, es: `Gran neumotórax ${spanish}.` }
        : { en: `Small ${side} apical pneumothorax.`, es: `Pequeño neumotórax apical ${spanish}.` },
      paint: (canvas) => {
        canvas.scale("air", bounds, (x, y) => 1 + 0.32 * outside(x, y));
        canvas.scale("markings", bounds, (x, y) => 1 - outside(x, y));
        canvas.stroke(
          "tissue",
          { points: line, radius: 0.0022, endRadius: 0.0022, strength: 0.12, endStrength: 0.06 },
          solid,
        );
      },
    };
  },
};
