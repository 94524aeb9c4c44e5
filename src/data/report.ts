/** The dataset check as text for people. */
import type { DataReport } from "./check.ts";
import { groupBy } from "./group-by.ts";
import type { Problem } from "./problems.ts";

/** Problems of one kind that are shown one by one; `--json` has them all. */
const shownOfAKind = 5;

function formatKind(code: string, problems: readonly Problem[]): string[] {
  const { severity, remedy } = problems[0]!;
  const shown = problems.slice(0, shownOfAKind).map(({ where, what }) => `  ${where}: ${what}`);
  const rest = problems.length - shown.length;
  if (rest > 0) shown.push(`  and ${rest} more (all of them with --json)`);
  return [`${severity}: ${code} (${problems.length})`, ...shown, `  what to do: ${remedy}`];
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

function formatBoxes({ boxStatistics, view, readerAgreement }: DataReport): string[] {
  const { area } = boxStatistics;
  const { findings, iou, disjoint } = readerAgreement;
  const lines: string[] = [];
  if (area.most > 0) {
    const range = `${percent(area.least)} to ${percent(area.most)}`;
    lines.push(`box area: median ${percent(area.median)} of the film, ${range}`);
  }
  if (view.boxes > 0) {
    lines.push(`encoder's view (fit ${view.fit}): ${view.cut} of ${view.boxes} boxes cut, ${view.lost} outside it`);
  }
  if (findings > 0) {
    lines.push(
      `two readers: ${findings} findings, overlap (IoU) ${iou.mean.toFixed(2)} on average, ${disjoint} disjoint`,
    );
  }
  return lines;
}

function formatTexts({ text }: DataReport): string[] {
  return (["en", "es"] as const).flatMap((language) => {
    const { sentences, distinct, words, tokens, innerFullStop, withoutFullStop } = text[language];
    if (sentences === 0) return [];
    const parts = [
      `${distinct} distinct`,
      `${words.median} words (at most ${words.most})`,
      ...(tokens === undefined
        ? []
        : [
            `${tokens.count.median} tokens (at most ${tokens.count.most})`,
            `${tokens.longerThanGenerated} longer than is generated`,
            `${tokens.cutInTraining} cut in training`,
          ]),
      `${innerFullStop} with "." inside`,
      `${withoutFullStop} without at the end`,
    ];
    return [`sentences, ${language === "en" ? "English" : "Spanish"}: ${parts.join(", ")}`];
  });
}

function formatProgression({ progression }: DataReport): string[] {
  const { studiesWithPrior, priorImagesFound, stable, improved, worsened } = progression;
  if (studiesWithPrior + stable + improved + worsened === 0) return [];
  const films = `${studiesWithPrior} studies with one before (${priorImagesFound} of their films found)`;
  return [`progression: ${films}; ${stable} findings stable, ${improved} improved, ${worsened} worsened`];
}

/** The counts, one line each. */
export function formatCounts(report: DataReport): string[] {
  const { splits, images, emptySentences } = report;
  const known = report.unmarked === 0 ? "" : `, ${report.unmarked} not known`;
  const leaks = report.patientsInTwoSplits === 0 ? "" : `, ${report.patientsInTwoSplits} of them in two splits`;
  const parts = Object.entries(splits)
    .filter(([, { studies }]) => studies > 0)
    .map(([name, { studies, sentences }]) => `${name === "none" ? "no split" : name} ${studies} (${sentences})`);
  const formats = Object.entries(images.formats).map(([format, count]) => `${count} ${format}`);
  return [
    `${report.name}: ${report.studies} studies, ${report.sentences} sentences, ${report.patients} patients${leaks}`,
    `splits, studies (sentences): ${parts.join(" · ") || "none"}`,
    `sentences: ${report.positive} positive, ${report.negative} negative${known}`,
    `empty sentences: ${emptySentences.en} English, ${emptySentences.es} Spanish`,
    `boxes: ${report.boxes} of the first reader, ${report.secondReaderBoxes} of the second`,
    ...formatBoxes(report),
    ...formatTexts(report),
    ...formatProgression(report),
    `images: ${images.readable} ${images.read === "headers" ? "with a readable header (pixels not looked at)" : "readable"}, ${images.missing} missing, ${images.broken} broken`,
    ...(formats.length > 0 ? [`image formats: ${formats.join(" · ")}`] : []),
  ];
}

/** The problems by kind, errors before warnings, an empty line before each kind. */
export function formatProblems(problems: readonly Problem[]): string[] {
  const kinds = [...groupBy(problems, ({ code }) => code)];
  const ofSeverity = (severity: Problem["severity"]) =>
    kinds
      .filter(([, [first]]) => first!.severity === severity)
      .flatMap(([code, own]) => ["", ...formatKind(code, own)]);
  return [...ofSeverity("error"), ...ofSeverity("warning")];
}

/** Counts first, then the problems. */
export function formatReport(report: DataReport): string {
  return [
    ...formatCounts(report),
    ...formatProblems(report.problems),
    "",
    `${report.errors} errors, ${report.warnings} warnings`,
  ].join("\n");
}
