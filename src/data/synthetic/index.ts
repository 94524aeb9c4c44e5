/**
 * Synthetic radiographs: random bodies, findings drawn into them, reports with boxes, in PadChest-GR's own layout.
 *
 * From the outside inwards: a set (`compose.ts`) has patients and studies; a study has findings (`findings/`, one file
 * each) placed in an anatomy; body and findings are painted on a canvas, which the film's physics turns into grey
 * levels. Only `findings/` knows a finding by name. Files are written in `node/`; reading the layout back is the
 * importer's business, in the folder above.
 */
export { composeSet } from "./compose.ts";
export { renderFilm } from "./film.ts";
export type { SyntheticStudy } from "./study.ts";
