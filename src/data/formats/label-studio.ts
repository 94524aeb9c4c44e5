/**
 * Label Studio: a task an image, an annotation a reader; a rectangle a box, and the texts of its finding as text areas of
 * the same region.
 */
import { z } from "zod";
import { KeyTable } from "../compact/key-table.ts";
import { groupBy } from "../group-by.ts";
import { problem } from "../problems.ts";
import { readSplitName } from "../splits.ts";
import { type Annotation, annotate, ImageCollector, noLabel, plainAnnotation } from "./annotations.ts";
import { percentSides } from "./coordinates.ts";
import { factNames, factsOfTexts, factTexts } from "./fact-texts.ts";
import { type Format, mapped } from "./format.ts";
import { jsonListPieces } from "./json-text.ts";
import { taskOfMinimal } from "./label-studio-min.ts";
import { NotHeld } from "./not-held.ts";
import { jsonElements } from "./reading.ts";

const resultSchema = z.looseObject({
  id: z.string().default(""),
  type: z.string(),
  from_name: z.string().default(""),
  image_rotation: z.number().optional(),
  // A relation between two regions has none.
  value: z
    .object({
      x: z.number().optional(),
      y: z.number().optional(),
      width: z.number().optional(),
      height: z.number().optional(),
      rotation: z.number().optional(),
      rectanglelabels: z.array(z.string()).optional(),
      text: z.union([z.string(), z.array(z.string())]).optional(),
    })
    .default({}),
});

const taskSchema = z.looseObject({
  isMinimal: z.boolean().optional(),
  data: z.looseObject({
    image: z.string(),
    study_id: z.string().optional(),
    patient_id: z.string().optional(),
    split: z.string().optional(),
  }),
  annotations: z
    .array(z.looseObject({ was_cancelled: z.boolean().optional(), result: z.array(resultSchema) }))
    .default([]),
});

type Result = z.output<typeof resultSchema>;
type Task = z.output<typeof taskSchema>;

/** Keys that are read, and keys of the server's bookkeeping that say nothing of the film. */
const known = {
  task: new Set([
    ...[
      "data",
      "annotations",
      "isMinimal",
      "id",
      "inner_id",
      "project",
      "created_at",
      "updated_at",
      "updated_by",
      "file_upload",
    ],
    ...["total_annotations", "cancelled_annotations", "total_predictions", "drafts_count", "overlap"],
  ]),
  data: new Set(["image", "study_id", "patient_id", "split"]),
  annotation: new Set([
    ...["result", "id", "unique_id", "task", "project", "completed_by", "updated_by", "created_at", "updated_at"],
    ...["was_cancelled", "lead_time", "result_count", "draft_created_at", "import_id", "last_action", "bulk_created"],
  ]),
  result: new Set([
    ...["id", "type", "from_name", "to_name", "value", "origin"],
    ...["original_width", "original_height", "image_rotation"],
  ]),
  types: new Set(["rectanglelabels", "rectangle", "textarea"]),
};

/** Takes note of regions that are no box, texts that are no fact, and fields of somebody's own. */
function noteTask(task: Task, notHeld: NotHeld): void {
  const told = (record: object) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== false && value !== 0));
  notHeld.addUnknown("task fields", told(task), known.task);
  notHeld.addUnknown("data fields", task.data, known.data);
  for (const annotation of task.annotations) {
    if (annotation.was_cancelled === true) notHeld.add("cancelled annotations");
    notHeld.addUnknown("annotation fields", told(annotation), known.annotation);
    for (const result of annotation.result) {
      if (!known.types.has(result.type)) notHeld.add("results of type", result.type);
      else if (result.type === "textarea" && !factNames.has(result.from_name)) notHeld.add("texts", result.from_name);
      notHeld.addUnknown("result fields", told(result), known.result);
    }
  }
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

/**
 * The file's name in the address of an image, which a server may have prefixed with eight digits and a dash. A local file's path
 * stands in the query: `/data/local-files/?d=films/1.png`.
 */
function fileName(address: string): string {
  const plain = address.replace(/[?#].*$/, "");
  const local = plain.endsWith("/local-files/") ? /[?&]d=([^&#]+)/.exec(address)?.[1] : undefined;
  const path = address.includes("/") ? decoded(local ?? plain) : plain;
  return path.replace(/^.*[/\\]/s, "").replace(/^[0-9a-f]{8}-(?=.)/, "");
}

/** The annotation of one region, or undefined for a region that is no rectangle and says nothing. */
function annotationOf(results: readonly Result[], reader: 1 | 2): Annotation | "turned" | undefined {
  const rectangle = results.find(({ type }) => type === "rectanglelabels" || type === "rectangle")?.value;
  const texts = new Map(
    results
      .filter(({ type }) => type === "textarea")
      .map(({ from_name, value }) => [from_name, [value.text ?? ""].flat().join("\n")]),
  );
  if (rectangle === undefined && texts.size === 0) return undefined;
  const isImageTurned = results.some(({ image_rotation }) => (image_rotation ?? 0) !== 0);
  if (rectangle !== undefined && (isImageTurned || (rectangle.rotation ?? 0) !== 0)) return "turned";
  const labels = (rectangle?.rectanglelabels ?? []).filter((label) => label !== noLabel);
  const { x, y, width, height } = rectangle ?? {};
  const hasBox = x !== undefined && y !== undefined && width !== undefined && height !== undefined;
  const facts = { ...plainAnnotation, labels, ...factsOfTexts(texts), reader };
  return { ...facts, box: hasBox ? percentSides.read([x, y, width, height]) : undefined };
}

/** The results of one region: a rectangle where there is a box, and a text area a fact. */
function resultsOf(annotation: Annotation, id: string) {
  const { box, labels } = annotation;
  const [x, y, width, height] = box === undefined ? [] : percentSides.write(box);
  const shape = box === undefined ? {} : { x, y, width, height, rotation: 0 };
  const shared = { id, to_name: "image" };
  const rectangle = {
    ...shared,
    type: "rectanglelabels",
    from_name: "label",
    value: { ...shape, rectanglelabels: labels.length > 0 ? labels : [noLabel] },
  };
  const texts = factTexts(annotation);
  if (labels.length > 0 && box === undefined) texts.set("labels", JSON.stringify(labels));
  const areas = [...texts].map(([name, text]) => ({
    ...shared,
    type: "textarea",
    from_name: name,
    value: { ...shape, text: [text] },
  }));
  return box === undefined ? areas : [rectangle, ...areas];
}

export const labelStudio: Format = {
  coordinates: "x, y (left, top), width, height in percent of the film's width and height",
  endings: [".json"],
  needsSizes: false,
  reader(films, problems) {
    const images = new ImageCollector();
    const file = (path: string) => {
      const notHeld = new NotHeld();
      const seen = new KeyTable();
      /** How many annotations of an image came before, up to two. */
      const earlier = (imageId: string) => {
        const bits = seen.add(imageId, 1);
        if (bits === 1) seen.add(imageId, 2);
        return bits === 0 ? 0 : bits === 1 ? 1 : 2;
      };
      const take = (task: Task, index: number) => {
        noteTask(task, notHeld);
        const { data } = task;
        const where = `${path}, task ${index + 1}`;
        const imageId = films.resolve(fileName(data.image));
        const annotations = task.annotations.filter(({ was_cancelled }) => was_cancelled !== true);
        // In JSON_MIN, the annotations of an image are elements of their own.
        const before = task.isMinimal === true ? earlier(imageId) : 0;
        const left = Math.max(0, 2 - before);
        if (annotations.length > left) {
          const what = `${annotations.length - left} more annotations are left out.`;
          problems.push(problem("third-reader", where, what));
        }
        const own = annotations.slice(0, left).flatMap(({ result }, i) => {
          const reader = before + i;
          const regions = [...groupBy(result, ({ id }) => id).values()];
          return regions.flatMap((results): Annotation[] => {
            const annotation = annotationOf(results, reader === 0 ? 1 : 2);
            if (annotation === "turned") {
              problems.push(
                problem("bad-boxes", where, "A box or its image is turned, which no mask is; it is left out."),
              );
            }
            return annotation === undefined || annotation === "turned" ? [] : [annotation];
          });
        });
        images.add({
          imageId,
          studyId: data.study_id,
          patientId: data.patient_id,
          split: readSplitName(data.split ?? "", where, problems),
          annotations: own,
        });
      };
      return jsonElements(path, z.preprocess(taskOfMinimal, taskSchema), "a list of Label Studio tasks", take, () => {
        for (const found of notHeld.problems(path)) problems.push(found);
      });
    };
    return {
      open: (path) => (path.toLowerCase().endsWith(".json") ? file(path) : undefined),
      end: () => images.studies(),
    };
  },
  write(studies) {
    const tasks = mapped(studies, (study) => {
      const { imageId, studyId, patientId, split, annotations } = annotate(study);
      const readers = ([1, 2] as const).map((reader) => {
        const own = annotations.filter((annotation) => annotation.reader === reader);
        return { result: own.flatMap((annotation, i) => resultsOf(annotation, `region-${reader}-${i + 1}`)) };
      });
      const used = readers[1]!.result.length > 0 ? readers : readers.slice(0, 1);
      return { data: { image: imageId, study_id: studyId, patient_id: patientId, split }, annotations: used };
    });
    return jsonListPieces("tasks.json", tasks);
  },
};
