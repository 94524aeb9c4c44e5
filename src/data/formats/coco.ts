/**
 * COCO: `instances.json` for boxes and `captions.json` for sentences without one. Sentence and finding stand in keys of
 * their own beside the standard ones, which other tools pass over.
 */
import { z } from "zod";
import { readSplitName } from "../splits.ts";
import type { Study } from "../vocabulary.ts";
import type { AnnotatedImage, Annotation } from "./annotations.ts";
import { annotate, knownSize, noLabel, plainAnnotation, studiesOf } from "./annotations.ts";
import { pixelSides } from "./coordinates.ts";
import type { Films, Format, TextPiece } from "./format.ts";
import { jsonList, parseJsonText, textsEnding } from "./json-text.ts";

const imageSchema = z.object({
  id: z.union([z.number(), z.string()]),
  file_name: z.string(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
  study_id: z.string().optional(),
  patient_id: z.string().optional(),
  split: z.string().optional(),
});

const annotationSchema = z.object({
  image_id: z.union([z.number(), z.string()]),
  category_id: z.union([z.number(), z.string()]).optional(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  caption: z.string().optional(),
  caption_es: z.string().optional(),
  finding: z.number().int().optional(),
  reader: z.union([z.literal(1), z.literal(2)]).optional(),
  abnormal: z.boolean().optional(),
  labels: z.array(z.string()).optional(),
  locations: z.array(z.string()).optional(),
  progression: z.enum(["stable", "improved", "worsened"]).optional(),
});

const fileSchema = z.object({
  images: z.array(imageSchema),
  annotations: z.array(annotationSchema),
  categories: z.array(z.object({ id: z.union([z.number(), z.string()]), name: z.string() })).default([]),
});

type CocoAnnotation = z.output<typeof annotationSchema>;

function facts({ finding, reader, en, es, abnormal, labels, locations, progression }: Annotation) {
  return { caption: en, caption_es: es, finding, reader, abnormal, labels, locations, progression };
}

function annotationOf(record: CocoAnnotation, name: string | undefined): Omit<Annotation, "box"> {
  const { caption, caption_es, finding, reader, abnormal, labels, locations, progression } = record;
  return {
    ...plainAnnotation,
    finding,
    reader: reader ?? 1,
    en: caption ?? "",
    es: caption_es ?? "",
    abnormal,
    labels: labels ?? (name === undefined || name === noLabel ? [] : [name]),
    locations: locations ?? [],
    progression,
  };
}

interface Category {
  readonly id: number;
  readonly name: string;
}

const labelOf = ({ labels }: Annotation) => labels[0] ?? noLabel;

function* imagesOf(studies: readonly Study[], films: Films) {
  for (const [i, { imageId, studyId, patientId, split }] of studies.entries()) {
    const size = films.sizeOf(imageId)!;
    yield { id: i + 1, file_name: imageId, ...size, study_id: studyId, patient_id: patientId, split };
  }
}

/** Annotations of one kind; both kinds share one row of numbers. */
function* recordsOf(
  studies: readonly Study[],
  films: Films,
  categories: readonly Category[],
  kind: "with a box" | "without",
) {
  const idOf = new Map(categories.map(({ id, name }) => [name, id]));
  let id = 0;
  for (const [i, study] of studies.entries()) {
    for (const annotation of annotate(study).annotations) {
      id++;
      const { box } = annotation;
      if ((box === undefined) !== (kind === "without")) continue;
      const standard = { id, image_id: i + 1, category_id: idOf.get(labelOf(annotation))! };
      const bbox = box === undefined ? undefined : pixelSides.write(box, films.sizeOf(study.imageId)!);
      if (bbox === undefined) yield { ...standard, ...facts(annotation) };
      else yield { ...standard, bbox, area: bbox[2] * bbox[3], iscrowd: 0, ...facts(annotation) };
    }
  }
}

function* filePieces(
  path: string,
  images: Iterable<unknown>,
  annotations: Iterable<unknown>,
  categories: readonly Category[],
): Generator<TextPiece> {
  let separator = "{";
  for (const [name, elements] of Object.entries({ images, annotations, categories })) {
    yield [path, `${separator}\n "${name}": `];
    for (const text of jsonList(elements, 1)) yield [path, text];
    separator = ",";
  }
  yield [path, "\n}\n"];
}

export const coco: Format = {
  coordinates: "left, top, width, height in pixels of the film",
  endings: [".json"],
  needsSizes: true,
  read(files, films, problems) {
    const images = textsEnding(files, ".json").flatMap(([file, text]): AnnotatedImage[] => {
      const content = parseJsonText(text, file, fileSchema, "a COCO file with images and annotations");
      const names = new Map(content.categories.map(({ id, name }) => [id, name]));
      const own = new Map<number | string, CocoAnnotation[]>(content.images.map(({ id }) => [id, []]));
      for (const annotation of content.annotations) own.get(annotation.image_id)?.push(annotation);
      return content.images.map((image) => {
        const imageId = films.resolve(image.file_name);
        const { width, height } = image;
        const stated = width === undefined || height === undefined ? undefined : { width, height };
        const records = own.get(image.id) ?? [];
        const hasBoxes = records.some(({ bbox }) => bbox !== undefined);
        const size = stated ?? (hasBoxes ? knownSize(imageId, films, problems) : undefined);
        return {
          imageId,
          studyId: image.study_id,
          patientId: image.patient_id,
          split: readSplitName(image.split ?? "", `${file}, image ${imageId}`, problems),
          annotations: records.flatMap(({ bbox, ...record }): Annotation[] => {
            if (bbox !== undefined && size === undefined) return [];
            const box = bbox === undefined ? undefined : pixelSides.read(bbox, size!);
            return [{ ...annotationOf(record, names.get(record.category_id ?? "")), box }];
          }),
        };
      });
    });
    return studiesOf(images);
  },
  *write(studies, films, problems) {
    const sized = studies.filter(({ imageId }) => knownSize(imageId, films, problems) !== undefined);
    const labels = new Set<string>();
    for (const study of sized) for (const own of annotate(study).annotations) labels.add(labelOf(own));
    const categories = [...labels].sort().map((name, i) => ({ id: i + 1, name }));
    const list = (kind: "with a box" | "without") => recordsOf(sized, films, categories, kind);
    yield* filePieces("instances.json", imagesOf(sized, films), list("with a box"), categories);
    yield* filePieces("captions.json", imagesOf(sized, films), list("without"), categories);
  },
};
