/** The dataset check: counts, every image decoded, and all problems in one document. */
import { DataError } from "../base/errors.ts";
import type { FilmHeader, ImageSource } from "../images/index.ts";
import { pythonStrip } from "../text/index.ts";
import { problemsOf } from "./consistency.ts";
import type { Dataset, SourceFile } from "./dataset.ts";
import { type Problem, problem } from "./problems.ts";
import { patientsInTwoSplits } from "./splits.ts";
import { type Language, type SplitName, type Study, splitNames } from "./vocabulary.ts";

/** Decodes the whole image and says what it was. @throws DataError when it is broken */
export type FilmInspector = (source: ImageSource) => Promise<FilmHeader>;

/** Studies and sentences of a part of the data. */
export interface PartCounts {
  readonly studies: number;
  readonly sentences: number;
}

/** Plain JSON; safe to print. */
export interface DataReport extends PartCounts {
  readonly name: string;
  readonly sources: readonly SourceFile[];
  readonly positive: number;
  readonly negative: number;
  /** Sentences of which no file says whether they are positive. */
  readonly unmarked: number;
  /** Sentences that are empty in a language. */
  readonly emptySentences: Readonly<Record<Language, number>>;
  readonly boxes: number;
  readonly secondReaderBoxes: number;
  readonly patients: number;
  readonly patientsInTwoSplits: number;
  readonly splits: Readonly<Record<SplitName | "none", PartCounts>>;
  readonly images: {
    readonly readable: number;
    readonly missing: number;
    readonly broken: number;
    /** Studies by what their image is, as `grey, 16 bit`. */
    readonly formats: Readonly<Record<string, number>>;
  };
  readonly errors: number;
  readonly warnings: number;
  readonly problems: readonly Problem[];
}

/** Images decoded at the same time: enough to keep decoder threads busy, few enough for full-size films. */
const imagesAtOnce = 4;

/** What is behind a study's image path: a format, a problem, or nothing. */
type ImageFinding = { readonly format: string } | Problem | undefined;

/**
 * Counts a data set and decodes each of its images.
 * @param inspect decodes one image
 * @param onStudy called once a study, for progress
 */
export async function checkDataset(
  dataset: Dataset,
  inspect: FilmInspector,
  onStudy: () => void = () => {},
): Promise<DataReport> {
  const images = await inspectImages(dataset.studies, inspect, onStudy);
  const broken = images.filter((image): image is Problem => image !== undefined && "code" in image);
  const formats = images.flatMap((image) => (image !== undefined && "format" in image ? [image.format] : []));
  const problems = [...problemsOf(dataset), ...broken];
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return {
    name: dataset.name,
    sources: dataset.sources,
    ...countStudies(dataset.studies),
    images: {
      readable: formats.length,
      missing: images.filter((image) => image === undefined).length,
      broken: broken.length,
      formats: Object.fromEntries(
        [...new Set(formats)].sort().map((format) => [format, formats.filter((other) => other === format).length]),
      ),
    },
    errors,
    warnings: problems.length - errors,
    problems,
  };
}

async function inspectImages(
  studies: readonly Study[],
  inspect: FilmInspector,
  onStudy: () => void,
): Promise<ImageFinding[]> {
  const findings = new Array<ImageFinding>(studies.length);
  const queue = studies.entries();
  const worker = async () => {
    // The workers share one iterator: whoever is free takes the next study.
    for (const [i, study] of queue) {
      findings[i] = await inspectImage(study, inspect);
      onStudy();
    }
  };
  await Promise.all(Array.from({ length: imagesAtOnce }, worker));
  return findings;
}

async function inspectImage({ imageId, imagePath }: Study, inspect: FilmInspector): Promise<ImageFinding> {
  if (imagePath === undefined) return undefined;
  try {
    const { colourModel, depth } = await inspect(imagePath);
    return { format: `${colourModel}, ${depth} bit` };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const found = error.parts.found === undefined ? "" : ` (${error.parts.found})`;
    return problem("broken-image", `image ${imageId}`, `${error.what}${found}`);
  }
}

function partCounts(studies: readonly Study[]): PartCounts {
  return {
    studies: studies.length,
    sentences: studies.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}

function countStudies(studies: readonly Study[]) {
  const findings = studies.flatMap((study) => study.findings);
  const count = (isCounted: (finding: (typeof findings)[number]) => boolean) => findings.filter(isCounted).length;
  const part = (split: SplitName | undefined) => partCounts(studies.filter((study) => study.split === split));
  const patients = new Set(studies.flatMap(({ patientId }) => patientId ?? []));
  return {
    ...partCounts(studies),
    positive: count(({ abnormal }) => abnormal === true),
    negative: count(({ abnormal }) => abnormal === false),
    unmarked: count(({ abnormal }) => abnormal === undefined),
    emptySentences: {
      en: count(({ sentence }) => pythonStrip(sentence.en) === ""),
      es: count(({ sentence }) => pythonStrip(sentence.es) === ""),
    },
    boxes: findings.reduce((sum, { boxes }) => sum + boxes.length, 0),
    secondReaderBoxes: findings.reduce((sum, { extraBoxes }) => sum + extraBoxes.length, 0),
    patients: patients.size,
    patientsInTwoSplits: patientsInTwoSplits(studies).length,
    splits: {
      ...(Object.fromEntries(splitNames.map((name) => [name, part(name)])) as Record<SplitName, PartCounts>),
      none: part(undefined),
    },
  };
}
