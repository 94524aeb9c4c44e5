/**
 * COCO: `instances.json` for boxes and `captions.json` for sentences without one. Sentence and finding stand in keys of
 * their own beside the standard ones, which other tools pass over.
 */
import { z } from "zod";
import { readSplitName } from "../splits.ts";
import type { AnnotatedImage, Annotation } from "./annotations.ts";
import { annotate, knownSize, noLabel, plainAnnotation, studiesOf } from "./annotations.ts";
import { pixelSides } from "./coordinates.ts";
import type { Format } from "./format.ts";
import { jsonText, parseJsonText, textsEnding } from "./json-text.ts";

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
  write(studies, films, problems) {
    const sized = studies.flatMap((study) => {
      const size = knownSize(study.imageId, films, problems);
      return size === undefined ? [] : [{ image: annotate(study), size }];
    });
    const images = sized.map(({ image, size }, i) => ({
      id: i + 1,
      file_name: image.imageId,
      ...size,
      study_id: image.studyId,
      patient_id: image.patientId,
      split: image.split,
    }));
    const labels = sized.flatMap(({ image }) => image.annotations.map((own) => own.labels[0] ?? noLabel));
    const categories = [...new Set(labels)].sort().map((name, i) => ({ id: i + 1, name }));
    const idOf = new Map(categories.map(({ id, name }) => [name, id]));
    let id = 0;
    const records = sized.flatMap(({ image, size }, i) =>
      image.annotations.map((annotation) => {
        const { box } = annotation;
        const bbox = box === undefined ? undefined : pixelSides.write(box, size);
        const category = idOf.get(annotation.labels[0] ?? noLabel)!;
        const standard = { id: ++id, image_id: i + 1, category_id: category };
        if (bbox === undefined) return { ...standard, ...facts(annotation) };
        return { ...standard, bbox, area: bbox[2] * bbox[3], iscrowd: 0, ...facts(annotation) };
      }),
    );
    const withBoxes = records.filter((record) => "bbox" in record);
    const without = records.filter((record) => !("bbox" in record));
    return new Map([
      ["instances.json", jsonText({ images, annotations: withBoxes, categories })],
      ["captions.json", jsonText({ images, annotations: without, categories })],
    ]);
  },
};
