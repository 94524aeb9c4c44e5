/** The rule-based labeler on sentences labelled before its rules, and on the Indiana collection's problems. */
import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { type LabelName, labelF1, labelNames, labelReport, labelText, scoresOf } from "../../src/metrics/index.ts";
import { describeWithSharedData } from "../support/shared-data.ts";
import { problemsByLabel } from "./indiana-problems.ts";

const codes: Readonly<Record<string, LabelName>> = {
  EC: "Enlarged Cardiomediastinum",
  CM: "Cardiomegaly",
  LO: "Lung Opacity",
  LL: "Lung Lesion",
  ED: "Edema",
  CO: "Consolidation",
  PN: "Pneumonia",
  AT: "Atelectasis",
  PT: "Pneumothorax",
  PE: "Pleural Effusion",
  PO: "Pleural Other",
  FR: "Fracture",
  SD: "Support Devices",
  NF: "No Finding",
};
const signs = { "+": "positive", "-": "negative", "?": "uncertain" } as const;

interface Sentence {
  readonly language: string;
  readonly text: string;
  readonly labels: string;
}
const sentences = parse(readFileSync(new URL("sentences.tsv", import.meta.url), "utf8"), {
  columns: true,
  delimiter: "\t",
}) as Sentence[];

/** "PE+ AT?" as a map of label names. */
function labelsOf(text: string): Record<string, string> {
  const entries = text.split(" ").filter((code) => code !== "");
  return Object.fromEntries(
    entries.map((code) => [codes[code.slice(0, 2)]!, signs[(code[2] ?? "+") as keyof typeof signs]]),
  );
}

/** Labels that count as said, as CheXbert's scores count them. */
const said = (labels: Readonly<Record<string, string>>) =>
  labelNames.map((name) => Number(labels[name] === "positive" || labels[name] === "uncertain"));

describe("sentences labelled before the rules", () => {
  const ours = sentences.map(({ text }) => Object.fromEntries(labelText(text)));
  const gold = sentences.map(({ labels }) => labelsOf(labels));

  it("are at least 300, in two languages, of all labels and senses", () => {
    expect(sentences.length).toBeGreaterThanOrEqual(300);
    const count = (language: string) => sentences.filter((sentence) => sentence.language === language).length;
    expect(Math.min(count("en"), count("es"))).toBeGreaterThan(100);
    for (const name of labelNames)
      expect(gold.filter((labels) => labels[name] === "positive").length).toBeGreaterThan(2);
    for (const sense of ["negative", "uncertain"]) {
      expect(gold.filter((labels) => Object.values(labels).includes(sense)).length).toBeGreaterThan(30);
    }
  });

  it("get all their labels and senses, but for one sentence", () => {
    const differing = sentences.flatMap(({ text }, i) => {
      const isSame = labelNames.every((name) => ours[i]![name] === gold[i]![name]);
      return isSame ? [] : [text];
    });
    expect(differing).toEqual(["Left chest drain in place, no residual pneumothorax."]);
  });

  it("have a micro F1 that does not count what is only denied", () => {
    const report = labelReport(labelNames, gold.map(said), ours.map(said));
    expect(report.micro.f1).toBeGreaterThan(0.99);
    expect(report.macro.f1).toBeGreaterThan(0.99);
  });
});

describe("labels of texts that the sentences do not hold", () => {
  it.each([
    ["", {}],
    ["   ", {}],
    ["Lorem ipsum dolor sit amet.", {}],
    ["No pleural effusion. Small right pleural effusion.", { "Pleural Effusion": "positive" }],
    ["Pneumonia cannot be ruled out, no effusion.", { Pneumonia: "uncertain", "Pleural Effusion": "negative" }],
    [
      "No focal opacity suggestive of pneumonia.",
      { "Lung Opacity": "negative", Pneumonia: "negative", "No Finding": "positive" },
    ],
    [
      "No effusion, pneumothorax, or consolidation.",
      { "Pleural Effusion": "negative", Pneumothorax: "negative", Consolidation: "negative", "No Finding": "positive" },
    ],
    ["DERRAME PLEURAL BILATERAL", { "Pleural Effusion": "positive" }],
    [
      "Cardiomegalia, sin derrame pleural ni neumotórax.",
      { Cardiomegaly: "positive", "Pleural Effusion": "negative", Pneumothorax: "negative" },
    ],
    ["Nódulo de 1.5 cm en lóbulo superior. Sin adenopatías.", { "Lung Lesion": "positive" }],
    ["Scars of an old tuberculous infection.", { "Lung Opacity": "positive" }],
    ["Sequelae of infection in the left apex.", {}],
    ["Acute infection of the left base.", { Pneumonia: "positive" }],
    ["Opacity; correlate clinically for pneumonia.", { "Lung Opacity": "positive", Pneumonia: "uncertain" }],
    ["The differential diagnosis includes pneumonia.", { Pneumonia: "uncertain" }],
    [
      "Edema is another consideration, and pneumonia is difficult to exclude.",
      { Edema: "uncertain", Pneumonia: "uncertain" },
    ],
    [
      "Possible scar, atelectasis, or pneumonia.",
      { "Lung Opacity": "uncertain", Atelectasis: "uncertain", Pneumonia: "uncertain" },
    ],
    ["Possible nodule, small effusion.", { "Lung Lesion": "uncertain", "Pleural Effusion": "positive" }],
    ["It is difficult to exclude pneumonia.", { Pneumonia: "uncertain" }],
    ["The effusion has resolved; edema persists.", { "Pleural Effusion": "negative", Edema: "positive" }],
  ])("'%s'", (text, expected) => expect(Object.fromEntries(labelText(text))).toEqual(expected));
});

describe("label-F1 (rules)", () => {
  it("counts uncertain as said and denied as not said", () => {
    const pair = (hypothesis: string, reference: string) => ({ hypothesis, references: [reference] });
    const scores = scoresOf(
      labelF1.measure([
        pair("Possible pleural effusion.", "Pleural effusion."),
        pair("No edema.", "Cardiomegaly."), // says No Finding, lacks Cardiomegaly
        pair("Pacemaker.", "Pacemaker."),
      ]),
    );
    expect(scores.get("label-F1-14 (rules)")!.corpus).toBeCloseTo(4 / 6, 12);
    expect(scores.get("label-F1-5 (rules)")!.corpus).toBeCloseTo(2 / 3, 12);
    expect(scores.get("label-F1-14 macro (rules)")!.corpus).toBeCloseTo(2 / 14, 12);
  });
});

interface IndianaReport {
  readonly Problems: string;
  readonly findings: string;
  readonly impression: string;
}

describeWithSharedData("reports of the Indiana collection", (at) => {
  it("agree with the indexers' problems", () => {
    const reports = parse(readFileSync(at("iu-reports/indiana_reports.csv"), "utf8"), {
      columns: true,
    }) as IndianaReport[];
    const names = Object.keys(problemsByLabel) as (keyof typeof problemsByLabel)[];
    const [expected, found]: [number[][], number[][]] = [[], []];
    for (const { Problems, findings, impression } of reports) {
      const text = `${findings}\n${impression}`;
      const problems = new Set(Problems.split(";").map((problem) => problem.trim()));
      if (text.trim() === "" || problems.has("No Indexing")) continue;
      const labels = Object.fromEntries(labelText(text));
      expected.push(names.map((name) => Number(problemsByLabel[name]!.some((problem) => problems.has(problem)))));
      found.push(names.map((name) => Number(labels[name] === "positive" || labels[name] === "uncertain")));
    }
    expect(expected.length).toBeGreaterThan(3500);
    const report = labelReport(names, expected, found);
    expect(report.micro.f1).toBeGreaterThan(0.866);
    expect(report.macro.f1).toBeGreaterThan(0.815);
    expect(report.labels.Pneumonia!.f1).toBeGreaterThan(0.46);
  });
});
