/** Counts of a data set, and everything that is wrong with it. */
import { DataError } from "../base/errors.ts";
import type { FilmHeader } from "../images/index.ts";
import { pythonStrip } from "../text/index.ts";
import type { Dataset } from "./dataset.ts";
import { type Problem, problem } from "./problem.ts";
import { patientsInTwoSplits } from "./splits.ts";
import { type Finding, type Study, splitNames } from "./vocabulary.ts";

/** Reads a film so that a damaged one is noticed. @throws DataError */
export type FilmInspector = (path: string) => Promise<FilmHeader>;

export interface DataReport {
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
  readonly studies: number;
  readonly sentences: number;
  readonly positive: number;
  readonly negative: number;
  /** Sentences of which the file does not say whether they are positive. */
  readonly unmarked: number;
  readonly emptySentences: { readonly en: number; readonly es: number };
  readonly boxes: number;
  readonly secondReaderBoxes: number;
  readonly patients: number;
  readonly patientsInTwoSplits: number;
  /** Studies and sentences by split; `none` for studies without one. */
  readonly splits: Readonly<Record<string, { readonly studies: number; readonly sentences: number }>>;
  /** Films by depth and colour model, such as "16-bit grey". */
  readonly films: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly warnings: number;
  readonly problems: readonly Problem[];
}

/** Keys that occur more than once, with how often. */
function repeated(keys: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1);
}

function checkStudies(studies: readonly Study[]): Problem[] {
  const problems: Problem[] = [];
  const report = (severity: Problem["severity"], code: Problem["code"], where: string, what: string) =>
    problems.push(problem(severity, code, where, what));
  for (const [id, count] of repeated(studies.map(({ studyId }) => studyId))) {
    report("error", "duplicate-study", `study ${id}`, `the study occurs ${count} times`);
  }
  for (const [id, count] of repeated(studies.map(({ imageId }) => imageId))) {
    report("warning", "duplicate-image", `image ${id}`, `the image belongs to ${count} studies`);
  }
  for (const { studyId, imageId, imagePath, split, findings } of studies) {
    if (imagePath === undefined) report("error", "missing-image", `image ${imageId}`, "no file of this name was found");
    if (split === undefined)
      report("warning", "no-split", `study ${studyId}`, "the study is in no split; it gives no rows");
    const sentences = findings.map(({ sentence }) => pythonStrip(sentence.en)).filter((text) => text !== "");
    const again = repeated(sentences).length;
    if (again > 0)
      report("warning", "duplicate-sentence", `study ${studyId}`, `${again} sentences occur more than once`);
  }
  for (const { splits, studyIds } of patientsInTwoSplits(studies)) {
    const where = `studies ${studyIds.join(", ")}`;
    report("error", "patient-in-two-splits", where, `one patient's studies are in ${splits.join(" and ")}`);
  }
  return problems;
}

async function checkFilms(studies: readonly Study[], inspect: FilmInspector, onFilm: () => void) {
  const films: Record<string, number> = {};
  const problems: Problem[] = [];
  const paths = new Map(
    studies.flatMap(({ imageId, imagePath }) => (imagePath === undefined ? [] : [[imagePath, imageId]])),
  );
  for (const [path, imageId] of paths) {
    try {
      const { depth, colourModel } = await inspect(path);
      const kind = `${depth}-bit ${colourModel}`;
      films[kind] = (films[kind] ?? 0) + 1;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problems.push(problem("error", "broken-image", `image ${imageId}`, error.parts.found ?? error.what));
    }
    onFilm();
  }
  return { films, problems };
}

function countSplits(studies: readonly Study[]): DataReport["splits"] {
  const names = [...splitNames, undefined].filter(
    (name) => name !== undefined || studies.some(({ split }) => split === name),
  );
  return Object.fromEntries(
    names.map((name) => {
      const own = studies.filter(({ split }) => split === name);
      return [
        name ?? "none",
        { studies: own.length, sentences: own.reduce((sum, { findings }) => sum + findings.length, 0) },
      ];
    }),
  );
}

/**
 * Reads every film once and checks everything that can be checked without a model.
 * @param onFilm is called after each film
 */
export async function checkDataset(
  dataset: Dataset,
  inspect: FilmInspector,
  onFilm: () => void = () => {},
): Promise<DataReport> {
  const { studies } = dataset;
  const findings = studies.flatMap((study) => study.findings);
  const count = (test: (finding: Finding) => boolean) => findings.filter(test).length;
  const { films, problems: filmProblems } = await checkFilms(studies, inspect, onFilm);
  const problems = [...dataset.problems, ...checkStudies(studies), ...filmProblems];
  const errors = problems.filter(({ severity }) => severity === "error").length;
  return {
    sources: dataset.sources,
    studies: studies.length,
    sentences: findings.length,
    positive: count(({ abnormal }) => abnormal === true),
    negative: count(({ abnormal }) => abnormal === false),
    unmarked: count(({ abnormal }) => abnormal === undefined),
    emptySentences: {
      en: count(({ sentence }) => pythonStrip(sentence.en) === ""),
      es: count(({ sentence }) => pythonStrip(sentence.es) === ""),
    },
    boxes: findings.reduce((sum, { boxes }) => sum + boxes.length, 0),
    secondReaderBoxes: findings.reduce((sum, { extraBoxes }) => sum + extraBoxes.length, 0),
    patients: new Set(studies.flatMap(({ patientId }) => patientId ?? [])).size,
    patientsInTwoSplits: patientsInTwoSplits(studies).length,
    splits: countSplits(studies),
    films,
    errors,
    warnings: problems.length - errors,
    problems,
  };
}

/** Problems that need no film to be read: what `encode` and `train` warn about. */
export function problemsOf(dataset: Dataset): readonly Problem[] {
  return [...dataset.problems, ...checkStudies(dataset.studies)];
}

/** The report for people. */
export function formatReport(report: DataReport): string {
  const splits = Object.entries(report.splits).map(
    ([name, { studies, sentences }]) => `  ${name}: ${studies} studies, ${sentences} sentences`,
  );
  const films = Object.entries(report.films).map(([kind, count]) => `${count} ${kind}`);
  const { positive, negative, unmarked } = report;
  const problems = report.problems.map(({ severity, code, where, what }) => `${severity} ${code}: ${where}: ${what}`);
  return [
    `${report.studies} studies of ${report.patients} patients, ${report.sentences} sentences`,
    `  ${positive} positive, ${negative} negative${unmarked > 0 ? `, ${unmarked} not marked` : ""}`,
    `  ${report.boxes} boxes, ${report.secondReaderBoxes} of the second reader`,
    ...splits,
    `films: ${films.join(", ") || "none"}`,
    `${report.errors} errors, ${report.warnings} warnings`,
    ...problems,
  ].join("\n");
}
