/** A thin line through a great vein, its tip in front of the heart. */
import { type Stroke, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { sides, xAt } from "../lungs.ts";
import { bezier, mix, pointBounds } from "../shapes.ts";
import { degree, say, sentences, sideWords } from "../wording.ts";

export const centralVenousCatheter: FindingKind = {
  label: "central venous catheter",
  labelGroup: "catheter",
  absent: sentences(
    ["no central venous catheter", "no se observa catéter venoso central"],
    ["no central lines", "sin vías centrales"],
  ),
  evolves: false,
  isSeenThrough: true,
  isBedside: true,
  place(anatomy, random, extent) {
    const { midline, carinaY, lungs } = anatomy;
    const side = random.choose(sides);
    const isJugular = random.uniform() < 0.5;
    const at = (reach: number, y: number) => ({ x: xAt(anatomy, side, reach), y });
    const apexY = lungs[side].apexY;
    const vein = { x: midline - 0.045, y: carinaY - 0.04 };
    const tip = { x: midline - mix(0.058, 0.064, extent), y: carinaY + mix(0.02, 0.19, extent) };
    const entry = isJugular
      ? bezier(at(0.085, 0.004), at(0.085, 0.06), at(0.06, apexY + 0.05), vein, 14)
      : bezier(at(0.3, apexY + 0.06), at(0.2, apexY + 0.01), at(0.09, apexY + 0.035), vein, 14);
    const line: Stroke = {
      points: [
        ...entry,
        ...bezier(vein, { x: vein.x - 0.01, y: vein.y + 0.03 }, { x: tip.x, y: tip.y - 0.04 }, tip, 8).slice(1),
      ],
      radius: 0.0042,
      endRadius: 0.0042,
      strength: 0.5,
      endStrength: 0.5,
    };
    const { en, masculine, feminine } = sideWords[side];
    const [vessel, vena] = isJugular ? ["jugular", "yugular"] : ["subclavian", "subclavia"];
    const [end, punta] = degree(
      extent,
      [[0.5, ["superior vena cava", "vena cava superior"]]],
      ["right atrium", "aurícula derecha"],
    );
    return {
      boxes: [pointBounds(line.points, line.radius)],
      locations: [side, isJugular ? "cervical" : "subclavian vein", extent < 0.5 ? "superior cave vein" : "cardiac"],
      sentence: say(
        random,
        [`${en} ${vessel} central venous catheter`, `catéter venoso central por vena ${vena} ${feminine}`],
        [
          `${en} central venous catheter with tip in the ${end}`,
          `catéter venoso central ${masculine} con extremo en ${punta}`,
        ],
        [
          `central venous catheter via the ${en} ${vessel} vein with its tip in the ${end}`,
          `catéter venoso central por vía ${vena} ${feminine} con extremo distal en ${punta}`,
        ],
      ),
      paint: (canvas) => canvas.stroke("tissue", line, solid),
    };
  },
};
