/** The dataset check: counts, every image read, and all problems in one document. */
import { breathe } from "../base/breathe.ts";
import { DataError } from "../base/errors.ts";
import type { EncoderView, FilmHeader, FilmPrint, ImageSource } from "../images/index.ts";
import { pythonStrip } from "../text/index.ts";
import {
  type BoxStatistics,
  boxStatistics,
  type Offender,
  type ReaderAgreement,
  readerAgreement,
  type ViewCounts,
  viewLoss,
} from "./checks/boxes.ts";
import { duplicateFilms, type NearDuplicates } from "./checks/duplicates.ts";
import { FilmTable } from "./checks/film-table.ts";
import { type ProgressionCounts, progressionCounts, progressionProblems } from "./checks/progression.ts";
import { checkTexts, type TextStatistics, type TokenCounter } from "./checks/texts.ts";
import { KeyTable } from "./compact/key-table.ts";
import type { Studies } from "./compact/studies.ts";
import { problemsOf } from "./consistency.ts";
import type { Dataset, SourceFile } from "./dataset.ts";
import { type Problem, problem } from "./problems.ts";
import { patientsInTwoSplits } from "./splits.ts";
import type { Language, SplitName, Study } from "./vocabulary.ts";

/** What a check needs of a film. Without a print only the header was read: the pixels may be damaged, and copies stay unseen. */
export interface FilmReading extends FilmHeader {
  readonly print?: FilmPrint;
}

/** What was found where a study's film should be. */
export type FilmState = "readable" | "missing" | "broken";

/** Reads a film. @throws DataError when it is broken */
export type FilmInspector = (source: ImageSource) => Promise<FilmReading>;

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
  readonly boxStatistics: BoxStatistics;
  /** How much the encoder's default view hides of the boxes on films that could be read. */
  readonly view: ViewCounts;
  readonly readerAgreement: Omit<ReaderAgreement, "offenders">;
  readonly text: Readonly<Record<Language, TextStatistics>>;
  readonly progression: ProgressionCounts;
  readonly patients: number;
  readonly patientsInTwoSplits: number;
  readonly splits: Readonly<Record<SplitName | "none", PartCounts>>;
  readonly images: {
    /** Whether the pixels were looked at; the header alone shows no damage and no copies. */
    readonly read: "pixels" | "headers";
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

/** Images asked for at the same time: enough to keep decoder threads busy, few enough for full-size films. */
const imagesAtOnce = 8;

/** The reference's view: ViT-B/32, centre crop. */
const defaultView: EncoderView = { fit: "crop", side: 224 };

export interface CheckOptions {
  /** Counts the decoder's tokens of a sentence; without it the report has no token statistics. */
  readonly countTokens?: TokenCounter;
  readonly view?: EncoderView;
  /** Called once a study, for progress. */
  readonly onStudy?: () => void;
  /** Aborted when no more films shall be read. */
  readonly signal?: AbortSignal;
}

/** A data set whose studies need not be a list in memory. */
export type CheckedSet = Omit<Dataset, "studies"> & { readonly studies: Studies };

/** The report, and what a page shows of it besides. */
export interface CheckedDataset {
  readonly report: DataReport;
  readonly hiddenBoxes: readonly Offender[];
  readonly disagreements: readonly Offender[];
  readonly nearDuplicates: readonly NearDuplicates[];
  /** What is behind a study's image path, by the study's index. */
  filmOf(index: number, study: Study): FilmState;
}

/**
 * Counts a data set, reads each of its images, and looks for everything that is wrong with it.
 * @param inspect reads one image; called for several at a time
 */
export async function inspectDataset(
  dataset: CheckedSet,
  inspect: FilmInspector,
  { countTokens, view = defaultView, onStudy = () => {}, signal }: CheckOptions = {},
): Promise<CheckedDataset> {
  const { studies } = dataset;
  const { films, missing, broken } = await inspectImages(studies, inspect, onStudy, signal);
  // Each step walks through all studies: between two of them a Ctrl-C is heard.
  const step = async <T>(work: () => T): Promise<T> => {
    await breathe(signal);
    return work();
  };
  const general = await step(() => problemsOf(dataset));
  const loss = await step(() => viewLoss(studies, (index) => films.sizeOf(index), view));
  const { offenders: disagreements, ...agreement } = await step(() => readerAgreement(studies));
  const en = await step(() => checkTexts(studies, "en", countTokens));
  const es = await step(() => checkTexts(studies, "es", countTokens));
  const duplicates = await step(() => duplicateFilms(studies, films));
  const problems = [
    ...general,
    ...broken,
    ...duplicates.sameContent,
    ...duplicates.alike,
    ...loss.problems,
    ...(await step(() => progressionProblems(studies))),
    ...en.problems,
    ...es.problems,
  ];
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const report: DataReport = {
    name: dataset.name,
    sources: dataset.sources,
    ...(await step(() => countStudies(studies))),
    boxStatistics: await step(() => boxStatistics(studies)),
    view: loss.report,
    readerAgreement: agreement,
    text: { en: en.statistics, es: es.statistics },
    progression: await step(() => progressionCounts(studies)),
    images: {
      read: films.prints < films.readable ? "headers" : "pixels",
      readable: films.readable,
      missing,
      broken: broken.length,
      formats: films.formats,
    },
    errors,
    warnings: problems.length - errors,
    problems,
  };
  return {
    ...{ report, hiddenBoxes: loss.offenders, disagreements, nearDuplicates: duplicates.nearDuplicates },
    filmOf(index, { imagePath }) {
      if (imagePath === undefined) return "missing";
      return films.sizeOf(index) === undefined ? "broken" : "readable";
    },
  };
}

/** The report alone. @param onStudy called once a study, for progress */
export async function checkDataset(
  dataset: CheckedSet,
  inspect: FilmInspector,
  onStudy: () => void = () => {},
): Promise<DataReport> {
  return (await inspectDataset(dataset, inspect, { onStudy })).report;
}

/** What was behind the studies' image paths. */
interface ReadImages {
  readonly films: FilmTable;
  readonly missing: number;
  /** In file order. */
  readonly broken: readonly Problem[];
}

async function inspectImages(
  studies: Studies,
  inspect: FilmInspector,
  onStudy: () => void,
  signal: AbortSignal | undefined,
): Promise<ReadImages> {
  const films = new FilmTable(studies.length);
  const broken = new Map<number, Problem>();
  let missing = 0;
  const queue = indexed(studies);
  const worker = async () => {
    // The workers share one iterator: whoever is free takes the next study.
    for (const [i, { imageId, imagePath }] of queue) {
      signal?.throwIfAborted();
      if (imagePath === undefined) missing++;
      else {
        const found = await inspectImage(imageId, imagePath, inspect);
        if ("code" in found) broken.set(i, found);
        else films.set(i, found);
      }
      onStudy();
    }
  };
  await Promise.all(Array.from({ length: imagesAtOnce }, worker));
  return { films, missing, broken: [...broken].sort(([a], [b]) => a - b).map(([, found]) => found) };
}

function* indexed<T>(items: Iterable<T>): Generator<readonly [number, T]> {
  let index = 0;
  for (const item of items) yield [index++, item];
}

async function inspectImage(
  imageId: string,
  source: ImageSource,
  inspect: FilmInspector,
): Promise<FilmReading | Problem> {
  try {
    return await inspect(source);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const found = error.parts.found === undefined ? "" : ` (${error.parts.found})`;
    return problem("broken-image", `image ${imageId}`, `${error.what}${found}`);
  }
}

function countStudies(studies: Studies) {
  const nothing = { studies: 0, sentences: 0 };
  const splits = { train: { ...nothing }, validation: { ...nothing }, test: { ...nothing }, none: { ...nothing } };
  const counts = { positive: 0, negative: 0, unmarked: 0, boxes: 0, secondReaderBoxes: 0 };
  const emptySentences = { en: 0, es: 0 };
  const patients = new KeyTable();
  let sentences = 0;
  for (const { split, patientId, findings } of studies) {
    const part = splits[split ?? "none"];
    part.studies++;
    part.sentences += findings.length;
    sentences += findings.length;
    if (patientId !== undefined) patients.add(patientId);
    for (const { abnormal, sentence, boxes, extraBoxes } of findings) {
      counts[abnormal === undefined ? "unmarked" : abnormal ? "positive" : "negative"]++;
      if (pythonStrip(sentence.en) === "") emptySentences.en++;
      if (pythonStrip(sentence.es) === "") emptySentences.es++;
      counts.boxes += boxes.length;
      counts.secondReaderBoxes += extraBoxes.length;
    }
  }
  return {
    studies: studies.length,
    sentences,
    ...counts,
    emptySentences,
    patients: patients.size,
    patientsInTwoSplits: patientsInTwoSplits(studies).length,
    splits,
  };
}
