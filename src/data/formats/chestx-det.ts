/** ChestX-Det: a list of images, each with labels and boxes side by side. */
import { z } from "zod";
import { type Annotation, knownSize, labelledBoxes, ofLabelledBox, studiesOf } from "./annotations.ts";
import { pixelCorners } from "./coordinates.ts";
import type { Format } from "./format.ts";
import { jsonListPieces, parseJsonText, textsEnding } from "./json-text.ts";

const imagesSchema = z
  .array(
    z.object({
      file_name: z.string(),
      syms: z.array(z.string()),
      boxes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
    }),
  )
  .refine((images) => images.every(({ syms, boxes }) => syms.length === boxes.length));

export const chestxDet: Format = {
  coordinates: "x1, y1, x2, y2 in pixels of the film",
  endings: [".json"],
  needsSizes: true,
  read: (files, films, problems) =>
    textsEnding(files, ".json").flatMap(([file, text]) =>
      studiesOf(
        parseJsonText(text, file, imagesSchema, "a list of images, each with as many syms as boxes").map((image) => {
          const imageId = films.resolve(image.file_name);
          const size = image.boxes.length === 0 ? undefined : knownSize(imageId, films, problems);
          const annotations = image.boxes.flatMap((corners, i): Annotation[] => {
            if (size === undefined) return [];
            return [ofLabelledBox({ label: image.syms[i]!, reader: 1, box: pixelCorners.read(corners, size) })];
          });
          return { imageId, annotations };
        }),
      ),
    ),
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
