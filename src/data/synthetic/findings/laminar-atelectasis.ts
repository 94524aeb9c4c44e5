/** Plates of collapsed lung seen on edge: thin bands, mostly level. */
import { solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, outwards, rowAt, sides, xAt } from "../lungs.ts";
import { spanishSide } from "../place-words.ts";
import { bezier, joinBounds, pointBounds } from "../shapes.ts";

const places = {
  middle: { from: 0.45, to: 0.62, location: "middle lung field", en: "middle lung field", es: "campo pulmonar medio" },
  base: { from: 0.76, to: 0.92, location: "basal", en: "lung base", es: "base pulmonar" },
} as const;

export const laminarAtelectasis: FindingKind = {
  label: "laminar atelectasis",
  labelGroup: "atelectasis",
  absent: [{ en: "No atelectasis.", es: "No se observan atelectasias." }],
  place(anatomy, random) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const name = random.uniform() < 0.7 ? "base" : "middle";
    const { from, to, location, en, es } = places[name];
    const isDouble = random.uniform() < 0.4;
    const firstY = rowAt(lung, random.between(from, to));
    const strength = random.between(0.2, 0.3);
    const bands = Array.from({ length: isDouble ? 2 : 1 }, (_, i) => {
      const y = firstY - 0.035 * i;
      const outer = chestWall(lung, y) - random.between(0.04, 0.07);
      const length = random.between(0.11, 0.15);
      const slope = outwards(side) * random.between(-0.2, 0.3);
      const at = (share: number, bend: number) => ({
        x: xAt(anatomy, side, outer - length * (1 - share)),
        y: y + slope * length * (share - 0.5) * outwards(side) + bend,
      });
      const bend = random.between(-0.006, 0.006);
      return bezier(at(0, 0), at(0.33, bend), at(0.67, bend), at(1, 0), 8);
    });
    const radius = random.between(0.0055, 0.008);
    const spanish = spanishSide[side][name === "base" ? "feminine" : "masculine"];
    return {
      boxes: [joinBounds(bands.map((band) => pointBounds(band, radius)))],
      locations: [side, location],
      sentence: isDouble
        ? {
            en: `Bands of laminar atelectasis in the ${side} ${en}.`,
            es: `Atelectasias laminares en ${es} ${spanish}.`,
          }
        : { en: `Laminar atelectasis in the ${side} ${en}.`, es: `Atelectasia laminar en ${es} ${spanish}.` },
      paint: (canvas) => {
        for (const points of bands) {
          canvas.stroke(
            "tissue",
            { points, radius, endRadius: 0.8 * radius, strength, endStrength: 0.8 * strength },
            solid,
          );
        }
      },
    };
  },
};
