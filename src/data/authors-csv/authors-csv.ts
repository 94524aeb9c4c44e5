/** The CSVs made by the paper's authors: one line a finding (REFERENCE §5). */
import { Groups } from "../compact/groups.ts";
import { PackedStudies, packFinding, unpackFinding } from "../compact/studies.ts";
import { TableReader, type TableRow } from "../csv-table.ts";
import { readId } from "../ids.ts";
import { type PiecewiseReader, readWhole } from "../piecewise.ts";
import { countLeftOut, type Problem } from "../problems.ts";
import { readSplitName } from "../splits.ts";
import type { Finding, SplitName, Study } from "../vocabulary.ts";
import { readGrounding } from "./grounding.ts";

const columns = {
  required: ["StudyID", "ImageID", "report_en", "boxes", "split"],
  optional: ["report_es", "extra_boxes"],
} as const;

type Cells = TableRow<(typeof columns.required)[number], (typeof columns.optional)[number]>;
type Line = Pick<Study, "studyId" | "imageId" | "split"> & { readonly finding: Finding };

function readLine({ line, cells }: Cells, file: string, problems: Problem[]): Line | undefined {
  const where = `${file}, line ${line}`;
  const studyId = readId(cells.StudyID, "StudyID", where, problems);
  const imageId = readId(cells.ImageID, "ImageID", where, problems);
  const boxes = readGrounding(cells.boxes, `${where}, boxes`, problems);
  const extraBoxes = readGrounding(cells.extra_boxes ?? "", `${where}, extra_boxes`, problems);
  const split = readSplitName(cells.split, where, problems);
  if (studyId === undefined || imageId === undefined || boxes === undefined || extraBoxes === undefined) {
    countLeftOut(problems, 1);
    return undefined;
  }
  const finding: Finding = {
    sentence: { en: cells.report_en, es: cells.report_es ?? "" },
    abnormal: boxes.length + extraBoxes.length > 0 ? true : undefined,
    boxes,
    extraBoxes,
    labels: [],
    locations: [],
    progression: undefined,
  };
  return { studyId, imageId, split, finding };
}

/**
 * Reads the studies of one file line by line, in order of their first line. The same study in another split stays
 * apart, so that no row changes its split. Patients are unknown, and so is what is positive, except that a finding with
 * a box is.
 * @param file what problems call the text
 */
export function authorsCsvReader(file: string, problems: Problem[]): PiecewiseReader<PackedStudies> {
  const rows = new TableReader(file, columns, problems, 1);
  const lines = new Groups();
  const take = (read: Iterable<Cells>) => {
    for (const row of read) {
      const line = readLine(row, file, problems);
      if (line === undefined) continue;
      const { studyId, imageId, split, finding } = line;
      lines.add(JSON.stringify([studyId, imageId, split]), packFinding(finding));
    }
  };
  return {
    push: (bytes) => take(rows.push(bytes)),
    end() {
      take(rows.end());
      const studies = new PackedStudies();
      for (const [key, findings] of lines) {
        const [studyId, imageId, split] = JSON.parse(key) as [string, string, SplitName | null];
        const own = { studyId, imageId, imagePath: undefined, patientId: undefined, split: split ?? undefined };
        studies.add({ ...own, findings: findings.map((finding) => unpackFinding(finding)) });
      }
      return studies;
    },
  };
}

/** The studies of a text that is in memory. @throws DataError as `readTable` */
export function readAuthorsCsv(text: string, file: string, problems: Problem[]): Study[] {
  return [...readWhole(authorsCsvReader(file, problems), text)];
}
