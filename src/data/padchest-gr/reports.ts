/** `grounded_reports_*.json`: studies, their findings and boxes. */
import { z } from "zod";
import { readBoxes } from "../box-values.ts";
import { PackedStudies } from "../compact/studies.ts";
import { readId } from "../ids.ts";
import { type PiecewiseReader, readWhole } from "../piecewise.ts";
import { countLeftOut, type Problem, problem } from "../problems.ts";
import type { Finding, PriorStudy, Study } from "../vocabulary.ts";
import { JsonList } from "./json-list.ts";

/** A finding without these cannot be used. */
const essentials = z.object({
  sentence_en: z.string().nullish(),
  sentence_es: z.string().nullish(),
  abnormal: z.boolean().nullish(),
  boxes: z.unknown().optional(),
  extra_boxes: z.unknown().optional(),
});

/** Negative sentences often lack these; a finding is as good without them. */
const details = {
  labels: z.array(z.string()).nullish(),
  locations: z.array(z.string()).nullish(),
  progression: z.enum(["stable", "improved", "worsened"]).nullish(),
};

const title = {
  subject: "The reports",
  expected: "the release's list of study records",
  remedy: "Get the file again.",
} as const;

/**
 * Reads the release's JSON record by record: studies in file order, without image path, patient and split.
 * @param file what problems call the text
 * @param problems takes a note of each record and finding that cannot be read, and of odd values
 */
export function reportsReader(file: string, problems: Problem[]): PiecewiseReader<PackedStudies> {
  const list = new JsonList(file, title);
  const studies = new PackedStudies();
  let count = 0;
  const read = (records: Iterable<unknown>) => {
    for (const record of records) {
      const study = readStudy(record, `${file}, record ${++count}`, problems);
      if (study !== undefined) studies.add(study);
    }
  };
  return {
    push: (bytes) => read(list.push(bytes)),
    end() {
      read(list.end());
      return studies;
    },
  };
}

/** The studies of a text that is in memory. @throws DataError when the text is no JSON or no list */
export function readReports(text: string, file: string, problems: Problem[]): Study[] {
  return [...readWhole(reportsReader(file, problems), text)];
}

function readStudy(record: unknown, where: string, problems: Problem[]): Study | undefined {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    problems.push(problem("bad-record", where, "The record is no study; it is left out."));
    return undefined;
  }
  const { StudyID, ImageID, PreviousStudyID, PreviousImageID, findings } = record as Readonly<Record<string, unknown>>;
  const studyId = readId(StudyID, "StudyID", where, problems);
  const imageId = readId(ImageID, "ImageID", where, problems);
  if (studyId === undefined || imageId === undefined) {
    const lost = Array.isArray(findings) ? findings.length : 0;
    countLeftOut(problems, lost, ` The study is left out, with its findings (${lost}).`);
    return undefined;
  }
  const study = `${where}, study ${studyId}`;
  if (findings !== undefined && findings !== null && !Array.isArray(findings)) {
    problems.push(problem("bad-record", study, "The findings are not a list; the study has none."));
  }
  const prior = readPrior(PreviousStudyID, PreviousImageID, study, problems);
  const list: readonly unknown[] = Array.isArray(findings) ? findings : [];
  const read = list.flatMap((value, i) => {
    const finding = readFinding(value, `${study}, finding ${i + 1}`, problems);
    if (finding === undefined) countLeftOut(problems, 1);
    return finding ?? [];
  });
  return {
    studyId,
    imageId,
    imagePath: undefined,
    patientId: undefined,
    split: undefined,
    findings: read,
    ...(prior === undefined ? {} : { prior }),
  };
}

/** The study before, where the record names one and its image. */
function readPrior(studyId: unknown, imageId: unknown, where: string, problems: Problem[]): PriorStudy | undefined {
  const isAbsent = (value: unknown) => value === undefined || value === null || value === "";
  if (isAbsent(studyId) && isAbsent(imageId)) return undefined;
  const [study, image] = [studyId, imageId].map((value, i) =>
    isAbsent(value) ? "" : readId(value, i === 0 ? "PreviousStudyID" : "PreviousImageID", where, problems),
  );
  return study === undefined || image === undefined
    ? undefined
    : { studyId: study, imageId: image, imagePath: undefined };
}

function readFinding(value: unknown, where: string, problems: Problem[]): Finding | undefined {
  const parsed = essentials.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const what = `${path.length === 0 ? "The finding" : path.join(".")}: ${message}; the finding is left out.`;
    problems.push(problem("bad-record", where, what));
    return undefined;
  }
  const { sentence_en, sentence_es, abnormal } = parsed.data;
  const boxes = readBoxes(parsed.data.boxes, `${where}, boxes`, problems);
  const extraBoxes = readBoxes(parsed.data.extra_boxes, `${where}, extra_boxes`, problems);
  if (boxes === undefined || extraBoxes === undefined) return undefined;
  const detail = <K extends keyof typeof details>(key: K): z.infer<(typeof details)[K]> => {
    const read = details[key].safeParse((value as Readonly<Record<string, unknown>>)[key]);
    if (!read.success) problems.push(problem("odd-value", where, `${key} is not what the format describes.`));
    return read.data as z.infer<(typeof details)[K]>;
  };
  return {
    sentence: { en: sentence_en ?? "", es: sentence_es ?? "" },
    abnormal: abnormal ?? undefined,
    boxes,
    extraBoxes,
    labels: detail("labels") ?? [],
    locations: detail("locations") ?? [],
    progression: detail("progression") ?? undefined,
  };
}
