/** A thin tube down the gullet into the stomach. */
import { type Stroke, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { bezier, mix, pointBounds } from "../shapes.ts";
import { degree, say, sentences } from "../wording.ts";

export const nasogastricTube: FindingKind = {
  label: "NSG tube",
  labelGroup: "tube",
  absent: sentences(
    ["no nasogastric tube", "no se observa sonda nasogástrica"],
    ["no feeding tube", "sin sonda de alimentación"],
  ),
  evolves: false,
  isSeenThrough: true,
  isBedside: true,
  place({ midline, carinaY, lungs }, random, extent) {
    const { domeY } = lungs.left;
    const start = { x: midline + random.between(-0.004, 0.008), y: 0.003 };
    const chest = { x: midline + random.between(0.008, 0.018), y: carinaY + 0.1 };
    const hiatus = { x: midline + 0.035, y: domeY - 0.02 };
    const tip = { x: midline + mix(0.07, 0.2, extent), y: domeY + mix(0.06, 0.14, extent) };
    const line: Stroke = {
      points: [
        ...bezier(start, { x: start.x, y: 0.15 }, { x: chest.x, y: chest.y - 0.1 }, chest, 8),
        ...bezier(
          chest,
          { x: chest.x, y: chest.y + 0.12 },
          { x: hiatus.x - 0.012, y: hiatus.y - 0.1 },
          hiatus,
          10,
        ).slice(1),
        ...bezier(hiatus, { x: hiatus.x + 0.012, y: hiatus.y + 0.08 }, { x: tip.x - 0.04, y: tip.y }, tip, 8).slice(1),
      ],
      radius: 0.0044,
      endRadius: 0.0044,
      strength: 0.5,
      endStrength: 0.5,
    };
    const [end, extremo] = degree(
      extent,
      [[0.4, ["near the gastroesophageal junction", "cerca de la unión gastroesofágica"]]],
      ["in the gastric chamber", "en cámara gástrica"],
    );
    return {
      boxes: [pointBounds(line.points, line.radius)],
      locations: ["esophageal", "infradiaphragm"],
      sentence: say(
        random,
        [`nasogastric tube with tip ${end}`, `sonda nasogástrica con extremo ${extremo}`],
        [`nasogastric tube ending ${end}`, `sonda nasogástrica que finaliza ${extremo}`],
        [
          `nasogastric tube with the expected course and its tip ${end}`,
          `sonda nasogástrica de trayecto habitual con extremo distal ${extremo}`,
        ],
      ),
      paint: (canvas) => canvas.stroke("tissue", line, solid),
    };
  },
};
