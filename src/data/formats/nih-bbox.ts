/** NIH ChestX-ray14's `BBox_List_2017.csv`: one row a box. Its header writes one name over four columns. */
import { stringify } from "csv-stringify/sync";
import { readId } from "../ids.ts";
import { problem } from "../problems.ts";
import { ImageCollector, knownSize, labelledBoxes, ofLabelledBox } from "./annotations.ts";
import { fourNumbers, pixelSides } from "./coordinates.ts";
import type { Format } from "./format.ts";
import { tableRows } from "./reading.ts";

const names = ["Image Index", "Finding Label", "Bbox [x", "y", "w", "h]"] as const;

export const nihBbox: Format = {
  coordinates: "x, y (left, top), w, h in pixels of the film",
  endings: [".csv"],
  needsSizes: true,
  reader(films, problems) {
    const images = new ImageCollector();
    return {
      open(path) {
        if (!path.toLowerCase().endsWith(".csv")) return undefined;
        return tableRows(path, { required: names, optional: [] }, problems, ({ line, cells }) => {
          const where = `${path}, line ${line}`;
          const id = readId(cells["Image Index"], "Image Index", where, problems);
          const four = fourNumbers([cells["Bbox [x"], cells.y, cells.w, cells["h]"]]);
          if (four === undefined)
            problems.push(problem("bad-boxes", where, "The box is not four numbers; the row is left out."));
          if (id === undefined || four === undefined) return;
          const imageId = films.resolve(id);
          const size = knownSize(imageId, films, problems);
          if (size === undefined) return;
          const box = pixelSides.read(four, size);
          images.add({ imageId, annotations: [ofLabelledBox({ label: cells["Finding Label"], reader: 1, box })] });
        });
      },
      end: () => images.studies(),
    };
  },
  *write(studies, films, problems) {
    const path = "BBox_List_2017.csv";
    yield [path, "Image Index,Finding Label,Bbox [x,y,w,h],,,\n"];
    for (const study of studies) {
      const own = labelledBoxes(study).filter(({ reader }) => reader === 1);
      const size = own.length === 0 ? undefined : knownSize(study.imageId, films, problems);
      if (size === undefined) continue;
      const rows = own.map(({ label, box }) => [study.imageId, label, ...pixelSides.write(box, size), "", "", ""]);
      yield [path, stringify(rows)];
    }
  },
};
