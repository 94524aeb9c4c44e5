/** One half of the diaphragm too high. */
import type { FindingKind } from "../finding.ts";
import { lungBounds, type Side, sides } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { boundsWhere, ellipseBounds, mix } from "../shapes.ts";
import { degree, say, sentences, sideWords } from "../wording.ts";

export const hemidiaphragmElevation: FindingKind = {
  label: "hemidiaphragm elevation",
  labelGroup: "hemidiaphragm elevation",
  absent: sentences(
    ["no hemidiaphragm elevation", "no se observa elevación diafragmática"],
    ["diaphragm in normal position", "diafragma en posición normal"],
  ),
  kin: ["atelectasis", "pleural effusion"],
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  reshape(anatomy, random, extent) {
    const side = random.choose(sides);
    const lung = anatomy.lungs[side];
    const rise = mix(0.075, 0.13, extent);
    const raised = { ...lung, domeY: lung.domeY - rise, domeDrop: lung.domeDrop + rise, domeRise: rise };
    return { ...anatomy, lungs: { ...anatomy.lungs, [side]: raised } };
  },
  place(anatomy, random, extent) {
    const side: Side = anatomy.lungs.right.domeRise > anatomy.lungs.left.domeRise ? "right" : "left";
    const lung = anatomy.lungs[side];
    const { domeRise } = lung;
    const usual = { ...lung, domeY: lung.domeY + domeRise, domeDrop: lung.domeDrop - domeRise };
    const before = aeratedDepth(anatomy, usual);
    const now = aeratedDepth(anatomy, lung);
    // The heart lies over the inner part of the left dome.
    const heartEnd = ellipseBounds(anatomy.heart).x2 - 0.045;
    const isVisible = (x: number, y: number) => {
      const isBehindHeart = x > anatomy.midline && x < heartEnd;
      return !isBehindHeart && before(x, y) - now(x, y) > 0.25;
    };
    const { en, masculine } = sideWords[side];
    const [grade, grado, much, cuánto] = degree(
      extent,
      [[0.5, ["slight ", "leve ", "slightly", "levemente"]]],
      ["marked ", "marcada ", "markedly", "marcadamente"],
    );
    return {
      // What was lung and is abdomen now.
      boxes: [boundsWhere(lungBounds(anatomy, lung), isVisible)],
      locations: [side, "hemidiaphragm"],
      sentence: say(
        random,
        [`${grade}elevation of the ${en} hemidiaphragm`, `${grado}elevación del hemidiafragma ${masculine}`],
        [`${grade}${en} hemidiaphragm elevation`, `${grado}elevación de hemidiafragma ${masculine}`],
        [
          `${en} hemidiaphragm ${much} higher than the contralateral one`,
          `hemidiafragma ${masculine} ${cuánto} más alto que el contralateral`,
        ],
      ),
    };
  },
};
