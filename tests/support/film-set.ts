/** A PadChest-GR folder in small: for each study a film of its name and one finding with a box. The films come from the test. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** @param ids of the studies; all are of the training split, each of a patient of its own */
export async function writeFilmSet(root: string, ids: readonly string[]): Promise<string> {
  await mkdir(root);
  const findings = [{ sentence_en: "Nodule.", abnormal: true, boxes: [[0.2, 0.3, 0.5, 0.6]] }];
  const records = ids.map((id) => ({ StudyID: id, ImageID: `${id}.png`, findings }));
  await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(records));
  const rows = ids.map((id) => `${id},train,p${id}\n`).join("");
  await writeFile(join(root, "master_table.csv"), `StudyID,split,PatientID\n${rows}`);
  return root;
}
