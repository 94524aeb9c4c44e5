/** Air between lung and chest wall: darker, without vessels, behind the thin line of the pleura. */
import { oncePerRow, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, lungBounds, outwards, rowAt, sides, xAt } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { boundsWhere, clamp, mix, smoothstep } from "../shapes.ts";
import { degree, say, sentences, sideWords } from "../wording.ts";

export const pneumothorax: FindingKind = {
  label: "pneumothorax",
  labelGroup: "pneumothorax",
  absent: sentences(
    ["no pneumothorax", "no se observa neumotórax"],
    ["no signs of pneumothorax", "sin signos de neumotórax"],
    ["no pneumothorax chambers are seen", "no se aprecian cámaras de neumotórax"],
  ),
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const width = mix(0.075, 0.17, extent);
    const endY = rowAt(lung, mix(0.38, 1, extent));
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
    const { en, masculine } = sideWords[side];
    const [size, tamaño] = degree(
      extent,
      [
        [0.35, ["small", "pequeño"]],
        [0.7, ["moderate", "moderado"]],
      ],
      ["large", "gran"],
    );
    const apical = degree(extent, [[0.35, " apical"]], "");
    return {
      boxes: [boundsWhere(bounds, isVisible)],
      locations: apical === "" ? [side, "pleural"] : [side, "apical", "pleural"],
      sentence: say(
        random,
        [`${size} ${en}${apical} pneumothorax`, `${tamaño} neumotórax${apical} ${masculine}`],
        [`${size} pneumothorax on the ${en} side`, `${tamaño} neumotórax en el lado ${masculine}`],
        [
          `visible pleural line without peripheral lung markings, consistent with ${size} ${en} pneumothorax`,
          `línea pleural visible sin trama pulmonar periférica, compatible con ${tamaño} neumotórax ${masculine}`,
        ],
      ),
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
