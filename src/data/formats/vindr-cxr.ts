/** VinDr-CXR: one row a box, labels without sentences, several readers. */
import { Groups } from "../compact/groups.ts";
import type { TableRow } from "../csv-table.ts";
import { readId } from "../ids.ts";
import { problem } from "../problems.ts";
import { type Annotation, knownSize, labelledBoxes, ofLabelledBox, stem, studyOf } from "./annotations.ts";
import { fourNumbers, pixelCorners } from "./coordinates.ts";
import { tablePieces } from "./csv-text.ts";
import { type Format, mapped } from "./format.ts";
import { tableRows } from "./reading.ts";

const columns = {
  required: ["image_id", "class_name", "x_min", "y_min", "x_max", "y_max"],
  optional: ["rad_id"],
} as const;

/** A line of the table. */
interface RadiologistRow {
  readonly where: string;
  readonly cells: TableRow<(typeof columns.required)[number], (typeof columns.optional)[number]>["cells"];
  readonly radiologist: string;
}

const written = ["image_id", "rad_id", "class_name", "x_min", "y_min", "x_max", "y_max"];
const noFinding = "No finding";
const readers = ["R1", "R2"];

/** Reader 1 or 2 by radiologist: R1 and R2 by name, else in the order in which an image's radiologists appear. */
function readerNumbers(ids: readonly string[]): (id: string) => number {
  const distinct = [...new Set(ids)];
  const order = distinct.every((id) => readers.includes(id)) ? readers : distinct;
  return (id) => order.indexOf(id) + 1;
}

export const vindrCxr: Format = {
  coordinates: "x_min, y_min, x_max, y_max in pixels of the film",
  endings: [".csv"],
  needsSizes: true,
  reader(films, problems) {
    const rows = new Groups();
    const file = (path: string) =>
      tableRows(path, columns, problems, ({ line, cells }) => {
        const where = `${path}, line ${line}`;
        const id = readId(cells.image_id, "image_id", where, problems);
        if (id === undefined) return;
        rows.add(films.resolve(id), { where, cells, radiologist: cells.rad_id ?? "R1" } satisfies RadiologistRow);
      });
    const studyOfRows = (imageId: string, own: readonly RadiologistRow[]) => {
      const found = own.filter(({ cells }) => cells.class_name !== noFinding);
      const size = found.length === 0 ? undefined : knownSize(imageId, films, problems);
      const number = readerNumbers(own.map(({ radiologist }) => radiologist));
      const annotations = found.flatMap(({ where, cells, radiologist }): Annotation[] => {
        const four = fourNumbers([cells.x_min, cells.y_min, cells.x_max, cells.y_max]);
        if (size === undefined) return [];
        const reader = number(radiologist);
        if (four === undefined)
          problems.push(problem("bad-boxes", where, "The box is not four numbers; the row is left out."));
        else if (reader > 2) problems.push(problem("third-reader", where, "A third reader's box is left out."));
        if (four === undefined || (reader !== 1 && reader !== 2)) return [];
        return [ofLabelledBox({ label: cells.class_name, reader, box: pixelCorners.read(four, size) })];
      });
      return studyOf({ imageId, annotations });
    };
    return {
      open: (path) => (path.toLowerCase().endsWith(".csv") ? file(path) : undefined),
      end: () => mapped(rows, ([imageId, own]) => studyOfRows(imageId, own as readonly RadiologistRow[])),
    };
  },
  write(studies, films, problems) {
    const rows = mapped(studies, (study) => {
      const boxes = labelledBoxes(study);
      const image_id = stem(study.imageId);
      if (boxes.length === 0) return [{ image_id, rad_id: "R1", class_name: noFinding }];
      const size = knownSize(study.imageId, films, problems);
      if (size === undefined) return [];
      return boxes.map(({ label, reader, box }) => {
        const [x_min, y_min, x_max, y_max] = pixelCorners.write(box, size);
        return { image_id, rad_id: `R${reader}`, class_name: label, x_min, y_min, x_max, y_max };
      });
    });
    return tablePieces("annotations.csv", written, rows);
  },
};
