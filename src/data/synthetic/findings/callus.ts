/** A healed rib fracture: the rib swollen and dense where it once broke. */
import { solid } from "../canvas.ts";
import type { FindingKind } from "../finding.ts";
import { sides } from "../lungs.ts";
import { direction, type Ellipse, ellipseBounds, ellipseDepth, mix } from "../shapes.ts";
import { ribStroke, strokePart } from "../skeleton.ts";
import { say, sentences, sideWords } from "../wording.ts";

export const callus: FindingKind = {
  label: "callus rib fracture",
  labelGroup: "fracture",
  absent: sentences(
    ["no rib calluses", "no se observan callos costales"],
    ["no signs of old rib fractures", "sin signos de fracturas costales antiguas"],
  ),
  kin: ["rib fracture"],
  evolves: false,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const isLateral = random.uniform() < 0.5;
    const rib = ribStroke(anatomy, side, 2 + random.integer(6));
    const [before, at, after] = strokePart(rib, isLateral ? 9 : 5, isLateral ? 11 : 7).points;
    const radius = mix(0.024, 0.036, extent);
    const swelling: Ellipse = {
      centre: at!,
      axis: direction(after!.x - before!.x, after!.y - before!.y),
      radius,
      crossRadius: 0.62 * radius,
    };
    const bounds = ellipseBounds(swelling);
    const { en, feminine } = sideWords[side];
    return {
      boxes: [bounds],
      locations: [side, isLateral ? "rib" : "posterior rib"],
      sentence: say(
        random,
        [`callus in a ${en} rib`, `callo de fractura en costilla ${feminine}`],
        [`old ${en} rib fracture`, `fractura costal ${feminine} antigua`],
        [
          `callus in the ${isLateral ? "lateral" : "posterior"} arch of a ${en} rib due to old fracture`,
          `callo en arco ${isLateral ? "lateral" : "posterior"} de costilla ${feminine} por fractura antigua`,
        ],
      ),
      paint: (canvas) => {
        canvas.add("tissue", bounds, (x, y) => 0.3 * solid(Math.max(0, ellipseDepth(swelling, x, y))));
      },
    };
  },
};
