/** A pulse generator under the skin of the chest, its leads running through the great veins into the heart. */
import { type Stroke, solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { outwards, type Side, xAt } from "../lungs.ts";
import {
  bezier,
  direction,
  type Ellipse,
  ellipseBounds,
  joinBounds,
  type Point,
  pointBounds,
  roundedDepth,
  smoothstep,
} from "../shapes.ts";
import { say, sentences, sideWords } from "../wording.ts";

/** Four leads out of five come from the left. */
const implantedSides: readonly Side[] = ["left", "left", "left", "left", "right"];

export const pacemaker: FindingKind = {
  label: "pacemaker",
  labelGroup: "pacemaker",
  absent: sentences(["no pacemaker", "no se observa marcapasos"], ["no cardiac devices", "sin dispositivos cardiacos"]),
  evolves: false,
  isSeenThrough: true,
  isBedside: false,
  place(anatomy, random, extent) {
    const { heart, midline, carinaY, lungs } = anatomy;
    const side = random.choose(implantedSides);
    const isDual = extent > 0.5;
    const generator: Ellipse = {
      centre: { x: xAt(anatomy, side, random.between(0.26, 0.32)), y: lungs[side].apexY + random.between(0.1, 0.15) },
      axis: direction(1, outwards(side) * random.between(-0.3, 0.3)),
      radius: random.between(0.042, 0.05),
      crossRadius: random.between(0.032, 0.038),
    };
    const exit = { x: generator.centre.x - outwards(side) * 0.6 * generator.radius, y: generator.centre.y - 0.02 };
    const vein = { x: midline - 0.04, y: carinaY - 0.04 };
    const lead = (tip: Point, sag: number): Stroke => ({
      points: [
        ...bezier(
          exit,
          { x: exit.x, y: exit.y - 0.09 },
          { x: midline + outwards(side) * 0.06, y: vein.y - 0.1 },
          vein,
          12,
        ),
        ...bezier(vein, { x: vein.x - 0.02, y: vein.y + 0.15 }, { x: tip.x - 0.11, y: tip.y + sag }, tip, 14).slice(1),
      ],
      radius: 0.0028,
      endRadius: 0.0028,
      strength: 0.8,
      endStrength: 0.8,
    });
    const ventricle = { x: heart.centre.x + 0.055 + random.between(-0.01, 0.02), y: lungs.left.domeY - 0.03 };
    const atrium = { x: midline - 0.03, y: heart.centre.y - 0.035 };
    const leads = [lead(ventricle, 0.05), ...(isDual ? [lead(atrium, 0.06)] : [])];
    const can = ellipseBounds(generator);
    const { en, masculine, feminine } = sideWords[side];
    const [kind, tipo, leadsEn, leadsEs] = isDual
      ? [
          "dual-chamber",
          "bicameral",
          "leads in the right atrium and right ventricle",
          "electrodos en aurícula y ventrículo derechos",
        ]
      : ["single-chamber", "unicameral", "lead in the right ventricle", "electrodo en ventrículo derecho"];
    return {
      boxes: [joinBounds([can, ...leads.map(({ points, radius }) => pointBounds(points, radius))])],
      locations: [side],
      sentence: say(
        random,
        [`${kind} pacemaker on the ${en} side`, `marcapasos ${tipo} ${masculine}`],
        [`${en} ${kind} pacemaker`, `marcapasos ${tipo} en región pectoral ${feminine}`],
        [
          `pacemaker generator on the ${en} side with ${leadsEn}`,
          `generador de marcapasos ${masculine} con ${leadsEs}`,
        ],
      ),
      paint: (canvas) => {
        canvas.add("tissue", can, (x, y) => {
          const depth = roundedDepth(generator, x, y);
          // Flat metal can, the connector block above it less dense.
          return 0.75 * smoothstep(0, 0.12, depth) * (y < generator.centre.y - 0.016 ? 0.5 : 1);
        });
        for (const stroke of leads) canvas.stroke("tissue", stroke, solid);
      },
    };
  },
};
