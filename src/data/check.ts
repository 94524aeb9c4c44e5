/** The dataset check: counts, every image read, and all problems in one document. */
import { DataError } from "../base/errors.ts";
import type { EncoderView, FilmHeader, FilmPrint, ImageSize, ImageSource } from "../images/index.ts";
import { pythonStrip } from "../text/index.ts";
import {
  type BoxStatistics,
  boxStatistics,
  lostBoxes,
  type Offender,
  type ReaderAgreement,
  readerAgreement,
  type ViewLoss,
  viewLoss,
} from "./checks/boxes.ts";
import {
  type NearDuplicate,
  nearDuplicateProblems,
  nearDuplicates,
  type PrintedStudy,
  sameContent,
} from "./checks/duplicates.ts";
import { type ProgressionCounts, progressionCounts, progressionProblems } from "./checks/progression.ts";
import { type TextStatistics, type TokenCounter, textStatistics } from "./checks/texts.ts";
import { problemsOf } from "./consistency.ts";
import type { Dataset, SourceFile } from "./dataset.ts";
import { groupBy } from "./group-by.ts";
import { type Problem, problem } from "./problems.ts";
import { patientsInTwoSplits } from "./splits.ts";
import { type Language, type SplitName, type Study, splitNames } from "./vocabulary.ts";

/** What a check needs of a film. Without a print only the header was read: the pixels may be damaged, and copies stay unseen. */
export interface FilmReading extends FilmHeader {
  readonly print?: FilmPrint;
}

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
  readonly view: Omit<ViewLoss, "offenders">;
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

/** A film that could be read: about 1.5 kB, whatever the film's size. */
interface FilmFacts {
  readonly study: Study;
  readonly reading: FilmReading;
}

/** What is behind a study's image path: a film, a problem, or nothing. */
type ImageFinding = FilmFacts | Problem | undefined;

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

/** The report, and what a page shows of it besides. */
export interface CheckedDataset {
  readonly report: DataReport;
  readonly hiddenBoxes: readonly Offender[];
  readonly disagreements: readonly Offender[];
  readonly nearDuplicates: readonly NearDuplicate[];
}

/**
 * Counts a data set, reads each of its images, and looks for everything that is wrong with it.
 * @param inspect reads one image; called for several at a time
 */
export async function inspectDataset(
  dataset: Dataset,
  inspect: FilmInspector,
  { countTokens, view = defaultView, onStudy = () => {}, signal }: CheckOptions = {},
): Promise<CheckedDataset> {
  const { studies } = dataset;
  const images = await inspectImages(studies, inspect, onStudy, signal);
  const broken = images.filter((image): image is Problem => image !== undefined && "code" in image);
  const films = images.filter((image): image is FilmFacts => image !== undefined && "reading" in image);
  const printed = films.flatMap(({ study, reading: { print } }): PrintedStudy[] =>
    print === undefined ? [] : [{ study, print }],
  );
  const { offenders: hiddenBoxes, ...viewReport } = viewLoss(studies, sizesOf(films), view);
  const { offenders: disagreements, ...agreement } = readerAgreement(studies);
  const pairs = nearDuplicates(printed);
  const text = { en: textStatistics(studies, "en", countTokens), es: textStatistics(studies, "es", countTokens) };
  const problems = [
    ...problemsOf(dataset),
    ...broken,
    ...sameContent(printed),
    ...nearDuplicateProblems(pairs),
    ...lostBoxes({ ...viewReport, offenders: hiddenBoxes }),
    ...progressionProblems(studies),
    ...oddTexts(text, dataset.name),
  ];
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const report: DataReport = {
    name: dataset.name,
    sources: dataset.sources,
    ...countStudies(studies),
    boxStatistics: boxStatistics(studies),
    view: viewReport,
    readerAgreement: agreement,
    text,
    progression: progressionCounts(studies),
    images: {
      read: printed.length < films.length ? "headers" : "pixels",
      readable: films.length,
      missing: images.filter((image) => image === undefined).length,
      broken: broken.length,
      formats: countFormats(films),
    },
    errors,
    warnings: problems.length - errors,
    problems,
  };
  return { report, hiddenBoxes, disagreements, nearDuplicates: pairs };
}

/** The report alone. @param onStudy called once a study, for progress */
export async function checkDataset(
  dataset: Dataset,
  inspect: FilmInspector,
  onStudy: () => void = () => {},
): Promise<DataReport> {
  return (await inspectDataset(dataset, inspect, { onStudy })).report;
}

function sizesOf(films: readonly FilmFacts[]): Map<string, ImageSize> {
  return new Map(films.map(({ study, reading: { width, height } }) => [study.imageId, { width, height }]));
}

function countFormats(films: readonly FilmFacts[]): Record<string, number> {
  const groups = [...groupBy(films, ({ reading: { colourModel, depth } }) => `${colourModel}, ${depth} bit`)].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  );
  return Object.fromEntries(groups.map(([format, own]) => [format, own.length]));
}

/** One warning a language and fault: in a file that was decoded wrongly these are thousands. */
function oddTexts(text: Readonly<Record<Language, TextStatistics>>, name: string): Problem[] {
  const titles = { en: "English", es: "Spanish" } as const;
  return (["en", "es"] as const).flatMap((language) => {
    const { oddCharacters, wronglyDecoded } = text[language];
    const found = (count: number, what: string) =>
      count === 0 ? [] : [problem("odd-text", name, `${count} ${titles[language]} sentences ${what}.`)];
    return [
      ...found(oddCharacters, "have control, replacement or private characters"),
      ...found(wronglyDecoded, "look like UTF-8 that was read as Latin-1"),
    ];
  });
}

async function inspectImages(
  studies: readonly Study[],
  inspect: FilmInspector,
  onStudy: () => void,
  signal: AbortSignal | undefined,
): Promise<ImageFinding[]> {
  const findings = new Array<ImageFinding>(studies.length);
  const queue = studies.entries();
  const worker = async () => {
    // The workers share one iterator: whoever is free takes the next study.
    for (const [i, study] of queue) {
      signal?.throwIfAborted();
      findings[i] = await inspectImage(study, inspect);
      onStudy();
    }
  };
  await Promise.all(Array.from({ length: imagesAtOnce }, worker));
  return findings;
}

async function inspectImage(study: Study, inspect: FilmInspector): Promise<ImageFinding> {
  const { imageId, imagePath } = study;
  if (imagePath === undefined) return undefined;
  try {
    return { study, reading: await inspect(imagePath) };
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
