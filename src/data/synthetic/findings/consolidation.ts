/** Air of a part of the lung replaced by fluid or pus: an opacity with uneven borders. */
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt, zones } from "../lungs.ts";
import { unevenOpacity, visibleBounds } from "../opacity.ts";
import { direction, mix } from "../shapes.ts";
import { valueNoise } from "../value-noise.ts";
import { degree, lobeOf, say, sentences } from "../wording.ts";

const zoneMiddle = { upper: 0.24, middle: 0.53, lower: 0.82 } as const;

export const consolidation: FindingKind = {
  label: "consolidation",
  labelGroup: "consolidation",
  absent: sentences(
    ["no consolidation", "no se observan consolidaciones"],
    ["no airspace consolidation", "sin consolidaciones parenquimatosas"],
    ["no areas of consolidation suggestive of pneumonia", "sin áreas de consolidación sugestivas de neumonía"],
  ),
  kin: ["alveolar pattern", "atelectasis"],
  evolves: true,
  isSeenThrough: false,
  isBedside: false,
  place(anatomy, random, extent) {
    const side = random.choose(sides);
    const zone = random.choose(zones);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, zoneMiddle[zone] + random.between(-0.05, 0.05));
    const radius = mix(0.08, 0.14, extent);
    const area = {
      centre: { x: xAt(anatomy, side, random.between(0.6, 0.7) * chestWall(lung, y)), y },
      axis: direction(1, random.between(-0.4, 0.4)),
      radius,
      crossRadius: radius * random.between(0.65, 0.9),
    };
    const opacity = unevenOpacity(area, valueNoise(random), random.between(0.78, 0.95));
    const { location, en, es } = lobeOf(side, zone);
    const [size, tamaño] = degree(
      extent,
      [
        [0.3, ["small ", "pequeña "]],
        [0.7, ["", ""]],
      ],
      ["extensive ", "extensa "],
    );
    return {
      boxes: [visibleBounds(anatomy, side, opacity)],
      locations: [side, location],
      sentence: say(
        random,
        [`${size}consolidation in the ${en}`, `${tamaño}consolidación en ${es}`],
        [`${size}airspace consolidation in the ${en}`, `${tamaño}consolidación alveolar en ${es}`],
        [
          `${size}area of increased density with air bronchogram in the ${en}, consistent with consolidation`,
          `${tamaño}área de aumento de densidad con broncograma aéreo en ${es}, compatible con consolidación`,
        ],
      ),
      paint: (canvas) => canvas.scale("air", opacity.bounds, (px, py) => 1 - opacity.share(px, py)),
    };
  },
};
