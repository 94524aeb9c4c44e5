/**
 * Box noise, levels 0 to 5 (REFERENCE §6, Table 3): each box is scaled by 1 ± 50%·l/5 and moved by up to ±16%·l/5 of the
 * image on each axis, clipped to 0..1.
 *
 * The paper states neither distribution nor order nor when boxes are drawn again. What it leaves open is a setting
 * here, with our choice as default; a run records the whole of it.
 */
import { z } from "zod";
import { Random } from "../../base/random.ts";
import { boxArea, type UnitBox, unitBox } from "../../images/index.ts";
import type { Row, SplitName } from "../vocabulary.ts";

/** Whose boxes are noisy. The validation rows choose the checkpoint, so they go with the training rows. */
export type NoiseSide = "train" | "test" | "both";

const splitsOfSide: Readonly<Record<NoiseSide, readonly SplitName[]>> = {
  train: ["train", "validation"],
  test: ["test"],
  both: ["train", "validation", "test"],
};

export const boxNoiseSchema = z.strictObject({
  /** 0 (none) to 5; the bounds grow in proportion. */
  level: z.number().min(0).max(5),
  side: z.enum(["train", "test", "both"]),
  seed: z.number().int(),
  /** Uniform within the bounds, or normal with half the bound as standard deviation, cut off at the bound. */
  distribution: z.enum(["uniform", "normal"]).default("uniform"),
  /** The point that scaling leaves where it is: of the box, or of the image. */
  scaleAbout: z.enum(["box centre", "box corner", "image centre"]).default("box centre"),
  order: z.enum(["scale, translate", "translate, scale"]).default("scale, translate"),
  /** Counts the drawings: 0 where each box is drawn once for the whole run; the epoch, to draw again each epoch. */
  redraw: z.number().int().nonnegative().default(0),
});

export type BoxNoise = z.output<typeof boxNoiseSchema>;

/** Our choices where the paper is silent. */
export function defaultBoxNoise(level: number, side: NoiseSide, seed: number): BoxNoise {
  return boxNoiseSchema.parse({ level, side, seed });
}

const mostTranslation = 0.16;
const mostScaling = 0.5;

/** In -1..1. */
function draw(random: Random, distribution: BoxNoise["distribution"]): number {
  if (distribution === "uniform") return random.between(-1, 1);
  return Math.max(-1, Math.min(1, random.normal() / 2));
}

/** Every box of an image has its own stream: what other rows and boxes there are, and the level, change no draw. */
function streamOf(imageId: string, { x1, y1, x2, y2 }: UnitBox, { seed, redraw }: BoxNoise): Random {
  return Random.named(seed, `box noise/${redraw}/${imageId}/${x1},${y1},${x2},${y2}`);
}

function fixedPoint({ x1, y1, x2, y2 }: UnitBox, about: BoxNoise["scaleAbout"]): readonly [x: number, y: number] {
  if (about === "image centre") return [0.5, 0.5];
  return about === "box corner" ? [x1, y1] : [(x1 + x2) / 2, (y1 + y2) / 2];
}

function scaled(box: UnitBox, factor: number, about: BoxNoise["scaleAbout"]): UnitBox {
  const [x, y] = fixedPoint(box, about);
  const edge = (value: number, fixed: number) => fixed + (value - fixed) * factor;
  return unitBox(edge(box.x1, x), edge(box.y1, y), edge(box.x2, x), edge(box.y2, y));
}

function translated({ x1, y1, x2, y2 }: UnitBox, dx: number, dy: number): UnitBox {
  return unitBox(x1 + dx, y1 + dy, x2 + dx, y2 + dy);
}

function clipped({ x1, y1, x2, y2 }: UnitBox): UnitBox {
  const clip = (value: number) => Math.max(0, Math.min(1, value));
  return unitBox(clip(x1), clip(y1), clip(x2), clip(y2));
}

/**
 * One noisy box. The same box of the same image moves in the same direction on every level, and in every row.
 * @returns the box itself on level 0, or where nothing of the noisy one is left on the image
 */
export function noisyBox(box: UnitBox, imageId: string, noise: BoxNoise): UnitBox {
  if (noise.level === 0) return box;
  const random = streamOf(imageId, box, noise);
  const share = noise.level / 5;
  const [scale, right, down] = [0, 1, 2].map(() => draw(random, noise.distribution)) as [number, number, number];
  const factor = 1 + mostScaling * share * scale;
  const [dx, dy] = [mostTranslation * share * right, mostTranslation * share * down];
  const moved =
    noise.order === "scale, translate"
      ? translated(scaled(box, factor, noise.scaleAbout), dx, dy)
      : scaled(translated(box, dx, dy), factor, noise.scaleAbout);
  const onImage = clipped(moved);
  return boxArea(onImage) > 0 ? onImage : box;
}

/** The same rows with noisy boxes on the chosen side. It makes no difference whether a subset is taken before or after. */
export function noiseBoxes<R extends Row>(rows: readonly R[], noise: BoxNoise): R[] {
  const splits = splitsOfSide[noise.side];
  return rows.map((row) =>
    splits.includes(row.split) ? { ...row, boxes: row.boxes.map((box) => noisyBox(box, row.imageId, noise)) } : row,
  );
}
