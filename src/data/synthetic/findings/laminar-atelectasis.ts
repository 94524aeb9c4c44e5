/** Plates of collapsed lung seen on edge: thin bands, mostly level. */
import { softEdge, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt } from "../lungs.ts";
import { bezier, joinBounds, mix, pointBounds } from "../shapes.ts";
import { say, sentences, sideWords } from "../wording.ts";

const places = {
  middle: { from: 0.45, to: 0.62, location: "middle lung field" },
  base: { from: 0.78, to: 0.93, location: "basal" },
} as const;

export const laminarAtelectasis: FindingKind = {
  label: "laminar atelectasis",
  labelGroup: "atelectasis",
  absent: sentences(
    ["no laminar atelectasis", "no se observan atelectasias laminares"],
    ["no bands of atelectasis at the bases", "sin bandas de atelectasia en las bases"],
  ),
  kin: ["atelectasis"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const name = random.uniform() < 0.7 ? "base" : "middle";
    const { from, to, location } = places[name];
    const isDouble = extent > 0.6;
    const firstY = rowAt(lung, random.between(from, to));
    const length = mix(0.12, 0.17, extent);
    const drawn = [0, 1].map((i) => {
      const y = firstY - 0.036 * i;
      const outer = chestWall(lung, y) - random.between(0.035, 0.06);
      const slope = random.between(-0.2, 0.3);
      const bend = random.between(-0.006, 0.006);
      const at = (share: number, off: number) => ({
        x: xAt(anatomy, side, outer - length * (1 - share)),
        y: y + slope * length * (share - 0.5) + off,
      });
      return bezier(at(0, 0), at(0.33, bend), at(0.67, bend), at(1, 0), 8);
    });
    const bands = isDouble ? drawn : drawn.slice(0, 1);
    const radius = mix(0.0065, 0.0095, extent);
    const strength = random.between(0.26, 0.34);
    const { en, masculine, feminine } = sideWords[side];
    const [place, lugar] =
      name === "base"
        ? [`the ${en} lung base`, `base pulmonar ${feminine}`]
        : [`the ${en} middle lung field`, `campo pulmonar medio ${masculine}`];
    return {
      boxes: [joinBounds(bands.map((band) => pointBounds(band, radius + softEdge)))],
      locations: [side, location],
      sentence: isDouble
        ? say(
            random,
            [`laminar atelectases in ${place}`, `atelectasias laminares en ${lugar}`],
            [`bands of laminar atelectasis in ${place}`, `bandas de atelectasia laminar en ${lugar}`],
            [
              `two linear opacities in ${place} consistent with laminar atelectases`,
              `dos opacidades lineales en ${lugar} compatibles con atelectasias laminares`,
            ],
          )
        : say(
            random,
            [`laminar atelectasis in ${place}`, `atelectasia laminar en ${lugar}`],
            [`band of laminar atelectasis in ${place}`, `banda de atelectasia laminar en ${lugar}`],
            [
              `linear opacity in ${place} consistent with laminar atelectasis`,
              `opacidad lineal en ${lugar} compatible con atelectasia laminar`,
            ],
          ),
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
