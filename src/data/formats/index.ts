/**
 * Formats of boxes, one file each: texts to studies and back. Finding and reading the texts, and the films whose sizes
 * pixel boxes need, is `data/node`'s business.
 */
import { authorsCsv } from "./authors-csv.ts";
import { chestxDet } from "./chestx-det.ts";
import { coco } from "./coco.ts";
import { cvat } from "./cvat.ts";
import type { Format } from "./format.ts";
import { labelStudio } from "./label-studio.ts";
import { msCxr } from "./ms-cxr.ts";
import { nihBbox } from "./nih-bbox.ts";
import { padchestGr } from "./padchest-gr.ts";
import { pascalVoc } from "./pascal-voc.ts";
import { radfact } from "./radfact.ts";
import { vindrCxr } from "./vindr-cxr.ts";
import { yolo } from "./yolo.ts";

export { comparedTogether } from "./compared-together.ts";
export {
  type Films,
  type Format,
  type FormatReader,
  isOwnFile,
  noSuchFile,
  readTexts,
  type TextFiles,
  type TextPiece,
  textOf,
  wholeTexts,
} from "./format.ts";
export { type Loss, LossCounter, lossCountsSchema, lossesOf } from "./losses.ts";

export const formatNames = [
  "padchest-gr",
  "authors-csv",
  "radfact",
  "coco",
  "vindr-cxr",
  "ms-cxr",
  "chestx-det",
  "nih-bbox",
  "label-studio",
  "cvat",
  "yolo",
  "pascal-voc",
] as const;

export type FormatName = (typeof formatNames)[number];

export const formats: Readonly<Record<FormatName, Format>> = {
  "padchest-gr": padchestGr,
  "authors-csv": authorsCsv,
  radfact,
  coco,
  "vindr-cxr": vindrCxr,
  "ms-cxr": msCxr,
  "chestx-det": chestxDet,
  "nih-bbox": nihBbox,
  "label-studio": labelStudio,
  cvat,
  yolo,
  "pascal-voc": pascalVoc,
};
