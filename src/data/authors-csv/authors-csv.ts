/** The CSVs made by the paper's authors: one line a finding (REFERENCE §5). */
import { readTable } from "../csv-table.ts";
import { groupBy } from "../group-by.ts";
import { readId } from "../ids.ts";
import type { Problem } from "../problems.ts";
import { readSplitName } from "../splits.ts";
import type { Finding, Study } from "../vocabulary.ts";
import { readGrounding } from "./grounding.ts";

const columns = {
  required: ["StudyID", "ImageID", "report_en", "boxes", "split"],
  optional: ["report_es", "extra_boxes"],
} as const;

type Line = Pick<Study, "studyId" | "imageId" | "split"> & { readonly finding: Finding };

/**
 * The studies of one file, in order of their first line. The same study in another split stays apart, so that no
 * row changes its split. Patients are unknown, and so is what is positive, except that a finding with a box is.
 * @param file what problems call the text
 * @throws DataError as `readTable`
 */
export function readAuthorsCsv(text: string, file: string, problems: Problem[]): Study[] {
  const lines = readTable(text, file, columns, problems).flatMap(({ line, cells }): Line[] => {
    const where = `${file}, line ${line}`;
    const studyId = readId(cells.StudyID, "StudyID", where, problems);
    const imageId = readId(cells.ImageID, "ImageID", where, problems);
    const boxes = readGrounding(cells.boxes, `${where}, boxes`, problems);
    const extraBoxes = readGrounding(cells.extra_boxes ?? "", `${where}, extra_boxes`, problems);
    const split = readSplitName(cells.split, where, problems);
    if (studyId === undefined || imageId === undefined || boxes === undefined || extraBoxes === undefined) return [];
    const finding: Finding = {
      sentence: { en: cells.report_en, es: cells.report_es ?? "" },
      abnormal: boxes.length + extraBoxes.length > 0 ? true : undefined,
      boxes,
      extraBoxes,
      labels: [],
      locations: [],
      progression: undefined,
    };
    return [{ studyId, imageId, split, finding }];
  });
  const groups = groupBy(lines, ({ studyId, imageId, split }) => JSON.stringify([studyId, imageId, split]));
  return [...groups.values()].map((own) => {
    const { studyId, imageId, split } = own[0]!;
    const findings = own.map(({ finding }) => finding);
    return { studyId, imageId, imagePath: undefined, patientId: undefined, split, findings };
  });
}
