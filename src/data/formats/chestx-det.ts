/** ChestX-Det: a list of images, each with labels and boxes side by side. */
import { z } from "zod";
import { PackedStudies } from "../compact/studies.ts";
import { type Annotation, ImageCollector, knownSize, labelledBoxes, ofLabelledBox } from "./annotations.ts";
import { pixelCorners } from "./coordinates.ts";
import type { Format } from "./format.ts";
import { jsonListPieces } from "./json-text.ts";
import { NotHeld } from "./not-held.ts";
import { jsonElements } from "./reading.ts";

const imageSchema = z
  .looseObject({
    file_name: z.string(),
    syms: z.array(z.string()),
    boxes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  })
  .refine(({ syms, boxes }) => syms.length === boxes.length);

const known = new Set(["file_name", "syms", "boxes"]);

export const chestxDet: Format = {
  coordinates: "x1, y1, x2, y2 in pixels of the film",
  endings: [".json"],
  needsSizes: true,
  reader(films, problems) {
    const studies = new PackedStudies();
    return {
      open(path) {
        if (!path.toLowerCase().endsWith(".json")) return undefined;
        const images = new ImageCollector();
        const notHeld = new NotHeld();
        return jsonElements(
          ...([path, imageSchema, "a list of images, each with as many syms as boxes"] as const),
          (image) => {
            const { file_name, boxes, syms } = image;
            notHeld.addUnknown("image fields", image, known);
            const imageId = films.resolve(file_name);
            const size = boxes.length === 0 ? undefined : knownSize(imageId, films, problems);
            const annotations = boxes.flatMap((corners, i): Annotation[] => {
              if (size === undefined) return [];
              return [ofLabelledBox({ label: syms[i]!, reader: 1, box: pixelCorners.read(corners, size) })];
            });
            images.add({ imageId, annotations });
          },
          () => {
            for (const study of images.studies()) studies.add(study);
            for (const found of notHeld.problems(path)) problems.push(found);
          },
        );
      },
      end: () => studies,
    };
  },
  write(studies, films, problems) {
    function* images() {
      for (const study of studies) {
        const own = labelledBoxes(study).filter(({ reader }) => reader === 1);
        const size = own.length === 0 ? { width: 1, height: 1 } : knownSize(study.imageId, films, problems);
        if (size === undefined) continue;
        const boxes = own.map(({ box }) => pixelCorners.write(box, size));
        yield { file_name: study.imageId, syms: own.map(({ label }) => label), boxes };
      }
    }
    return jsonListPieces("ChestX_Det.json", images());
  },
};
