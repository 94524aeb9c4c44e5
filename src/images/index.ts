/**
 * Images: films in memory, their reference normalisation, boxes and box geometry, masks, and the way from both to the
 * encoder's square input.
 *
 * Files are read and written in `node/`; everything here runs in a browser too. Which study a film or box belongs to
 * is `data`'s business, what the encoder makes of it is `models`'.
 */
export { boundingBox, boxNumbers } from "./bounding-box.ts";
export {
  type Box,
  boxArea,
  type ImageSize,
  intersection,
  intersectionOverUnion,
  type PixelBox,
  pixelBox,
  pixelToUnit,
  type UnitBox,
  unitBox,
  unitToPixel,
} from "./boxes.ts";
export { clipInput, filmInput, fitToView, maskInput, writeClipInput } from "./encoder-input.ts";
export type { ColourModel, Film, FilmHeader, GreyImage } from "./film.ts";
export { contentHash, type FilmPrint, filmPrint, filmRelief, looksLike } from "./fingerprint.ts";
export { type ImageSource, sourceName, type ZipMember } from "./image-source.ts";
export { normalise } from "./normalise.ts";
export {
  type EncoderView,
  type Fit,
  filmToView,
  fitNames,
  fractionOutsideView,
  viewToFilm,
  visiblePart,
} from "./view.ts";
