import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { describeWithSharedData } from "../../../tests/support/shared-data.ts";
import { zipFile } from "../../../tests/support/zip-file.ts";
import { DataError } from "../../base/errors.ts";
import { Journal } from "../../base/node/journal.ts";
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
    expect(lines[0]).toBe("severity,code,where,what,remedy,rows");
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

describe("data check of many films", () => {
  const films = 40;
  let root: string;
  beforeAll(async () => {
    root = join(folder, "many");
    await mkdir(root);
    const records = Array.from({ length: films }, (_, i) => ({ StudyID: `${i}`, ImageID: `${i}.png`, findings: [] }));
    await writeFile(join(root, "grounded_reports_many.json"), JSON.stringify(records));
    const master = records.map(({ StudyID }, i) => `${StudyID},${i % 2 === 0 ? "train" : "test"},p${i}\n`);
    await writeFile(join(root, "master_table.csv"), `StudyID,split,PatientID\n${master.join("")}`);
    for (let i = 0; i < films; i++) {
      // The last film is the first one at half the contrast, in the other split.
      const [film, contrast] = i === films - 1 ? [0, 0.5] : [i, 1];
      const pixels = Uint16Array.from({ length: 60 * 50 }, (_, k) =>
        Math.round(
          contrast * (30000 + 20000 * Math.sin((k % 60) / (2 + film / 9)) * Math.cos(k / 60 / (3 + film / 7))),
        ),
      );
      await writeFile(join(root, `${i}.png`), await encodePng16({ width: 60, height: 50 }, pixels));
    }
  });

  /** Runs the check and stops it after some films, as Ctrl-C does. */
  async function interrupted(argv: readonly string[]) {
    const controller = new AbortController();
    const original = Journal.prototype.append;
    let written = 0;
    const spy = vi.spyOn(Journal.prototype, "append").mockImplementation(async function (this: Journal, piece) {
      await original.call(this, piece);
      if (++written === 10) controller.abort();
    });
    const run = await captureCli(registry, argv, controller.signal);
    spy.mockRestore();
    return run;
  }

  it("ends with 130 on Ctrl-C, writes nothing but the journal, and continues with the films that are left", async () => {
    const [journal, page] = [join(folder, "check.journal"), join(folder, "many.html")];
    const argv = ["data", "check", root, "--journal", journal, "--html", page];
    const whole = await captureCli(registry, ["data", "check", root, "--json"]);
    const stopped = await interrupted(argv);
    expect([stopped.exitCode, stopped.stdout, existsSync(page)]).toEqual([130, "", false]);
    expect(stopped.stderr).toContain("continues where it stopped");
    const kept = (await readFile(journal, "utf8")).trim().split("\n").length - 1;
    expect(kept).toBeGreaterThanOrEqual(10);
    expect(kept).toBeLessThan(films);

    const continued = await captureCli(registry, [...argv, "--json"]);
    expect(continued.stderr).toContain(`${kept} films were read before`);
    expect(continued.stdout).toBe(whole.stdout);
    expect([existsSync(journal), existsSync(page)]).toEqual([false, true]);
    expect(JSON.parse(whole.stdout)).toMatchObject({ images: { read: "pixels", readable: films } });
    expect(whole.stdout).toContain("images 0.png (train), 39.png (test)");
  });

  it("reads a film again that was exchanged since the journal was written", async () => {
    const journal = join(folder, "exchanged.journal");
    await interrupted(["data", "check", root, "--journal", journal]);
    const lines = (await readFile(journal, "utf8")).trim().split("\n");
    const exchanged = JSON.parse(lines[1]!).piece.film.split(" ")[0];
    const before = await readFile(exchanged);
    await writeFile(exchanged, "no film");
    const run = await captureCli(registry, ["data", "check", root, "--journal", journal, "--json"]);
    await writeFile(exchanged, before);
    expect(JSON.parse(run.stdout)).toMatchObject({ images: { readable: films - 1, broken: 1 } });
  });

  it("reads a film again when a part of its archive was exchanged, whichever part it is", async () => {
    const names = Array.from({ length: films }, (_, i) => `${i}.png`);
    const members = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(root, name)) })));
    const archive = zipFile(members);
    const set = join(folder, "parts");
    await mkdir(set);
    await copyFile(join(root, "grounded_reports_many.json"), join(set, "grounded_reports_many.json"));
    await writeFile(join(set, "films.zip.001"), archive.subarray(0, 20));
    await writeFile(join(set, "films.zip.002"), archive.subarray(20));
    const journal = join(folder, "parts.journal");
    await interrupted(["data", "check", set, "--journal", journal]);
    const changed = Buffer.from(archive.subarray(20));
    changed[200] = 255 - changed[200]!;
    await writeFile(join(set, "films.zip.002"), changed);
    const run = await captureCli(registry, ["data", "check", set, "--journal", journal, "--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({ images: { readable: films - 1, broken: 1 } });
  });

  it("ends when the journal cannot be written, and blames no film for it", async () => {
    const journal = join(folder, "full.journal");
    const spy = vi
      .spyOn(Journal.prototype, "append")
      .mockRejectedValue(new DataError("The file could not be written.", { where: journal, found: "ENOSPC" }));
    const run = await captureCli(registry, ["data", "check", root, "--journal", journal]);
    spy.mockRestore();
    expect([run.exitCode, run.stdout]).toEqual([3, ""]);
    expect(run.stderr).toContain("ENOSPC");
    expect(existsSync(journal)).toBe(true);
  });

  it("reads headers only when asked, and says what that cannot show", async () => {
    const run = await captureCli(registry, ["data", "check", root, "--headers-only", "--json"]);
    expect(JSON.parse(run.stdout)).toMatchObject({
      images: { read: "headers", readable: films, formats: { "grey, 16 bit": films } },
      problems: [],
    });
    const text = await captureCli(registry, ["data", "check", root, "--headers-only"]);
    expect(text.stdout).toContain("40 with a readable header (pixels not looked at)");
  });
});

describeWithSharedData("data check of the small real set", (at) => {
  it("reports 15 studies, 21 sentences, and patients in two splits", async () => {
    const run = await captureCli(registry, ["data", "check", at("real-cxr"), "--json"]);
    expect(run.exitCode).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ studies: 15, sentences: 21, patientsInTwoSplits: 3, errors: 3 });
  });
});
