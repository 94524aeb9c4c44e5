/** MS-CXR: one row a box, with label, sentence and the film's size. */
import { readId } from "../ids.ts";
import { problem } from "../problems.ts";
import { readSplitName } from "../splits.ts";
import { annotate, ImageCollector, knownSize, noLabel, plainAnnotation, stem } from "./annotations.ts";
import { fourNumbers, pixelSides } from "./coordinates.ts";
import { tablePieces } from "./csv-text.ts";
import { type Format, mapped } from "./format.ts";
import { tableRows } from "./reading.ts";

const columns = {
  required: ["dicom_id", "category_name", "label_text", "x", "y", "w", "h"],
  optional: ["path", "image_width", "image_height", "split"],
} as const;
const written = [
  ...["dicom_id", "category_name", "label_text", "path", "x", "y", "w", "h", "image_width", "image_height", "split"],
];

export const msCxr: Format = {
  coordinates: "x, y (left, top), w, h in pixels of the film, whose size stands in the row",
  endings: [".csv"],
  needsSizes: true,
  reader(films, problems) {
    const images = new ImageCollector();
    const file = (name: string) =>
      tableRows(name, columns, problems, ({ line, cells }) => {
        const where = `${name}, line ${line}`;
        const id = readId(cells.dicom_id, "dicom_id", where, problems);
        const four = fourNumbers([cells.x, cells.y, cells.w, cells.h]);
        if (four === undefined)
          problems.push(problem("bad-boxes", where, "The box is not four numbers; the row is left out."));
        if (id === undefined || four === undefined) return;
        const path = cells.path?.trim() ?? "";
        const imageId = films.resolve(path === "" ? id : path.slice(path.lastIndexOf("/") + 1));
        const [width, height] = [Number(cells.image_width), Number(cells.image_height)];
        const size = width > 0 && height > 0 ? { width, height } : knownSize(imageId, films, problems);
        if (size === undefined) return;
        const labels = cells.category_name === noLabel ? [] : [cells.category_name];
        const box = pixelSides.read(four, size);
        const split = readSplitName(cells.split ?? "", where, problems);
        images.add({ imageId, split, annotations: [{ ...plainAnnotation, labels, en: cells.label_text, box }] });
      });
    return {
      open: (path) => (path.toLowerCase().endsWith(".csv") ? file(path) : undefined),
      end: () => images.studies(),
    };
  },
  write(studies, films, problems) {
    const rows = mapped(studies, (study) => {
      const { imageId, split, annotations } = annotate(study);
      const boxes = annotations.filter(({ box, reader }) => box !== undefined && reader === 1);
      const size = boxes.length === 0 ? undefined : knownSize(imageId, films, problems);
      if (size === undefined) return [];
      const film = { image_width: size.width, image_height: size.height, split: split ?? "" };
      return boxes.map(({ box, labels, en }) => {
        const [x, y, w, h] = pixelSides.write(box!, size);
        return {
          dicom_id: stem(imageId),
          category_name: labels[0] ?? noLabel,
          label_text: en,
          path: imageId,
          x,
          y,
          w,
          h,
          ...film,
        };
      });
    });
    return tablePieces("local_alignment.csv", written, rows);
  },
};
