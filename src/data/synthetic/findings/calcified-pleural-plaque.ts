/** Plates of chalk in the pleura: along the chest wall seen on edge, or on top of the diaphragm. */
import { type Stroke, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, diaphragm, rowAt, sides, xAt } from "../lungs.ts";
import { joinBounds, mix, type Point, pointBounds } from "../shapes.ts";
import { degree, say, sentences, sideWords } from "../wording.ts";

const steps = 10;

export const calcifiedPleuralPlaque: FindingKind = {
  label: "calcified pleural plaques",
  labelGroup: "pleural plaques",
  absent: sentences(
    ["no calcified pleural plaques", "no se observan placas pleurales calcificadas"],
    ["no pleural calcifications", "sin calcificaciones pleurales"],
  ),
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const isOnDiaphragm = random.uniform() < 0.4;
    const length = mix(0.09, 0.19, extent);
    const radius = mix(0.009, 0.013, extent);
    const start = isOnDiaphragm ? lung.domeReach - 0.3 * length : rowAt(lung, random.between(0.35, 0.6));
    const points = Array.from({ length: steps + 1 }, (_, i): Point => {
      const along = start + (length * i) / steps;
      const uneven = random.between(-0.0025, 0.0025);
      if (isOnDiaphragm) return { x: xAt(anatomy, side, along), y: diaphragm(lung, along) - 0.004 + uneven };
      return { x: xAt(anatomy, side, chestWall(lung, along) - 1.1 * radius + uneven), y: along };
    });
    const line = (of: readonly Point[], thick: number, strength: number): Stroke => ({
      points: of,
      radius: thick,
      endRadius: 0.8 * thick,
      strength,
      endStrength: 0.85 * strength,
    });
    // Denser in places.
    const clumps = [0, 3, 6].map((from) => {
      return line(points.slice(from, from + 4), radius * random.between(0.4, 0.75), random.between(0.1, 0.2));
    });
    const pieces = [line(points, radius, random.between(0.34, 0.42)), ...clumps];
    const { en, masculine, feminine } = sideWords[side];
    const [size, tamaño] = degree(extent, [[0.6, ["", ""]]], ["large ", "gran "]);
    const [where, donde] = isOnDiaphragm
      ? [`${en} diaphragmatic pleural plaque`, `placa pleural diafragmática ${feminine}`]
      : [`pleural plaque in the ${en} hemithorax`, `placa pleural en hemitórax ${masculine}`];
    const calcified = donde.replace("placa pleural", "placa pleural calcificada");
    return {
      boxes: [joinBounds(pieces.map((piece) => pointBounds(piece.points, piece.radius)))],
      locations: isOnDiaphragm ? [side, "pleural", "diaphragm"] : [side, "pleural"],
      sentence: say(
        random,
        [`${size}calcified ${where}`, `${tamaño}${calcified}`],
        [`${size}${where} with calcification`, `${tamaño}${donde} con calcificación`],
        [
          `linear calcified density in relation to ${size}${where}`,
          `densidad cálcica lineal en relación con ${tamaño}${donde}`,
        ],
      ),
      paint: (canvas) => {
        for (const piece of pieces) canvas.stroke("tissue", piece, solid);
      },
    };
  },
};
