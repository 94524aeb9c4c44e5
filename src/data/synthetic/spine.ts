/** The backbone seen from the front: bodies, end plates, pedicles, spinous processes. */
import { unitBox } from "../../images/boxes.ts";
import { type Anatomy, spineX } from "./anatomy.ts";
import { type Canvas, oncePerRow } from "./canvas.ts";
import { smoothstep } from "./shapes.ts";

/** Paints the spine and the tissue of the mediastinum around it. */
export function paintSpine(canvas: Canvas, anatomy: Anatomy): void {
  const { midline, spineReach, ribSpacing, firstRibY, turn } = anatomy;
  const rowOf = oncePerRow((y) => {
    const place = (y - firstRibY) / ribSpacing + 100;
    // 0 in the middle of a body, ±0.5 in the middle of a disc.
    const inBody = place - Math.floor(place) - 0.5;
    const disc = smoothstep(0.37, 0.44, Math.abs(inBody));
    const plate = smoothstep(0.27, 0.33, Math.abs(inBody)) * (1 - disc);
    const waist = 1 - 0.1 * (1 - smoothstep(0, 0.35, Math.abs(inBody)));
    return { middle: spineX(anatomy, y), inBody, disc, plate, reach: spineReach * waist };
  });
  const spot = (dx: number, dy: number, width: number, height: number) => {
    return Math.max(0, 1 - (dx / width) * (dx / width) - (dy / height) * (dy / height));
  };
  canvas.add("tissue", unitBox(midline - 0.22, 0, midline + 0.22, 1), (x, y) => {
    const reach = Math.abs(x - midline);
    const mediastinum = reach < 0.1 ? 0.06 * (1 - smoothstep(0, 0.1, reach)) : 0;
    const { middle, inBody, disc, plate, reach: edge } = rowOf(y);
    // The rays pass the spinous process before the body: it moves the other way when the patient turns.
    const across = x - middle;
    const beside = Math.abs(across);
    if (beside > 1.1 * edge) return mediastinum;
    const body = 1 - smoothstep(0.86 * edge, 1.06 * edge, beside);
    const cortex = smoothstep(0.78 * edge, 0.9 * edge, beside);
    const pedicle = spot(beside - 0.6 * edge, (inBody + 0.12) * ribSpacing, 0.17 * edge, 0.013);
    const process = spot(across + 0.8 * turn, (inBody - 0.2) * ribSpacing, 0.16 * edge, 0.02);
    return (
      mediastinum +
      body * (0.095 - 0.05 * disc + 0.04 * plate + 0.03 * cortex * (1 - disc)) +
      0.07 * pedicle +
      0.055 * process
    );
  });
}
