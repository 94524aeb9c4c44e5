import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.ts";
import { unitBox } from "../../images/index.ts";
import type { Problem } from "../problems.ts";
import { readReports } from "./reports.ts";

fc.configureGlobal({ seed: 17 });

function read(text: string) {
  const problems: Problem[] = [];
  return { studies: readReports(text, "r.json", problems), problems };
}

function readRecords(...records: readonly unknown[]) {
  return read(JSON.stringify(records));
}

function readFindings(...findings: readonly unknown[]) {
  const { studies, problems } = readRecords({ StudyID: "12", ImageID: "x.png", findings });
  return { findings: studies[0]!.findings, problems };
}

function failure(text: string): DataError {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  }
  throw new Error("it was accepted");
}

describe("readReports", () => {
  it("reads a finding with everything, and a negative one with almost nothing", () => {
    const full = {
      sentence_en: "Nodule. ",
      sentence_es: "Nódulo.",
      abnormal: true,
      boxes: [[0.1, 0.2, 0.3, 0.4]],
      extra_boxes: [[0.5, 0.6, 0.7, 0.8]],
      labels: ["nodule"],
      locations: ["left"],
      progression: "stable",
    };
    const { findings, problems } = readFindings(full, { sentence_en: "No effusion.", abnormal: false }, {});
    expect(problems).toEqual([]);
    expect(findings[0]).toEqual({
      sentence: { en: "Nodule. ", es: "Nódulo." },
      abnormal: true,
      boxes: [unitBox(0.1, 0.2, 0.3, 0.4)],
      extraBoxes: [unitBox(0.5, 0.6, 0.7, 0.8)],
      labels: ["nodule"],
      locations: ["left"],
      progression: "stable",
    });
    const empty = { boxes: [], extraBoxes: [], labels: [], locations: [], progression: undefined };
    expect(findings[1]).toEqual({ ...empty, sentence: { en: "No effusion.", es: "" }, abnormal: false });
    expect(findings[2]).toEqual({ ...empty, sentence: { en: "", es: "" }, abnormal: undefined });
  });

  it("takes null for an absent value", () => {
    const keys = [
      "sentence_en",
      "sentence_es",
      "abnormal",
      "boxes",
      "extra_boxes",
      "labels",
      "locations",
      "progression",
    ];
    const { findings, problems } = readFindings(Object.fromEntries(keys.map((key) => [key, null])), {});
    expect(problems).toEqual([]);
    expect(findings[0]).toEqual(findings[1]);
  });

  it("says that an ID written as a number has lost digits, and leaves the study out", () => {
    const { studies, problems } = read(
      '[{"StudyID": 910000000000001583800000000000000000001, "ImageID": "x.png", "findings": []},' +
        '{"StudyID": "9.1e+38", "ImageID": "y.png"}, {"StudyID": "91", "ImageID": "z.png"}]',
    );
    expect(studies.map(({ studyId }) => studyId)).toEqual(["91"]);
    expect(problems.map(({ code, where, severity }) => [code, where, severity])).toEqual([
      ["numeric-id", "r.json, record 1", "error"],
      ["numeric-id", "r.json, record 2", "error"],
    ]);
  });

  it("leaves out what cannot be read, record by record and finding by finding", () => {
    const { studies, problems } = readRecords(
      null,
      [],
      { StudyID: "1" },
      { ImageID: "x.png" },
      { StudyID: "2", ImageID: "x.png", findings: "none" },
      {
        StudyID: "3",
        ImageID: "y.png",
        findings: [
          "text",
          { sentence_en: 5 },
          { sentence_en: "a", abnormal: "yes" },
          { sentence_en: "b", boxes: [[0, 0, 1]] },
          { sentence_en: "c", extra_boxes: {} },
          { sentence_en: "d", labels: "nodule", progression: "better" },
        ],
      },
    );
    expect(studies.map(({ studyId, findings }) => [studyId, findings.length])).toEqual([
      ["2", 0],
      ["3", 1],
    ]);
    expect(problems.map(({ code, where }) => `${code}: ${where}`)).toEqual([
      "bad-record: r.json, record 1",
      "bad-record: r.json, record 2",
      "bad-record: r.json, record 3",
      "bad-record: r.json, record 4",
      "bad-record: r.json, record 5, study 2",
      "bad-record: r.json, record 6, study 3, finding 1",
      "bad-record: r.json, record 6, study 3, finding 2",
      "bad-record: r.json, record 6, study 3, finding 3",
      "bad-boxes: r.json, record 6, study 3, finding 4, boxes",
      "bad-boxes: r.json, record 6, study 3, finding 5, extra_boxes",
      "odd-value: r.json, record 6, study 3, finding 6",
      "odd-value: r.json, record 6, study 3, finding 6",
    ]);
  });

  it.each([
    ["", 1, 1, "ends"],
    ["[\n  {", 2, 4, "ends"],
    ['[{"a": "cut here', 1, 8, "ends"],
    ['[{"a": "cut \\', 1, 8, "ends"],
    ['[{"a": tru', 1, 8, "ends"],
    ['[{"a": 1},\n {"boxes": [NaN, 0]}]', 2, 13, "not allow"],
    ["[1,]", 1, 4, "not allow"],
    ['{"a": 1,}', 1, 9, "not allow"],
    ['{"a" 1}', 1, 6, "not allow"],
    ["{a: 1}", 1, 2, "not allow"],
    ["[1 2]", 1, 4, "not allow"],
    ["[1}", 1, 3, "not allow"],
    ["[01]", 1, 2, "not allow"],
    ['["a\nb"]', 1, 2, "not allow"],
    ['["\\q"]', 1, 2, "not allow"],
    ["[] []", 1, 4, "not allow"],
    ["[1, // one\n2]", 1, 5, "not allow"],
  ])("names the place where %j stops being JSON", (text, line, column, found) => {
    expect(() => JSON.parse(text)).toThrow();
    const error = failure(text);
    expect(error.parts.where).toBe(`r.json, line ${line}, column ${column}`);
    expect(error.parts.found).toContain(found);
  });

  it("names a fault after everything that is JSON, and repeats no text", () => {
    const place = fc.tuple(fc.jsonValue(), fc.constantFrom("\n", " ", "\n\n  "));
    fc.assert(
      fc.property(place, ([value, gap]) => {
        const good = `[${JSON.stringify(value, undefined, 1)},${gap}`;
        const lines = good.split("\n");
        const { parts, message } = failure(`${good}secret]`);
        expect(parts.where).toBe(`r.json, line ${lines.length}, column ${lines.at(-1)!.length + 1}`);
        expect(message).not.toContain("secret");
      }),
    );
  });

  it("finds the fault in a long text, also within one long string", () => {
    const long = JSON.stringify("x".repeat(3_000_000));
    expect(failure(`[${long}, ${long}; 1]`).parts.where).toBe("r.json, line 1, column 6000008");
    expect(failure(`[${long}, ${long.slice(0, -1)}`).parts.found).toContain("ends");
  });

  it.each(["{}", "null", "7", '"text"'])("refuses %s: no list", (text) => {
    expect(failure(text).what).toMatch(/not a list/);
  });

  it("ignores a byte-order mark", () => {
    expect(read("\uFEFF[]").studies).toEqual([]);
  });
});
