/** How a patient is filmed: standing with the back to the tube, or in bed. */
import type { Random } from "../../base/random.ts";
import { type Anatomy, chestWidth } from "./anatomy.ts";
import { type Lung, type Side, sides } from "./lungs.ts";
import { type Ellipse, ellipseBounds } from "./shapes.ts";

/** `PA`: standing, breathed in, the film before the chest. `AP`: in bed, the film behind the back. */
export type View = "PA" | "AP";

export interface Pose {
  readonly view: View;
  /** Where the body's middle lies beside the film's. */
  readonly shift: number;
  /** Turn about the body's long axis: what lies in front moves by this towards the viewer's right. */
  readonly turn: number;
  /** Where a fold of skin lies under the patient, if any. */
  readonly foldSide: Side | undefined;
  /** How much higher the diaphragm stands than after a deep breath. */
  readonly shallowness: number;
}

export function drawPose(random: Random, view: View): Pose {
  const isBedside = view === "AP";
  return {
    view,
    shift: random.between(-0.012, 0.012),
    turn: (isBedside ? 0.016 : 0.009) * random.between(-1, 1),
    foldSide: isBedside && random.uniform() < 0.3 ? random.choose(sides) : undefined,
    shallowness: isBedside ? random.between(0.02, 0.05) : random.between(0, 0.012),
  };
}

/** The body as it lies on the film in this pose. */
export function posed(anatomy: Anatomy, { view, shift, turn, foldSide, shallowness }: Pose): Anatomy {
  const isBedside = view === "AP";
  const midline = anatomy.midline + shift;
  const raised = (lung: Lung): Lung => ({ ...lung, domeY: lung.domeY - shallowness });
  const lungs = { right: raised(anatomy.lungs.right), left: raised(anatomy.lungs.left) };
  const moved = (ellipse: Ellipse, x: number, y: number): Ellipse => ({
    ...ellipse,
    centre: { x: ellipse.centre.x + x, y: ellipse.centre.y + y },
  });
  const heart = moved(anatomy.heart, shift + 0.7 * turn, -shallowness);
  return {
    ...anatomy,
    midline,
    turn,
    foldSide,
    lungs,
    heart: isBedside ? widened(heart, 0.49 * chestWidth(anatomy)) : heart,
    aorticKnob: moved(anatomy.aorticKnob, shift + 0.4 * turn, 0),
    stomachGas: moved(anatomy.stomachGas, shift, -shallowness),
    // Arms beside the body: the shoulder blades lie over the lungs and the clavicles high.
    bladeReach: anatomy.bladeReach - (isBedside ? 0.035 : 0),
    clavicleRise: anatomy.clavicleRise + (isBedside ? 0.02 : 0),
    armSpread: isBedside ? 0.4 * anatomy.armSpread : anatomy.armSpread,
  };
}

/** The heart nearer to the tube throws a larger shadow; never so large that it would count as enlarged. */
function widened(heart: Ellipse, limit: number): Ellipse {
  const { x1, x2 } = ellipseBounds(heart);
  const scale = Math.max(1, Math.min(1.1, limit / (x2 - x1)));
  return { ...heart, radius: heart.radius * scale, crossRadius: heart.crossRadius * scale };
}
