/** The shape of the lungs: what the chest wall, the mediastinum and the diaphragm leave to the air. */
import { type UnitBox, unitBox } from "../../images/boxes.ts";
import type { Anatomy } from "./anatomy.ts";
import { type Field, oncePerRow } from "./canvas.ts";
import { clamp, smoothstep } from "./shapes.ts";

export const sides = ["right", "left"] as const;

/** The patient's side: the right lung is on the viewer's left. */
export type Side = (typeof sides)[number];

export const zones = ["upper", "middle", "lower"] as const;

/** Third of the lung's height. */
export type Zone = (typeof zones)[number];

/** One lung. Distances from the midline are always positive, whichever side. */
export interface Lung {
  readonly side: Side;
  readonly apexY: number;
  /** Distance of the apex from the midline. */
  readonly apexReach: number;
  /** Distance of the mediastinal border from the midline. */
  readonly innerReach: number;
  /** Distance of the chest wall from the midline at the lowest place. */
  readonly outerReach: number;
  readonly domeReach: number;
  readonly domeY: number;
  /** How far the costophrenic angle lies below the dome. */
  readonly domeDrop: number;
  /** How much higher than usual the dome is. */
  readonly domeRise: number;
}

/** -1 towards the viewer's left (patient's right), +1 towards the viewer's right. */
export function outwards(side: Side): number {
  return side === "right" ? -1 : 1;
}

/** The film's x at a distance from the midline on this side. */
export function xAt({ midline }: Anatomy, side: Side, reach: number): number {
  return midline + outwards(side) * reach;
}

/** The row of the costophrenic angle. */
export function angleY(lung: Lung): number {
  return lung.domeY + lung.domeDrop;
}

/** The row of a dome that is not raised: where organs that do not move with it find their place. */
export function usualDomeY(lung: Lung): number {
  return lung.domeY + lung.domeRise;
}

/** Distance of the chest wall from the midline in a row; the apex's above the lung. */
export function chestWall(lung: Lung, y: number): number {
  const left = 1 - clamp((y - lung.apexY) / (angleY(lung) - lung.apexY), 0, 1);
  return lung.apexReach + (lung.outerReach - lung.apexReach) * Math.sqrt(1 - left * left * left);
}

/** Distance of the mediastinal border from the midline in a row (without heart and great vessels). */
export function mediastinalBorder(lung: Lung, y: number): number {
  const above = 1 - clamp((y - lung.apexY) / 0.075, 0, 1);
  // Fat fills the angle between heart and diaphragm.
  const fat = 0.04 * smoothstep(usualDomeY(lung) - 0.07, usualDomeY(lung) + 0.05, y);
  return lung.innerReach + (lung.apexReach - lung.innerReach) * above * above + fat;
}

/** The row of the diaphragm at a distance from the midline. */
export function diaphragm(lung: Lung, reach: number): number {
  const outer = (reach - lung.domeReach) / (lung.outerReach - lung.domeReach);
  const inner = (lung.domeReach - reach) / lung.domeReach;
  if (reach < lung.domeReach) return lung.domeY + 0.035 * inner * inner;
  const square = outer * outer;
  return lung.domeY + lung.domeDrop * square * (0.55 + 0.45 * square);
}

/** How much lung the rays cross at a place: 0 outside, up to 1 in the middle of the chest. */
export function lungDepth(lung: Lung, midline: number): Field {
  const rowOf = oncePerRow((y) => {
    const apex = 1 - clamp((y - lung.apexY) / 0.13, 0, 1);
    return { wall: chestWall(lung, y), border: mediastinalBorder(lung, y), height: Math.sqrt(1 - apex * apex) };
  });
  return (x, y) => {
    const reach = (x - midline) * outwards(lung.side);
    if (reach <= 0 || y <= lung.apexY) return 0;
    const { wall, border, height } = rowOf(y);
    const across = reach / wall;
    if (across >= 1) return 0;
    const floor = diaphragm(lung, reach);
    if (y >= floor + 0.1) return 0;
    const beside = smoothstep(border - 0.006, border + 0.012, reach);
    // Below the dome's edge the posterior recess still holds a little air.
    const above = 1 - smoothstep(floor - 0.005, floor + 0.006, y);
    const recess = 0.07 * clamp(1 - (y - floor) / 0.1, 0, 1);
    const square = across * across;
    // Round at the sides, and as deep as that nearly everywhere between.
    return Math.sqrt(1 - square * square) * height * beside * (above + (1 - above) * recess);
  };
}

/** A box around the lung, from above the apex to below the costophrenic angle. */
export function lungBounds(anatomy: Anatomy, lung: Lung): UnitBox {
  const edges = [xAt(anatomy, lung.side, 0.01), xAt(anatomy, lung.side, lung.outerReach + 0.01)] as const;
  return unitBox(Math.min(...edges), lung.apexY - 0.01, Math.max(...edges), angleY(lung) + 0.02);
}

/** The row that lies `share` (0 apex, 1 dome) down the lung. */
export function rowAt(lung: Lung, share: number): number {
  return lung.apexY + (lung.domeY - lung.apexY) * share;
}

export function zoneOf(lung: Lung, y: number): Zone {
  const share = (y - lung.apexY) / (lung.domeY - lung.apexY);
  return share < 0.36 ? "upper" : share < 0.68 ? "middle" : "lower";
}
