/** A wide tube in the windpipe with an opaque thread in its wall. */
import { type Stroke, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { mix, pointBounds } from "../shapes.ts";
import { degree, say, sentences } from "../wording.ts";

export const endotrachealTube: FindingKind = {
  label: "endotracheal tube",
  labelGroup: "tube",
  absent: sentences(
    ["no endotracheal tube", "no se observa tubo endotraqueal"],
    ["patient not intubated", "paciente no intubado"],
  ),
  evolves: false,
  isSeenThrough: true,
  isBedside: true,
  place({ midline, carinaY, tracheaReach }, random, extent) {
    const tipY = carinaY - mix(0.1, 0.012, extent);
    const lean = random.between(-0.004, 0.004);
    const half = 0.62 * tracheaReach;
    const column = (offset: number, end: number) =>
      [0, 0.35, 0.7, 1].map((share) => ({
        x: midline + offset + lean * share * share,
        y: 0.003 + (end - 0.003) * share,
      }));
    const line = (offset: number, end: number, radius: number, strength: number): Stroke => ({
      points: column(offset, end),
      radius,
      endRadius: radius,
      strength,
      endStrength: strength,
    });
    const strokes = [
      line(0, tipY, 1.25 * half, 0.12),
      line(-half, tipY - 0.012, 0.0032, 0.26),
      line(half, tipY, 0.004, 0.6),
    ];
    const [where, donde] = degree(
      extent,
      [[0.65, ["above the carina", "por encima de la carina"]]],
      ["close to the carina", "próximo a la carina"],
    );
    return {
      boxes: [pointBounds(column(0, tipY), 1.3 * half + 0.002)],
      locations: ["tracheal"],
      sentence: say(
        random,
        [`endotracheal tube ${where}`, `tubo endotraqueal ${donde}`],
        [`endotracheal tube with tip ${where}`, `tubo endotraqueal con extremo ${donde}`],
        [
          `intubated patient, with the tip of the endotracheal tube ${where}`,
          `paciente intubado, con extremo del tubo endotraqueal ${donde}`,
        ],
      ),
      paint: (canvas) => {
        for (const stroke of strokes) canvas.stroke("tissue", stroke, solid);
      },
    };
  },
};
