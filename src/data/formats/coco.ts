/**
 * COCO: `instances.json` for boxes and `captions.json` for sentences without one. Sentence and finding stand in keys of
 * their own beside the standard ones, which other tools pass over.
 */
import { z } from "zod";
import { Groups } from "../compact/groups.ts";
import { KeyTable } from "../compact/key-table.ts";
import { Records } from "../compact/records.ts";
import type { Studies } from "../compact/studies.ts";
import type { PiecewiseReader } from "../piecewise.ts";
import { type Problem, problem } from "../problems.ts";
import { readSplitName } from "../splits.ts";
import type { Study } from "../vocabulary.ts";
import type { AnnotatedImage, Annotation } from "./annotations.ts";
import { annotate, ImageCollector, knownSize, noLabel, noteTwice, plainAnnotation } from "./annotations.ts";
import { pixelSides } from "./coordinates.ts";
import type { Films, Format, TextPiece } from "./format.ts";
import { JsonSections } from "./json-sections.ts";
import { jsonList } from "./json-text.ts";
import { NotHeld } from "./not-held.ts";

const four = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/** MS-CXR's own file names images by `path`, too, and says film size and sentence in the annotation. */
const imageSchema = z.object({
  id: z.union([z.number(), z.string()]),
  file_name: z.string().optional(),
  path: z.string().optional(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
  study_id: z.string().optional(),
  patient_id: z.string().optional(),
  split: z.string().optional(),
});

const annotationSchema = z.object({
  image_id: z.union([z.number(), z.string()]),
  category_id: z.union([z.number(), z.string()]).optional(),
  bbox: z.union([four, z.tuple([])]).optional(),
  width: z.number().positive().optional(),
  height: z.number().positive().optional(),
  caption: z.string().optional(),
  label_text: z.string().optional(),
  caption_es: z.string().optional(),
  finding: z.number().int().optional(),
  reader: z.union([z.literal(1), z.literal(2)]).optional(),
  abnormal: z.boolean().optional(),
  labels: z.array(z.string()).optional(),
  locations: z.array(z.string()).optional(),
  progression: z.enum(["stable", "improved", "worsened"]).optional(),
});

const categorySchema = z.object({ id: z.union([z.number(), z.string()]), name: z.string() });

/** The file with its lists empty. */
const frameSchema = z.object({
  images: z.array(z.never()),
  annotations: z.array(z.never()),
  categories: z.array(z.never()).optional(),
});

/** Standard keys that say nothing of a film or of a box. */
const passedOver = {
  image: ["license", "coco_url", "flickr_url", "date_captured", "num_slices"],
  annotation: ["id", "area", "iscrowd", "ignore", "attributes"],
};
const known = {
  image: new Set([...Object.keys(imageSchema.shape), ...passedOver.image]),
  annotation: new Set([...Object.keys(annotationSchema.shape), ...passedOver.annotation]),
};
const looseAnnotation = annotationSchema.loose();

/** Takes note of outlines, crowds and attributes: a study has boxes. */
function noteAnnotation(record: z.output<typeof looseAnnotation>, notHeld: NotHeld): void {
  notHeld.addUnknown("annotation fields", record, known.annotation);
  if (record.iscrowd === 1 || record.iscrowd === true) notHeld.add("annotations of a crowd");
  const { attributes } = record;
  if (typeof attributes !== "object" || attributes === null) return;
  for (const [name, value] of Object.entries(attributes)) if (value) notHeld.add("attributes", name);
}

type CocoImage = z.output<typeof imageSchema>;
type CocoAnnotation = z.output<typeof annotationSchema>;

function facts({ finding, reader, en, es, abnormal, labels, locations, progression }: Annotation) {
  return { caption: en, caption_es: es, finding, reader, abnormal, labels, locations, progression };
}

function annotationOf(record: CocoAnnotation, name: string | undefined): Omit<Annotation, "box"> {
  const { caption, label_text, caption_es, finding, reader, abnormal, labels, locations, progression } = record;
  return {
    ...plainAnnotation,
    finding,
    reader: reader ?? 1,
    en: caption ?? label_text ?? "",
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

/** The studies whose films have a size. */
function* sized(studies: Studies, films: Films): Generator<Study> {
  for (const study of studies) if (films.sizeOf(study.imageId) !== undefined) yield study;
}

function* imagesOf(studies: Studies, films: Films) {
  let i = 0;
  for (const { imageId, studyId, patientId, split } of sized(studies, films)) {
    const size = films.sizeOf(imageId)!;
    yield { id: ++i, file_name: imageId, ...size, study_id: studyId, patient_id: patientId, split };
  }
}

/** Annotations of one kind; both kinds share one row of numbers. */
function* recordsOf(studies: Studies, films: Films, categories: readonly Category[], kind: "with a box" | "without") {
  const idOf = new Map(categories.map(({ id, name }) => [name, id]));
  let [id, image] = [0, 0];
  for (const study of sized(studies, films)) {
    image++;
    for (const annotation of annotate(study).annotations) {
      id++;
      const { box } = annotation;
      if ((box === undefined) !== (kind === "without")) continue;
      const standard = { id, image_id: image, category_id: idOf.get(labelOf(annotation))! };
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

/** A file, whose images, annotations and categories may come in any order: they are joined at its end. */
function cocoFile(file: string, films: Films, problems: Problem[], into: ImageCollector): PiecewiseReader<void> {
  const images = new Records();
  const annotations = new Groups();
  const names = new Map<number | string, string>();
  const notHeld = new NotHeld();
  const sections = new JsonSections(file, "a COCO file with images and annotations", frameSchema, {
    images: {
      schema: imageSchema.loose().refine(({ file_name, path }) => (file_name ?? path) !== undefined),
      take(image) {
        notHeld.addUnknown("image fields", image as Readonly<Record<string, unknown>>, known.image);
        images.add(imageSchema.parse(image));
      },
    },
    annotations: {
      schema: looseAnnotation,
      take(record) {
        noteAnnotation(record as z.output<typeof looseAnnotation>, notHeld);
        const own = annotationSchema.parse(record);
        annotations.add(JSON.stringify(own.image_id), own);
        total++;
      },
    },
    categories: {
      schema: categorySchema,
      take(category) {
        const { id, name } = category as z.output<typeof categorySchema>;
        names.set(id, name);
      },
    },
  });
  let [total, unnamed] = [0, 0];
  const joined = (image: CocoImage, records: readonly CocoAnnotation[]): AnnotatedImage => {
    const imageId = films.resolve(image.file_name ?? image.path!);
    const [width, height] = (["width", "height"] as const).map(
      (key) => image[key] ?? records.find((record) => record[key] !== undefined)?.[key],
    );
    const stated = width === undefined || height === undefined ? undefined : { width, height };
    const hasBoxes = records.some(({ bbox }) => bbox?.length === 4);
    const size = stated ?? (hasBoxes ? knownSize(imageId, films, problems) : undefined);
    return {
      imageId,
      studyId: image.study_id,
      patientId: image.patient_id,
      split: readSplitName(image.split ?? "", `${file}, image ${imageId}`, problems),
      annotations: records.flatMap(({ bbox, ...record }): Annotation[] => {
        const { category_id } = record;
        if (category_id !== undefined && !names.has(category_id)) unnamed++;
        if (bbox?.length === 4 && size === undefined) return [];
        const box = bbox?.length === 4 ? pixelSides.read(bbox, size!) : undefined;
        return [{ ...annotationOf(record, names.get(category_id ?? "")), box }];
      }),
    };
  };
  return {
    push: (bytes) => sections.push(bytes),
    end() {
      sections.end();
      let left = total;
      const seen = new KeyTable();
      for (const image of images.drain() as Iterable<CocoImage>) {
        const records = annotations.valuesOf(JSON.stringify(image.id)) as readonly CocoAnnotation[];
        left -= records.length;
        const study = joined(image, records);
        noteTwice(seen, study.imageId, `${file}, image ${study.imageId}`, problems);
        into.add(study);
      }
      const tell = (code: "bad-record" | "odd-value", count: number, what: string) => {
        if (count > 0) problems.push(problem(code, file, `${count} annotations ${what}`));
      };
      tell("bad-record", left, "are of images that the file does not list; they are left out.");
      tell("odd-value", unnamed, "are of categories that the file does not list; their labels are unknown.");
      for (const found of notHeld.problems(file)) problems.push(found);
    },
  };
}

export const coco: Format = {
  coordinates: "left, top, width, height in pixels of the film",
  endings: [".json"],
  needsSizes: true,
  reader(films, problems) {
    const images = new ImageCollector();
    return {
      open: (path) => (path.toLowerCase().endsWith(".json") ? cocoFile(path, films, problems, images) : undefined),
      end: () => images.studies(),
    };
  },
  *write(studies, films, problems) {
    const labels = new Set<string>();
    for (const study of studies) {
      if (knownSize(study.imageId, films, problems) === undefined) continue;
      for (const own of annotate(study).annotations) labels.add(labelOf(own));
    }
    const categories = [...labels].sort().map((name, i) => ({ id: i + 1, name }));
    const list = (kind: "with a box" | "without") => recordsOf(studies, films, categories, kind);
    yield* filePieces("instances.json", imagesOf(studies, films), list("with a box"), categories);
    yield* filePieces("captions.json", imagesOf(studies, films), list("without"), categories);
  },
};
