/** Everything that was wrong, dropped or odd, one line each, as a CSV file for people and scripts. */
import { stringify } from "csv-stringify/sync";
import { writeFileAtomic } from "../../base/node/files.ts";
import { mapped } from "../formats/format.ts";
import type { Problem } from "../problems.ts";
import { type DroppedFinding, rowsOf } from "../rows.ts";
import type { Study } from "../vocabulary.ts";

const remedies: Readonly<Record<DroppedFinding["reason"], string>> = {
  "the study is in no split": "Complete the split column of the master table.",
  "the sentence is empty":
    "Nothing: the reference leaves such rows out of training too, and keeps them in the test set.",
  "positive or negative is not known": "Put the master table beside the files.",
};

const columns = ["severity", "code", "where", "what", "remedy"];

/** The file in pieces: its head with the problems, then what each study's rows are dropped for. */
function* textsOf(problems: readonly Problem[], studies: Iterable<Study>): Generator<string> {
  const choice = { language: "en", findings: "all", reader: 1, emptySentences: "drop" } as const;
  yield stringify([...problems], { header: true, columns });
  for (const study of studies) {
    const dropped = rowsOf([study], choice).dropped.map(({ reason, studyId, imageId }) => ({
      severity: "note",
      code: "dropped-row",
      where: `study ${studyId}, image ${imageId}`,
      what: `A row is left out of training: ${reason}.`,
      remedy: remedies[reason],
    }));
    if (dropped.length > 0) yield stringify(dropped, { columns });
  }
}

/**
 * Writes `severity,code,where,what,remedy`: the problems, and every English row that training would not see.
 * @throws DataError when the file cannot be written
 */
export async function writeProblemFile(
  path: string,
  problems: readonly Problem[],
  studies: Iterable<Study>,
): Promise<void> {
  await writeFileAtomic(
    path,
    mapped(textsOf(problems, studies), (text) => Buffer.from(text, "utf8")),
  );
}
