/** The nouns of the data: one definition each, used by every station. */
import type { ImageSource, UnitBox } from "../images/index.ts";

export const splitNames = ["train", "validation", "test"] as const;

/** A part of the data set. The spelling `val` of some files is read as `validation`. */
export type SplitName = (typeof splitNames)[number];

export type Language = "en" | "es";

/** Whose boxes: the first radiologist's, the second's, both lists joined (the union of regions), or what both marked. */
export type Reader = 1 | 2 | "both" | "intersection";

/** One sentence of a report with the boxes that ground it. */
export interface Finding {
  /** Sentence by language; a missing one is an empty string. */
  readonly sentence: Readonly<Record<Language, string>>;
  /** true for a positive finding, false for a negative sentence ("No pleural effusion."); undefined where the file does not say. */
  readonly abnormal: boolean | undefined;
  /** First reader's boxes. */
  readonly boxes: readonly UnitBox[];
  /** Second reader's boxes (`extra_boxes`). */
  readonly extraBoxes: readonly UnitBox[];
  readonly labels: readonly string[];
  readonly locations: readonly string[];
  readonly progression: "stable" | "improved" | "worsened" | undefined;
}

/** The study before, which progression compares with. Only its image is part of the release, in a folder of its own. */
export interface PriorStudy {
  readonly studyId: string;
  readonly imageId: string;
  readonly imagePath: ImageSource | undefined;
}

/** One radiograph with its findings. IDs are strings of up to 39 digits and never become numbers. */
export interface Study {
  readonly studyId: string;
  /** File name of the image, as in the data ("….png"). */
  readonly imageId: string;
  /** Where the image was found, as a file or within an archive; undefined when it is nowhere. */
  readonly imagePath: ImageSource | undefined;
  readonly patientId: string | undefined;
  readonly split: SplitName | undefined;
  readonly findings: readonly Finding[];
  /** Absent where the file names none. */
  readonly prior?: PriorStudy;
}

/** One image-finding pair: the unit of training, generation and scoring. */
export interface Row<S extends SplitName = SplitName> {
  readonly studyId: string;
  readonly imageId: string;
  readonly imagePath: ImageSource | undefined;
  readonly patientId: string | undefined;
  readonly split: S;
  readonly language: Language;
  /** The stripped target sentence in the row's language; may be empty. */
  readonly sentence: string;
  /** The chosen reader's boxes; none for a negative sentence. */
  readonly boxes: readonly UnitBox[];
  readonly abnormal: boolean | undefined;
}

/** The rows of one split. What must never see other rows asks for it by type: `Split<"train">`. */
export type Split<S extends SplitName = SplitName> = readonly Row<S>[];
