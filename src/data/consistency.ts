/** What can be wrong between records that are each fine: duplicates, gaps, leakage, two files that disagree. */
import { pythonStrip } from "../text/index.ts";
import type { Dataset } from "./dataset.ts";
import { groupBy } from "./group-by.ts";
import { type Problem, type ProblemCode, problem } from "./problems.ts";
import { patientsInTwoSplits } from "./splits.ts";
import { type Study, splitNames } from "./vocabulary.ts";

/** `a, b, c and 4 more`. */
function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function placed({ studyId, split }: Study): string {
  return `${studyId} (${split ?? "no split"})`;
}

function duplicateStudies(studies: readonly Study[]): Problem[] {
  const groups = [...groupBy(studies, ({ studyId }) => studyId)].filter(([, group]) => group.length > 1);
  return groups.map(([id, group]) => {
    const splits = group.map(({ split }) => split ?? "no split").join(", ");
    return problem("duplicate-study", `study ${id}`, `It occurs ${group.length} times (${splits}).`);
  });
}

function duplicateImages(studies: readonly Study[]): Problem[] {
  return [...groupBy(studies, ({ imageId }) => imageId)].flatMap(([id, group]) => {
    const owners = [...new Set(group.map(placed))];
    if (new Set(group.map(({ studyId }) => studyId)).size === 1) return [];
    return [problem("duplicate-image", `image ${id}`, `It belongs to several studies: ${listed(owners)}.`)];
  });
}

/** One problem for all studies that lack something: in a file without a column these are thousands. */
function gaps(studies: readonly Study[], code: ProblemCode, what: string, lacks: (study: Study) => boolean): Problem[] {
  const lacking = studies.filter(lacks);
  if (lacking.length === 0) return [];
  const where = `studies ${listed(lacking.map(({ studyId }) => studyId))}`;
  return [problem(code, where, `${lacking.length} of ${studies.length} studies have no ${what}.`)];
}

function missingImages(studies: readonly Study[]): Problem[] {
  const images = groupBy(
    studies.filter(({ imagePath }) => imagePath === undefined),
    ({ imageId }) => imageId,
  );
  return [...images].map(([imageId, [study]]) =>
    problem("missing-image", `image ${imageId}`, `No such file was found for study ${study!.studyId}.`),
  );
}

function oddFindings({ studyId, findings }: Study): Problem[] {
  const seen = new Map<string, number>();
  return findings.flatMap(({ sentence, abnormal, boxes, extraBoxes }, i) => {
    const where = `study ${studyId}, finding ${i + 1}`;
    const found: Problem[] = [];
    if (abnormal === false && boxes.length + extraBoxes.length > 0) {
      found.push(problem("negative-with-boxes", where, "The sentence is negative and has boxes."));
    }
    const text = pythonStrip(sentence.en) || pythonStrip(sentence.es);
    const earlier = seen.get(text);
    if (text !== "" && earlier !== undefined) {
      found.push(problem("repeated-sentence", where, `It has the same sentence as finding ${earlier + 1}.`));
    }
    if (earlier === undefined) seen.set(text, i);
    return found;
  });
}

/**
 * All problems that show without opening an image: those of single records and those between them. Patients are never
 * named. This is what `encode` and `train` warn about.
 */
export function problemsOf({ problems, studies }: Pick<Dataset, "problems" | "studies">): readonly Problem[] {
  const leaks = patientsInTwoSplits(studies).map(({ splits, studies: own }) =>
    problem(
      "patient-in-two-splits",
      `studies ${listed(own.map(placed), 10)}`,
      `One patient's studies are in ${splits.join(" and ")}.`,
    ),
  );
  return [
    ...problems,
    ...duplicateStudies(studies),
    ...duplicateImages(studies),
    ...missingImages(studies),
    ...studies.flatMap(oddFindings),
    ...gaps(studies, "no-split", "split", ({ split }) => split === undefined),
    ...gaps(studies, "no-patient", "patient", ({ patientId }) => patientId === undefined),
    ...leaks,
  ];
}

/** Whether the authors' CSVs beside a release have as many studies and sentences in each of the splits they cover. */
export function compareCounts(release: readonly Study[], csv: readonly Study[]): Problem[] {
  const count = (studies: readonly Study[]) =>
    `${studies.length} studies with ${studies.reduce((sum, { findings }) => sum + findings.length, 0)} sentences`;
  return splitNames.flatMap((name) => {
    const inSplit = csv.filter(({ split }) => split === name);
    if (inSplit.length === 0) return [];
    const [expected, found] = [count(release.filter(({ split }) => split === name)), count(inSplit)];
    if (expected === found) return [];
    const what = `The CSV files beside the JSON have ${found}, the JSON has ${expected}.`;
    return [problem("csv-disagrees", `split ${name}`, what)];
  });
}
