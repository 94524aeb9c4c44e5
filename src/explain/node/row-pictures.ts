/** The pictures of an explanation: what each map is drawn with, over which film. */
import type { EncoderView, GreyImage } from "../../images/index.ts";
import { type LatentMaps, latentNotice } from "../latent/latent-map.ts";
import { type Attribution, isSigned, type MethodName } from "../methods/index.ts";
import { type ColourScale, jetColours, legendStops, positiveColours, signedColours } from "../report/colours.ts";
import {
  type ColourImage,
  colourRange,
  drawBoxes,
  overlay,
  patchSampler,
  type Sampler,
  scaled,
  stretchedSampler,
} from "../report/overlay.ts";
import type { Stream } from "../subject.ts";
import type { RowExplanation } from "./explain-row.ts";
import { type Legend, type Panel, panelsAsPng, smallStretchedFilm } from "./pictures.ts";

/** Red as the public code draws boxes. */
export const boxColour = [229, 72, 77] as const;

/** How the encoder looks at films. */
export interface Eye {
  readonly view: EncoderView;
  /** Pixels along the side of a patch. */
  readonly patchSize: number;
}

export function coloursOf(method: MethodName): ColourScale {
  return isSigned(method) ? signedColours : positiveColours;
}

function short(value: number): string {
  return value === 0 ? "0" : Number(value.toPrecision(2)).toString();
}

/** The colours of a map and the numbers at their ends. */
export function legendOf({ method, maps }: Attribution, stream: Stream): Legend {
  const signed = isSigned(method);
  const { low, high } = colourRange(maps.get(stream)!, signed);
  const unit = signed ? " nats" : "";
  return {
    stops: legendStops(coloursOf(method), signed ? -1 : 0),
    low: short(low),
    high: `${short(high)}${unit}`,
  };
}

/** A film's picture with a map of one stream and the boxes. */
export function mapOverFilm(
  small: GreyImage,
  explanation: RowExplanation,
  { method, maps }: Attribution,
  stream: Stream,
  { view, patchSize }: Eye,
): ColourImage {
  const { film, boxes } = explanation.row;
  const map = scaled(maps.get(stream)!, isSigned(method));
  const picture = overlay(small, patchSampler(map, film, view, (map.side * patchSize) / view.side), coloursOf(method));
  drawBoxes(picture, boxes, boxColour);
  return picture;
}

/** An overlay as a file of its own, with title and legend. */
export function overlayFile(
  small: GreyImage,
  explanation: RowExplanation,
  attribution: Attribution,
  stream: Stream,
  eye: Eye,
): Promise<Uint8Array> {
  return panelsAsPng([
    {
      image: mapOverFilm(small, explanation, attribution, stream, eye),
      title: `${attribution.method}, ${stream}: ${explanation.sentence.text}`,
      legend: legendOf(attribution, stream),
    },
  ]);
}

const everywhere: Sampler = () => 0;
const clear: ColourScale = () => [0, 0, 0, 0];

/** A film as it is, with its boxes. */
export function plainFilm(small: GreyImage, { row }: RowExplanation): ColourImage {
  const picture = overlay(small, everywhere, clear);
  drawBoxes(picture, row.boxes, boxColour);
  return picture;
}

/** A latent map as the public code draws it: stretched over the whole film, which it has nothing to do with. */
export function latentOverFilm(small: GreyImage, maps: LatentMaps, of: "attention" | "legrad"): ColourImage {
  return overlay(small, stretchedSampler(maps[of], maps.grid.rows, maps.grid.columns), jetColours);
}

/**
 * The paper's figure 3: the film with its boxes under the reference, then the latent map of each system under what that system wrote of
 * this very row.
 * @param systems by name: the image-only one first, where there is one
 */
export async function paperFigure(
  systems: readonly (readonly [name: string, explanation: RowExplanation])[],
  of: "attention" | "legrad",
  width: number,
): Promise<Uint8Array | undefined> {
  const [, first] = systems[0]!;
  const small = await smallStretchedFilm(first.row.film, width);
  const boxed: Panel = {
    image: plainFilm(small, first),
    title: first.row.reference ?? "(no reference)",
    note: "reference",
  };
  const legend = { stops: legendStops(jetColours, 0), low: "0", high: "1" };
  const panels = systems.flatMap(([name, { latent, sentence }]): Panel[] => {
    const drawn = latent.find(({ mode }) => mode === "reference") ?? latent[0];
    if (drawn === undefined) return [];
    const note = `${name}; ${of === "attention" ? "attention" : "LeGrad"} of the mapper: ${latentNotice}`;
    return [{ image: latentOverFilm(small, drawn.maps, of), title: sentence.text, note, legend }];
  });
  return panels.length === 0 ? undefined : panelsAsPng([boxed, ...panels]);
}
