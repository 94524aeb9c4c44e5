/** Everything that was wrong, dropped or odd, one line each, as a CSV file for people and scripts. */
import { stringify } from "csv-stringify/sync";
import { writeFileAtomic } from "../../base/node/files.ts";
import type { FilmState } from "../check.ts";
import { mapped } from "../formats/format.ts";
import type { Problem } from "../problems.ts";
import { type DroppedFinding, rowsOf } from "../rows.ts";
import type { Study } from "../vocabulary.ts";

/** What a study without a readable film costs its rows. */
const lostFilms = {
  missing: "its film is missing",
  broken: "its film cannot be read",
} as const;

type Reason = DroppedFinding["reason"] | (typeof lostFilms)[keyof typeof lostFilms];

const remedies: Readonly<Record<Reason, string>> = {
  "the study is in no split": "Complete the split column of the master table.",
  "the sentence is empty":
    "Nothing: the reference leaves such rows out of training too, and keeps them in the test set.",
  "positive or negative is not known": "Put the master table beside the files.",
  "its film is missing": "See missing-image.",
  "its film cannot be read": "See broken-image.",
};

const columns = ["severity", "code", "where", "what", "remedy", "rows"];

/** Why the English findings of a study are no training rows, one reason a row that is lost. */
function reasonsOf(study: Study, film: FilmState): readonly Reason[] {
  const choice = { language: "en", findings: "all", reader: 1, emptySentences: "drop" } as const;
  const { rows, dropped } = rowsOf([study], choice);
  const reasons: Reason[] = dropped.map(({ reason }) => reason);
  return film === "readable" ? reasons : [...reasons, ...rows.map(() => lostFilms[film])];
}

/** The file in pieces: its head with the problems, then what each study's rows are dropped for. */
function* textsOf(
  problems: readonly Problem[],
  studies: Iterable<Study>,
  filmOf: (index: number, study: Study) => FilmState,
): Generator<string> {
  yield stringify([...problems], { header: true, columns });
  let index = 0;
  for (const study of studies) {
    const { studyId, imageId } = study;
    const dropped = reasonsOf(study, filmOf(index++, study)).map((reason) => ({
      severity: "note",
      code: "dropped-row",
      where: `study ${studyId}, image ${imageId}`,
      what: `A row is left out of training: ${reason}.`,
      remedy: remedies[reason],
      rows: 1,
    }));
    if (dropped.length > 0) yield stringify(dropped, { columns });
  }
}

/**
 * Writes `severity,code,where,what,remedy,rows`: the problems, and every English row that training would not see. What is
 * left is all findings of the files less the sum of `rows`.
 * @throws DataError when the file cannot be written
 */
export async function writeProblemFile(
  path: string,
  problems: readonly Problem[],
  studies: Iterable<Study>,
  filmOf: (index: number, study: Study) => FilmState,
): Promise<void> {
  await writeFileAtomic(
    path,
    mapped(textsOf(problems, studies, filmOf), (text) => Buffer.from(text, "utf8")),
  );
}
