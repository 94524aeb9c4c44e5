/** A collapsed part of a lobe: a dense wedge with one sharp edge, where the fissure has been drawn along. */
import type { Anatomy } from "../anatomy.ts";
import type { Field } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, diaphragm, lungBounds, lungDepth, outwards, type Side } from "../lungs.ts";
import { boundsWhere, mix, smoothstep } from "../shapes.ts";
import { degree, lobeOf, say, sentences } from "../wording.ts";

interface Collapse {
  readonly side: Side;
  readonly zone: "upper" | "lower";
  /** 1 in the collapsed part; `reach` from the midline. */
  cover(anatomy: Anatomy, extent: number): (reach: number, y: number) => number;
}

/** Above a fissure that runs from the hilum up to the chest wall. */
const upperCover: Collapse["cover"] = (anatomy, extent) => {
  const lung = anatomy.lungs.right;
  const inner = anatomy.carinaY + mix(-0.02, 0.08, extent);
  const outer = inner - 0.07;
  return (reach, y) => {
    const along = reach / chestWall(lung, y);
    const edge = mix(inner, outer, along) + 0.06 * along * (1 - along);
    return 1 - smoothstep(edge - 0.004, edge + 0.004, y);
  };
};

/** Between the mediastinum and an edge that runs from the hilum down to the diaphragm. */
const lowerCover =
  (side: Side): Collapse["cover"] =>
  (anatomy, extent) => {
    const lung = anatomy.lungs[side];
    const top = anatomy.carinaY + 0.13;
    const bottom = lung.domeY + 0.03;
    const foot = (side === "right" ? 0.17 : 0.2) + 0.09 * extent;
    return (reach, y) => {
      const down = (y - top) / (bottom - top);
      if (down <= 0) return 0;
      const edge = mix(0.1, foot, down);
      const floor = diaphragm(lung, reach);
      return (
        (1 - smoothstep(edge - 0.004, edge + 0.004, reach)) *
        (1 - smoothstep(floor, floor + 0.008, y)) *
        smoothstep(0, 0.1, down)
      );
    };
  };

const collapses: readonly Collapse[] = [
  { side: "right", zone: "upper", cover: upperCover },
  { side: "right", zone: "lower", cover: lowerCover("right") },
  { side: "left", zone: "lower", cover: lowerCover("left") },
];

export const atelectasis: FindingKind = {
  label: "atelectasis",
  labelGroup: "atelectasis",
  absent: sentences(
    ["no lobar atelectasis", "no se observan atelectasias lobares"],
    ["no signs of volume loss", "sin signos de pérdida de volumen"],
    ["both lungs are well expanded", "ambos pulmones bien expandidos"],
  ),
  kin: ["laminar atelectasis", "hemidiaphragm elevation", "pneumothorax", "pleural effusion"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const { side, zone, cover } = random.choose(collapses);
    const lung = anatomy.lungs[side];
    const bounds = lungBounds(anatomy, lung);
    const collapsed = cover(anatomy, extent);
    const depth = lungDepth(lung, anatomy.midline);
    const share: Field = (x, y) => {
      const reach = (x - anatomy.midline) * outwards(side);
      return reach <= 0 ? 0 : collapsed(reach, y) * smoothstep(0, 0.25, depth(x, y));
    };
    const { location, en, es } = lobeOf(side, zone);
    const [amount, cantidad] = degree(extent, [[0.5, ["partial ", "parcial "]]], ["complete ", "completa "]);
    return {
      boxes: [boundsWhere(bounds, (x, y) => share(x, y) > 0.3)],
      locations: [side, location],
      sentence: say(
        random,
        [`${amount}atelectasis of the ${en}`, `atelectasia ${cantidad}del ${es}`],
        [`${amount}collapse of the ${en}`, `colapso ${extent < 0.5 ? "parcial" : "completo"} del ${es}`],
        [
          `increased density with volume loss due to ${amount}atelectasis of the ${en}`,
          `aumento de densidad con pérdida de volumen por atelectasia ${cantidad}del ${es}`,
        ],
      ),
      // Seen through the heart as well, where there is little air to lose: solid tissue stands in its place.
      paint: (canvas) => {
        canvas.scale("air", bounds, (x, y) => 1 - 0.6 * share(x, y));
        canvas.add("tissue", bounds, (x, y) => 0.12 * share(x, y));
      },
    };
  },
};
