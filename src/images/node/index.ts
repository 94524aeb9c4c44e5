/**
 * Image files on Node: reading films, writing 16-bit PNG. The only place that knows the decoder (sharp); what is done
 * with the pixels is in the folder above.
 */
export { decodeFilm, readFilm, readFilmHeader } from "./decode.ts";
export { encodePng16 } from "./encode.ts";
export { filmPreview } from "./preview.ts";
