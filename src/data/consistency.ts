/** What can be wrong between records that are each fine: duplicates, gaps, leakage, two files that disagree. */
import { pythonStrip } from "../text/index.ts";
import { KeyTable, repeated } from "./compact/key-table.ts";
import type { Studies } from "./compact/studies.ts";
import { type Problem, type ProblemCode, problem } from "./problems.ts";
import { patientsInTwoSplits } from "./splits.ts";
import { type Study, splitNames } from "./vocabulary.ts";

/** Names that a problem lists. */
const namesListed = 5;

/** `a, b, c and 4 more`. */
export function listed(names: readonly string[], most = namesListed): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function placed({ studyId, split }: Study): string {
  return `${studyId} (${split ?? "no split"})`;
}

function duplicateStudies(studies: Studies): Problem[] {
  return [...repeated(studies, ({ studyId }) => studyId)].map(([id, group]) => {
    const splits = group.map(({ split }) => split ?? "no split").join(", ");
    return problem("duplicate-study", `study ${id}`, `It occurs ${group.length} times (${splits}).`);
  });
}

function duplicateImages(studies: Studies): Problem[] {
  return [...repeated(studies, ({ imageId }) => imageId)].flatMap(([id, group]) => {
    const owners = [...new Set(group.map(placed))];
    if (new Set(group.map(({ studyId }) => studyId)).size === 1) return [];
    return [problem("duplicate-image", `image ${id}`, `It belongs to several studies: ${listed(owners)}.`)];
  });
}

/** One problem for all studies that lack something: in a file without a column these are thousands. */
function gaps(studies: Studies, code: ProblemCode, what: string, lacks: (study: Study) => boolean): Problem[] {
  const named: string[] = [];
  let count = 0;
  for (const study of studies) {
    if (!lacks(study)) continue;
    if (named.length < namesListed) named.push(study.studyId);
    count++;
  }
  if (count === 0) return [];
  const rest = count > named.length ? ` and ${count - named.length} more` : "";
  return [
    problem(code, `studies ${named.join(", ")}${rest}`, `${count} of ${studies.length} studies have no ${what}.`),
  ];
}

function missingImages(studies: Studies): Problem[] {
  const seen = new KeyTable();
  const problems: Problem[] = [];
  for (const { imageId, imagePath, studyId } of studies) {
    if (imagePath !== undefined || seen.add(imageId) > 0) continue;
    problems.push(problem("missing-image", `image ${imageId}`, `No such file was found for study ${studyId}.`));
  }
  return problems;
}

function oddFindings(studies: Studies): Problem[] {
  const problems: Problem[] = [];
  for (const study of studies) for (const found of oddFindingsOf(study)) problems.push(found);
  return problems;
}

function oddFindingsOf({ studyId, findings }: Study): Problem[] {
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

/** Studies, and what was wrong with single records of their files. */
interface CheckedStudies {
  readonly problems: readonly Problem[];
  readonly studies: Studies;
}

/**
 * All problems that show without opening an image: those of single records and those between them. Patients are never
 * named. This is what `encode` and `train` warn about.
 */
export function problemsOf({ problems, studies }: CheckedStudies): readonly Problem[] {
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
    ...oddFindings(studies),
    ...gaps(studies, "no-split", "split", ({ split }) => split === undefined),
    ...gaps(studies, "no-patient", "patient", ({ patientId }) => patientId === undefined),
    ...leaks,
  ];
}

/** Whether the authors' CSVs beside a release have as many studies and sentences in each of the splits they cover. */
export function compareCounts(release: Studies, csv: Studies): Problem[] {
  const inSplits = (studies: Studies) => {
    const counts = new Map(splitNames.map((name) => [name, { studies: 0, sentences: 0 }]));
    for (const { split, findings } of studies) {
      if (split === undefined) continue;
      const count = counts.get(split)!;
      count.studies++;
      count.sentences += findings.length;
    }
    return counts;
  };
  const [ofRelease, ofCsv] = [inSplits(release), inSplits(csv)];
  return splitNames.flatMap((name) => {
    const [expected, found] = [ofRelease, ofCsv].map((counts) => {
      const { studies, sentences } = counts.get(name)!;
      return `${studies} studies with ${sentences} sentences`;
    });
    if (ofCsv.get(name)!.studies === 0 || expected === found) return [];
    const what = `The CSV files beside the JSON have ${found}, the JSON has ${expected}.`;
    return [problem("csv-disagrees", `split ${name}`, what)];
  });
}
