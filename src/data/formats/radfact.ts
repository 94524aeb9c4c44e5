/**
 * Grounded phrases as RadFact takes them: a list of examples, each with the phrases of `target` and `prediction`. Studies
 * become targets; predictions are written as the same phrases, so that the file is valid and scores 1, and not read.
 */
import { z } from "zod";
import type { UnitBox } from "../../images/index.ts";
import { unitBox } from "../../images/index.ts";
import { PackedStudies } from "../compact/studies.ts";
import { groupBy } from "../group-by.ts";
import { type Annotation, annotate, ImageCollector, plainAnnotation } from "./annotations.ts";
import { type Format, mapped } from "./format.ts";
import { jsonListPieces } from "./json-text.ts";
import { jsonElements } from "./reading.ts";

const boxSchema = z.object({ x_min: z.number(), y_min: z.number(), x_max: z.number(), y_max: z.number() });
const phraseSchema = z.object({ text: z.string(), boxes: z.array(boxSchema).nullish() });
const exampleSchema = z.object({
  example_id: z.union([z.string(), z.number()]),
  target: z.array(z.union([phraseSchema, z.string()])),
});

function annotationsOf(phrase: z.output<typeof phraseSchema> | string, finding: number): Annotation[] {
  const { text: en, boxes } = typeof phrase === "string" ? { text: phrase, boxes: null } : phrase;
  const shared = { ...plainAnnotation, finding, en };
  if (boxes === null || boxes === undefined || boxes.length === 0) return [{ ...shared, box: undefined }];
  return boxes.map((box) => ({ ...shared, box: unitBox(box.x_min, box.y_min, box.x_max, box.y_max) }));
}

function boxRecord({ x1, y1, x2, y2 }: UnitBox): z.output<typeof boxSchema> {
  return { x_min: x1, y_min: y1, x_max: x2, y_max: y2 };
}

export const radfact: Format = {
  coordinates: "x_min, y_min, x_max, y_max in fractions of width and height",
  endings: [".json"],
  needsSizes: false,
  reader(films) {
    const studies = new PackedStudies();
    return {
      open(path) {
        if (!path.toLowerCase().endsWith(".json")) return undefined;
        // A file is one list of examples: the same image in another file is another study.
        const images = new ImageCollector();
        return jsonElements(
          ...([path, exampleSchema, "a list of RadFact examples"] as const),
          ({ example_id, target }) =>
            images.add({ imageId: films.resolve(String(example_id)), annotations: target.flatMap(annotationsOf) }),
          () => {
            for (const study of images.studies()) studies.add(study);
          },
        );
      },
      end: () => studies,
    };
  },
  write: (studies) => {
    const examples = mapped(studies, (study) => {
      const findings = groupBy(annotate(study).annotations, ({ finding }) => finding).values();
      const phrases = [...findings].map((own) => {
        const boxes = own.flatMap(({ box, reader }) => (box === undefined || reader === 2 ? [] : [boxRecord(box)]));
        return { text: own[0]!.en, boxes: boxes.length === 0 ? null : boxes };
      });
      return { example_id: study.imageId, prediction: phrases, target: phrases };
    });
    return jsonListPieces("grounded_phrases.json", examples);
  },
};
