/** Which format files are of, by what stands at their beginning. */
import type { FormatName } from "./index.ts";

/** A file as far as a first look goes. */
export interface Glance {
  /** Path below the folder that is looked at. */
  readonly path: string;
  /** The first characters, some thousands of them. */
  readonly beginning: string;
}

/** Characters of a beginning: the first record of any format, and the first images of a COCO file. */
export const glanceLength = 65_536;

const isJson = ({ path }: Glance) => /\.json$/i.test(path);
const isXml = ({ path }: Glance) => /\.xml$/i.test(path);

function isList({ beginning }: Glance): boolean {
  return /^\uFEFF?\s*\[/.test(beginning);
}

/** Whether all these keys occur; at which depth does not matter to a first look. */
function hasKeys({ beginning }: Glance, ...keys: readonly string[]): boolean {
  return keys.every((key) => new RegExp(`"${key}"\\s*:`).test(beginning));
}

function hasColumns({ path, beginning }: Glance, ...columns: readonly string[]): boolean {
  if (!/\.csv$/i.test(path)) return false;
  const header = beginning.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0]!;
  const names = new Set(header.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1")));
  return columns.every((column) => names.has(column));
}

/** A class and a box, with or without confidence, or a class and the corners of an outline. */
const yoloLine = /^\d+(\s+-?\d*\.?\d+(e[-+]?\d+)?){4,}\s*$/i;

/** What each format looks like. */
const looks: Readonly<Record<FormatName, (file: Glance) => boolean>> = {
  "padchest-gr": (file) => isJson(file) && isList(file) && hasKeys(file, "StudyID", "ImageID"),
  "authors-csv": (file) => hasColumns(file, "StudyID", "ImageID", "report_en", "boxes", "split"),
  radfact: (file) => isJson(file) && isList(file) && hasKeys(file, "example_id", "target"),
  coco: (file) =>
    isJson(file) &&
    !isList(file) &&
    hasKeys(file, "images") &&
    (hasKeys(file, "file_name") || hasKeys(file, "annotations")),
  "vindr-cxr": (file) => hasColumns(file, "image_id", "class_name", "x_min", "y_min", "x_max", "y_max"),
  "ms-cxr": (file) => hasColumns(file, "dicom_id", "category_name", "label_text", "x", "y", "w", "h"),
  "chestx-det": (file) => isJson(file) && isList(file) && hasKeys(file, "file_name", "syms", "boxes"),
  "nih-bbox": (file) => hasColumns(file, "Image Index", "Finding Label", "Bbox [x"),
  "label-studio": (file) =>
    isJson(file) && isList(file) && (hasKeys(file, "data", "image") || hasKeys(file, "image", "annotation_id")),
  cvat: (file) => isXml(file) && /<annotations[\s>]/.test(file.beginning),
  yolo: (file) => {
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const lines = file.beginning.split(/\r?\n/).filter((line) => line.trim() !== "");
    return (
      /\.txt$/i.test(name) && name !== "classes.txt" && lines.length > 0 && lines.every((line) => yoloLine.test(line))
    );
  },
  "pascal-voc": (file) => isXml(file) && /<annotation[\s>]/.test(file.beginning),
};

/** A format and the first file that looks like it. */
export interface Candidate {
  readonly format: FormatName;
  readonly path: string;
}

/** The formats that some of the files look like, in the order of the table. */
export function detectFormats(files: readonly Glance[]): Candidate[] {
  return (Object.keys(looks) as FormatName[]).flatMap((format) => {
    const first = files.find((file) => looks[format](file));
    return first === undefined ? [] : [{ format, path: first.path }];
  });
}
