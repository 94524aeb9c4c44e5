/** The encoder's view: which part of a film the square input shows, and at which scale. */
import { boxArea, type ImageSize, intersection, type UnitBox, unitBox } from "./boxes.ts";
import { roundHalfToEven } from "./rounding.ts";

/** `crop`: shorter side to S, centre crop (the reference). `pad`: longer side to S, black borders. `stretch`: S×S. */
export const fitNames = ["crop", "pad", "stretch"] as const;

export type Fit = (typeof fitNames)[number];

/** How films are brought to the encoder's square input. */
export interface EncoderView {
  readonly fit: Fit;
  /** S, the side of the square in pixels (224 for ViT-B/32). */
  readonly side: number;
}

/** A film scaled for the encoder: the view is the S×S square whose corner is at (left, top) of the scaled film. */
export interface Placement {
  readonly scaled: ImageSize;
  /** Columns of the scaled film left of the view; negative where the view has a border instead. */
  readonly left: number;
  /** Rows above the view, likewise. */
  readonly top: number;
}

function scaledSize({ width, height }: ImageSize, { fit, side }: EncoderView): ImageSize {
  if (fit === "stretch") return { width: side, height: side };
  const reference = fit === "crop" ? Math.min(width, height) : Math.max(width, height);
  const scaled = (length: number) => Math.max(1, Math.trunc((side * length) / reference));
  return { width: scaled(width), height: scaled(height) };
}

/** Where the view lies on the scaled film (REFERENCE 2.3): centred, half a pixel to the even side. */
export function placeView(film: ImageSize, view: EncoderView): Placement {
  const scaled = scaledSize(film, view);
  return {
    scaled,
    left: roundHalfToEven((scaled.width - view.side) / 2),
    top: roundHalfToEven((scaled.height - view.side) / 2),
  };
}

/** The whole view in fractions of the film: below 0 and above 1 where it has a border instead of film. */
export function viewOnFilm(film: ImageSize, view: EncoderView): UnitBox {
  const { scaled, left, top } = placeView(film, view);
  return unitBox(
    left / scaled.width,
    top / scaled.height,
    (left + view.side) / scaled.width,
    (top + view.side) / scaled.height,
  );
}

/** The part of the film inside the view, in fractions of the film. */
export function visiblePart(film: ImageSize, view: EncoderView): UnitBox {
  return intersection(viewOnFilm(film, view), unitBox(0, 0, 1, 1));
}

/** A box in fractions of the film as one in fractions of the view: below 0 and above 1 where the view cuts it off. */
export function filmToView(box: UnitBox, film: ImageSize, view: EncoderView): UnitBox {
  const { x1, y1, x2, y2 } = viewOnFilm(film, view);
  const across = (x: number) => (x - x1) / (x2 - x1);
  const down = (y: number) => (y - y1) / (y2 - y1);
  return unitBox(across(box.x1), down(box.y1), across(box.x2), down(box.y2));
}

/** The way back from `filmToView`. */
export function viewToFilm(box: UnitBox, film: ImageSize, view: EncoderView): UnitBox {
  const { x1, y1, x2, y2 } = viewOnFilm(film, view);
  const across = (x: number) => x1 + x * (x2 - x1);
  const down = (y: number) => y1 + y * (y2 - y1);
  return unitBox(across(box.x1), down(box.y1), across(box.x2), down(box.y2));
}

/**
 * The share of a box's area on the film that the view cuts off (REFERENCE 9.8).
 * @returns 0 (all visible) to 1 (none); 0 for a box without area on the film
 */
export function fractionOutsideView(box: UnitBox, film: ImageSize, view: EncoderView): number {
  const onFilm = intersection(box, unitBox(0, 0, 1, 1));
  const area = boxArea(onFilm);
  return area === 0 ? 0 : 1 - boxArea(intersection(onFilm, visiblePart(film, view))) / area;
}
