/** Studies as most tools see them: images with annotations, each one box or none. */
import type { ImageSize, UnitBox } from "../../images/index.ts";
import { Groups } from "../compact/groups.ts";
import type { KeyTable } from "../compact/key-table.ts";
import { boxesOf, type Numeral, numerals } from "../compact/studies.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, problem } from "../problems.ts";
import type { Finding, SplitName, Study } from "../vocabulary.ts";
import type { Films } from "./format.ts";

/** Label of a box whose finding has none: most formats cannot do without. */
export const noLabel = "finding";

/** One box with what its finding says, or a finding without any box. */
export interface Annotation {
  /** Index of the finding within its study; absent in files of other tools, where equal texts and labels are one finding. */
  readonly finding?: number | undefined;
  readonly reader: 1 | 2;
  readonly box: UnitBox | undefined;
  readonly labels: readonly string[];
  readonly en: string;
  readonly es: string;
  /** Undefined where the format does not say: then a finding with a box is positive. */
  readonly abnormal: boolean | undefined;
  readonly locations: readonly string[];
  readonly progression: Finding["progression"];
}

/** What an annotation says of its finding where the format has no place for it. */
export const plainAnnotation: Omit<Annotation, "box"> = {
  reader: 1,
  labels: [],
  en: "",
  es: "",
  abnormal: undefined,
  locations: [],
  progression: undefined,
};

export interface AnnotatedImage {
  readonly imageId: string;
  /** The image's name without extension when absent. */
  readonly studyId?: string | undefined;
  readonly patientId?: string | undefined;
  readonly split?: SplitName | undefined;
  readonly annotations: readonly Annotation[];
}

/** A file name without folder and extension. */
export function stem(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]+$/, "");
}

export function annotate({ imageId, studyId, patientId, split, findings }: Study): AnnotatedImage {
  const annotations = findings.flatMap(({ sentence, boxes, extraBoxes, ...facts }, finding): Annotation[] => {
    const { labels, abnormal, locations, progression } = facts;
    const shared = { finding, labels, en: sentence.en, es: sentence.es, abnormal, locations, progression };
    const first = boxes.map((box) => ({ ...shared, reader: 1 as const, box }));
    const second = extraBoxes.map((box) => ({ ...shared, reader: 2 as const, box }));
    return first.length + second.length > 0 ? [...first, ...second] : [{ ...shared, reader: 1, box: undefined }];
  });
  return { imageId, studyId, patientId, split, annotations };
}

export function studyOf({ imageId, studyId, patientId, split, annotations }: AnnotatedImage): Study {
  const key = ({ finding, labels, en, es }: Annotation) => JSON.stringify(finding ?? [labels, en, es]);
  const findings = [...groupBy(annotations, key).values()].map((own): Finding => {
    const { labels, en, es, abnormal, locations, progression } = own[0]!;
    const boxes = (reader: 1 | 2) =>
      own.flatMap(({ box, ...rest }) => (box !== undefined && rest.reader === reader ? [box] : []));
    const [first, second] = [boxes(1), boxes(2)];
    return {
      sentence: { en, es },
      abnormal: abnormal ?? (first.length + second.length > 0 ? true : undefined),
      boxes: first,
      extraBoxes: second,
      labels,
      locations,
      progression,
    };
  });
  return { studyId: studyId ?? stem(imageId), imageId, imagePath: undefined, patientId, split, findings };
}

/** An annotation as plain JSON. */
type PackedAnnotation = Omit<Annotation, "box"> & { readonly corners?: readonly Numeral[] };
type PackedImage = Omit<AnnotatedImage, "annotations"> & { readonly annotations: readonly PackedAnnotation[] };

function packed({ box, ...facts }: Annotation): PackedAnnotation {
  return box === undefined ? facts : { ...facts, corners: numerals([box]) };
}

function unpacked({ corners, ...facts }: PackedAnnotation): Annotation {
  return { ...plainAnnotation, ...facts, box: corners === undefined ? undefined : boxesOf(corners)[0] };
}

/** Images whose annotations stand in several places of a file or in several files, kept as bytes. */
export class ImageCollector {
  readonly #images = new Groups();

  add({ annotations, ...image }: AnnotatedImage): void {
    this.#images.add(image.imageId, { ...image, annotations: annotations.map(packed) } satisfies PackedImage);
  }

  /** A study an image, in the order of their first annotations. */
  *studies(): Generator<Study> {
    for (const [imageId, places] of this.#images) {
      const own = places as readonly PackedImage[];
      const first = <K extends "studyId" | "patientId" | "split">(key: K) =>
        own.find((image) => image[key] !== undefined)?.[key];
      const annotations = own.flatMap((image) => image.annotations.map(unpacked));
      const [studyId, patientId, split] = [first("studyId"), first("patientId"), first("split")];
      yield studyOf({ imageId, studyId, patientId, split, annotations });
    }
  }
}

/** The size of a film, or a problem that says it is missing. */
export function knownSize(imageId: string, films: Films, problems: Problem[]): ImageSize | undefined {
  const size = films.sizeOf(imageId);
  if (size === undefined) {
    const what = "Its boxes are in pixels, and no film of this name was found to tell their size; it is left out.";
    problems.push(problem("unknown-size", `image ${imageId}`, what));
  }
  return size;
}

/** Tells of an image that comes twice in what must name each once: films in two folders, under one name. */
export function noteTwice(seen: KeyTable, imageId: string, where: string, problems: Problem[]): void {
  if (seen.add(imageId) === 0) return;
  problems.push(problem("duplicate-image", where, "An image of this name was there before; the two are one study."));
}

/** One box of one label: all that simple formats hold. */
export interface LabelledBox {
  readonly label: string;
  readonly reader: 1 | 2;
  readonly box: UnitBox;
}

/** Every box under each of its finding's labels. */
export function labelledBoxes(study: Study): LabelledBox[] {
  return annotate(study).annotations.flatMap(({ labels, reader, box }) =>
    box === undefined ? [] : (labels.length > 0 ? labels : [noLabel]).map((label) => ({ label, reader, box })),
  );
}

/** Equal labels of an image are one finding. */
export function ofLabelledBox({ label, reader, box }: LabelledBox): Annotation {
  return { ...plainAnnotation, labels: label === noLabel ? [] : [label], reader, box };
}
