/** Uneven opacities in aerated lung, as inflammation and fluid in the air spaces make them. */
import type { UnitBox } from "../../images/boxes.ts";
import type { Anatomy } from "./anatomy.ts";
import type { Field } from "./canvas.ts";
import type { Side } from "./lungs.ts";
import { aeratedDepth } from "./mediastinum.ts";
import { boundsWhere, type Ellipse, ellipseBounds, ellipseDepth, joinBounds, smoothstep } from "./shapes.ts";
import type { ValueNoise } from "./value-noise.ts";

/** Share of the air that is replaced: 0 outside the bounds, at most 1. */
export interface Opacity {
  readonly share: Field;
  readonly bounds: UnitBox;
}

/** An opacity over an ellipse, uneven by noise that fades towards the edge, so that nothing is left outside it. */
export function unevenOpacity(area: Ellipse, noise: ValueNoise, strength: number): Opacity {
  return {
    bounds: ellipseBounds(area),
    share: (x, y) => {
      const depth = ellipseDepth(area, x, y);
      if (depth <= 0) return 0;
      const lobules = 0.5 * noise.at(x, y, 11) + 0.25 * noise.at(x, y, 29);
      const bronchi = 1 - 0.2 * Math.max(0, noise.at(x, y, 58));
      return strength * bronchi * smoothstep(-0.05, 1.05, depth + lobules * Math.min(1, 1.5 * depth));
    },
  };
}

/** Several opacities as one: where they overlap, each takes its share of what the others leave. */
export function joinOpacities(parts: readonly Opacity[]): Opacity {
  return {
    bounds: joinBounds(parts.map(({ bounds }) => bounds)),
    share: (x, y) => {
      const left = parts.reduce((rest, { share, bounds: { x1, y1, x2, y2 } }) => {
        return x < x1 || x > x2 || y < y1 || y > y2 ? rest : rest * (1 - share(x, y));
      }, 1);
      return 1 - left;
    },
  };
}

/** The box around what is seen of an opacity: where it takes the place of at least `least` of the chest's full air. */
export function visibleBounds(anatomy: Anatomy, side: Side, { share, bounds }: Opacity, least = 0.1): UnitBox {
  const air = aeratedDepth(anatomy, anatomy.lungs[side]);
  return boundsWhere(bounds, (x, y) => share(x, y) * air(x, y) > least);
}
