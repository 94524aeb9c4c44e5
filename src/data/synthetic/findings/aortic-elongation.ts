/** An aorta grown long and wide: its arch and the part going down bulge to the left of the mediastinum. */
import { unitBox } from "../../../images/boxes.ts";
import type { FindingKind } from "../finding.ts";
import { direction, ellipseBounds, mix } from "../shapes.ts";
import { degree, say, sentences } from "../wording.ts";

export const aorticElongation: FindingKind = {
  label: "aortic elongation",
  labelGroup: "aortic elongation",
  absent: sentences(
    ["no aortic elongation", "no se observa elongación aórtica"],
    ["thoracic aorta of normal caliber", "aorta torácica de calibre normal"],
  ),
  evolves: false,
  isSeenThrough: true,
  isBedside: false,
  reshape(anatomy, random, extent) {
    const { aorticKnob, midline } = anatomy;
    const reach = mix(0.112, 0.145, extent);
    const crossRadius = random.between(0.058, 0.066);
    return {
      ...anatomy,
      aorticKnob: {
        centre: { x: midline + reach - crossRadius, y: aorticKnob.centre.y + 0.035 },
        axis: direction(random.between(-0.05, 0.1), 1),
        radius: mix(0.095, 0.125, extent),
        crossRadius,
      },
    };
  },
  place({ aorticKnob, midline, lungs }, random, extent) {
    const { x2, y1, y2 } = ellipseBounds(aorticKnob);
    const [grade, grado] = degree(extent, [[0.5, ["", ""]]], ["marked ", "marcada "]);
    return {
      // Its inner half lies within the shadow of the mediastinum.
      boxes: [unitBox(midline + lungs.left.innerReach - 0.01, y1, x2, y2)],
      locations: ["aortic"],
      sentence: say(
        random,
        [`${grade}aortic elongation`, `${grado}elongación aórtica`],
        [`${grade}elongation of the thoracic aorta`, `${grado}elongación de la aorta torácica`],
        [
          `${grade}elongation and dilatation of the aortic arch and descending thoracic aorta`,
          `${grado}elongación y dilatación del cayado aórtico y de la aorta torácica descendente`,
        ],
      ),
    };
  },
};
