/** What can be wrong with a data set: one row per kind, collected and never thrown. */

export type Severity = "error" | "warning";

interface Kind {
  readonly severity: Severity;
  /** What the reader can do about it. */
  readonly remedy: string;
}

const error = (remedy: string): Kind => ({ severity: "error", remedy });
const warning = (remedy: string): Kind => ({ severity: "warning", remedy });

/** Errors make results wrong or lose data; warnings are worth a look. */
export const problemKinds = {
  "bad-record": error("Repair the record, or get the file again."),
  "numeric-id": error("Export again with IDs as text (pandas: dtype=str); the digits cannot be recovered."),
  "bad-boxes": error("Repair the boxes: a list of [x1,y1,x2,y2], each a number from 0 to 1."),
  "empty-box": error("Exchange or correct its corners (x1 < x2 and y1 < y2); as it is, it marks nothing."),
  "box-outside": warning("Check the coordinates; the part outside the image is ignored."),
  "odd-value": warning("Correct it if it is needed; it is read as absent."),
  "negative-with-boxes": warning("Check `abnormal`; the boxes are kept."),
  "unknown-split": error("Use train, validation (or val) or test."),
  "no-master-table": warning("Put master_table.csv (or master_table.csv.zip) beside the reports."),
  "master-table-differs": warning("Check which of the two files is current; the master table is not used here."),
  "master-table-contradiction": error("Correct the master table; its first row for the study is used."),
  "no-split": warning("Complete the split column; the sentences are in no part of the data set."),
  "no-patient": warning("Complete the master table; leakage by patient cannot be checked for these studies."),
  "duplicate-study": error("Remove one of the two; as it is, its sentences count twice."),
  "duplicate-image": error("Check the image names; two studies should not share an image."),
  "duplicate-content": warning("Remove all but one, or accept that this film counts several times."),
  "duplicate-content-across-splits": error("Remove it from one split; a model has seen it in training."),
  "near-duplicate": warning("Compare the films; one film in two splits makes scores too high."),
  "box-outside-view": warning("Choose --fit pad or stretch in `encode`, which show the whole film."),
  "odd-progression": warning("Check the progression and the previous study; neither is used in training."),
  "odd-text": warning("Look at these sentences; a wrong encoding or stray characters are learned like words."),
  "repeated-sentence": warning("Merge the two findings if they are one."),
  "patient-in-two-splits": error("Move all studies of a patient into one split, or accept that scores are too high."),
  "missing-image": error("Extract all images below the data set, or name their folder with --images."),
  "ambiguous-image": warning("Remove the other files of this name, or choose a folder with --images."),
  "archive-incomplete": error("Download the missing parts; their names end in these numbers."),
  "archive-broken": error("Download it again, or its odd parts; the last one must have the size on the download page."),
  "archive-unread": error("Unpack the archive, and leave the images below the data set."),
  "missing-prior-image": warning(
    "Complete the folder of prior studies if they are needed; training does not use them.",
  ),
  "master-table-surplus": warning("Check that the table and the reports are of one release."),
  "published-counts": warning("Compare the download with the release; a changed or partial copy gives other results."),
  "unknown-size": error("Name the folder of the films with --images."),
  "unsafe-name": error("Rename the image: its name would lead out of the folder that is written."),
  "not-held": warning("Nothing, if it is not needed; a study here has sentences, labels, boxes and little else."),
  "third-reader": warning("Two readers are kept: the first two of each image."),
  "broken-image": error("Copy or download the file again."),
  "csv-disagrees": warning("Check which of the two is current; the release's JSON is used unless CSV files are named."),
} as const satisfies Record<string, Kind>;

export type ProblemCode = keyof typeof problemKinds;

/** Something wrong with the data. Safe to print: it names files, rows, studies and images, never sentences or patients. */
export interface Problem extends Kind {
  readonly code: ProblemCode;
  /** File and line, file and study, or image. */
  readonly where: string;
  /** One sentence. */
  readonly what: string;
  /** Findings that are left out because of it; none when absent. */
  readonly rows?: number;
}

/** Says of the last problem how many findings are left out because of it. @param addition what it says besides */
export function countLeftOut(problems: Problem[], rows: number, addition = ""): void {
  const last = problems.pop()!;
  problems.push({ ...last, what: `${last.what}${addition}`, rows });
}

export function problem(code: ProblemCode, where: string, what: string): Problem {
  return { code, where, what, ...problemKinds[code] };
}
