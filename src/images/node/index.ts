/**
 * Image files on Node: reading films (PNG, JPEG, DICOM; files or members of archives), writing 16-bit PNG. The only place
 * that knows the decoders; what is done with the pixels is in the folder above.
 */
export { type FilePart, measureParts, readRange } from "./byte-ranges.ts";
export { contactSheet, type SheetLayout, type Tile } from "./contact-sheet.ts";
export { decodeFilm, readFilm, readFilmHeader } from "./decode.ts";
export { encodePng8, encodePng16 } from "./encode.ts";
export { filmPreview, filmTile } from "./preview.ts";
export { mostFilmBytes, readImageBytes } from "./read-source.ts";
