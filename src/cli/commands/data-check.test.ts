import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { describeWithSharedData } from "../../../tests/support/shared-data.ts";
import { encodePng16 } from "../../images/node/index.ts";
import { registry } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "check-"));
  await mkdir(join(folder, "set"));
  // A wide film with one box at its left edge, which the square view does not show, and readers who disagree.
  const finding = {
    sentence_en: "CANARY nodule.",
    sentence_es: "",
    abnormal: true,
    boxes: [[0, 0, 0.1, 0.5]],
    extra_boxes: [[0.5, 0.5, 0.6, 0.6]],
  };
  const negative = { sentence_en: "", sentence_es: "", abnormal: false };
  await writeFile(
    join(folder, "set", "grounded_reports_made.json"),
    JSON.stringify([{ StudyID: "1", ImageID: "1.png", findings: [finding, negative] }]),
  );
  const master = "StudyID,ImageID,split,PatientID,sentence_en\n1,1.png,train,CANARY-patient,CANARY nodule.\n";
  await writeFile(join(folder, "set", "master_table.csv"), master);
  const pixels = Uint16Array.from({ length: 300 * 100 }, (_, i) => (i * 37) % 60000);
  await writeFile(join(folder, "set", "1.png"), await encodePng16({ width: 300, height: 100 }, pixels));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("data check", () => {
  it("writes a page that needs nothing else, with the films worth a look and nothing private", async () => {
    const page = join(folder, "check.html");
    const report = join(folder, "problems.csv");
    const run = await captureCli(registry, ["data", "check", join(folder, "set"), "--html", page, "--report", report]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("1 of 1 boxes cut, 1 outside it");
    const html = await readFile(page, "utf8");
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(2);
    expect(html).toContain("1, finding 1: 100% of a box hidden");
    expect(html).toContain("1, finding 1: 100% of the two regions not shared");
    expect(html).toContain("box-outside-view");
    expect(html).not.toMatch(/https?:\/\//);
    const lines = (await readFile(report, "utf8")).trim().split("\n");
    expect(lines[0]).toBe("severity,code,where,what,remedy");
    expect(lines.at(-1)).toMatch(
      /^note,dropped-row,"study 1, image 1.png",A row is left out of training: the sentence is empty/,
    );
    for (const text of [html, lines.join("\n"), run.stdout, run.stderr]) expect(text).not.toContain("CANARY");
  });

  it("finds no hidden box through a view that shows the whole film", async () => {
    const run = await captureCli(registry, ["data", "check", join(folder, "set"), "--fit", "pad", "--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({ view: { fit: "pad", boxes: 1, cut: 0, lost: 0 }, warnings: 0 });
  });
});

describeWithSharedData("data check of the small real set", (at) => {
  it("reports 15 studies, 21 sentences, and patients in two splits", async () => {
    const run = await captureCli(registry, ["data", "check", at("real-cxr"), "--json"]);
    expect(run.exitCode).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ studies: 15, sentences: 21, patientsInTwoSplits: 3, errors: 3 });
  });
});
