import { expect, it } from "vitest";
import { finding, study } from "../../../tests/support/made-studies.ts";
import { progressionProblems } from "./progression.ts";

const before = (studyId: string) => ({ prior: { studyId, imageId: `${studyId}.png`, imagePath: undefined } });
const stable = finding({ progression: "stable" });
const said = (...studies: Parameters<typeof progressionProblems>[0] extends Iterable<infer S> ? S[] : never) =>
  progressionProblems(studies).map(({ where, what }) => `${where}: ${what}`);

const fine = study("1", [stable, finding({ abnormal: false })], before("0"));

it("needs a study before, a positive finding, and another study", () => {
  expect(said(fine)).toEqual([]);
  const negative = finding({ progression: "worsened", abnormal: false });
  expect(said(fine, study("2", [stable]), study("3", [negative], before("0")), study("4", [], before("4")))).toEqual([
    "study 2, finding 1: It is stable, and no study before is named.",
    "study 3, finding 1: It is worsened, and the sentence is negative.",
    "study 4: It names itself as the study before.",
  ]);
  // A set without any study before says nothing about change.
  expect(said(study("2", [stable]))).toEqual([]);
});

it("knows another patient's study, and circles of any length", () => {
  const own = { patientId: "p" };
  const circle = ["a", "b", "c"].map((name, i) => study(name, [], { ...own, ...before("bca"[i]!) }));
  const leadsIn = study("d", [], { ...own, ...before("a") });
  expect(said(...circle, leadsIn)).toEqual(
    ["a", "b", "c"].map((name) => `study ${name}: The studies before it lead back to it.`),
  );
  expect(said(study("e", [], before("f")), study("f", []))).toEqual([
    "study e: The study before, f, is another patient's.",
  ]);
  expect(said(study("e", [], { ...own, ...before("f") }), study("f", [], own))).toEqual([]);
});
