/** Air of a part of the lung replaced by fluid or pus: an opacity with uneven borders. */
import type { Random } from "../../../base/random.ts";
import type { FindingKind } from "../finding.ts";
import { chestWall, rowAt, sides, xAt, zones } from "../lungs.ts";
import { aeratedDepth } from "../mediastinum.ts";
import { lobeOf } from "../place-words.ts";
import { boundsWhere, direction, ellipseBounds, ellipseDepth, smoothstep } from "../shapes.ts";
import { valueNoise } from "../value-noise.ts";

const zoneMiddle = { upper: 0.24, middle: 0.53, lower: 0.82 } as const;

export const consolidation: FindingKind = {
  label: "consolidation",
  labelGroup: "consolidation",
  absent: [
    { en: "No consolidation.", es: "No se observan consolidaciones." },
    { en: "No airspace consolidation.", es: "No se observan consolidaciones parenquimatosas." },
  ],
  place(anatomy, random) {
    const side = random.choose(sides);
    const zone = random.choose(zones);
    const lung = anatomy.lungs[side];
    const y = rowAt(lung, zoneMiddle[zone] + random.between(-0.05, 0.05));
    const wall = chestWall(lung, y);
    const radius = random.between(0.085, 0.125);
    const area = {
      centre: { x: xAt(anatomy, side, random.between(0.6, 0.7) * wall), y },
      axis: direction(1, random.between(-0.4, 0.4)),
      radius,
      crossRadius: radius * random.between(0.65, 0.9),
    };
    const noise = valueNoise(random);
    const strength = random.between(0.65, 0.9);
    // Uneven by noise that fades towards the ellipse's edge, so that nothing is left outside it.
    const opacity = (px: number, py: number) => {
      const depth = ellipseDepth(area, px, py);
      if (depth <= 0) return 0;
      const lobules = 0.5 * noise.at(px, py, 11) + 0.25 * noise.at(px, py, 29);
      const bronchi = 1 - 0.2 * Math.max(0, noise.at(px, py, 58));
      return strength * bronchi * smoothstep(-0.05, 1.05, depth + lobules * Math.min(1, 1.5 * depth));
    };
    const bounds = ellipseBounds(area);
    const air = aeratedDepth(anatomy, lung);
    const isVisible = (px: number, py: number) => opacity(px, py) * air(px, py) > 0.1;
    const lobe = lobeOf(side, zone);
    return {
      boxes: [boundsWhere(bounds, isVisible)],
      locations: [side, lobe.location],
      sentence: wording(random, lobe.en, lobe.es),
      paint: (canvas) => canvas.scale("air", bounds, (px, py) => 1 - opacity(px, py)),
    };
  },
};

function wording(random: Random, lobe: string, lobulo: string) {
  return random.choose([
    { en: `Consolidation in the ${lobe}.`, es: `Consolidación en ${lobulo}.` },
    { en: `Airspace consolidation in the ${lobe}.`, es: `Consolidación alveolar en ${lobulo}.` },
  ]);
}
