/** A release of PadChest-GR's size through `data check`: as published, and with one study missing. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { publishedRelease } from "../support/published-release.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "published-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function check(name: string, studies: typeof publishedRelease) {
  const root = join(folder, name);
  await mkdir(root);
  const records = studies.map(({ id, positive, negative }) => {
    const finding = (abnormal: boolean) => (_: unknown, k: number) => ({
      ...{ sentence_en: `${abnormal ? "Nodule" : "No nodule"} ${k}.`, sentence_es: `Nódulo ${k}.`, abnormal },
      boxes: abnormal ? [[0.1, 0.1, 0.2, 0.2]] : [],
    });
    const findings = [
      ...Array.from({ length: positive }, finding(true)),
      ...Array.from({ length: negative }, finding(false)),
    ];
    return { StudyID: id, ImageID: `${id}.png`, findings };
  });
  await writeFile(join(root, "grounded_reports_20240819.json"), JSON.stringify(records));
  const lines = studies.map(({ id, split, patient }) => `${id},${split},${patient}\n`);
  await writeFile(join(root, "master_table.csv"), `StudyID,split,PatientID\n${lines.join("")}`);
  const run = await captureCli(registry, ["data", "check", root, "--headers-only", "--json"]);
  const { problems, ...counts } = JSON.parse(run.stdout);
  const published = problems.filter(({ code }: { code: string }) => code === "published-counts");
  return { counts, published: published.map(({ what }: { what: string }) => what) };
}

it("says nothing of a release that has the published counts", async () => {
  const { counts, published } = await check("whole", publishedRelease);
  expect(published).toEqual([]);
  expect(counts).toMatchObject({
    ...{ studies: 4555, patients: 4459, positive: 7037, negative: 3422, patientsInTwoSplits: 0 },
    splits: { train: { studies: 3185 }, validation: { studies: 455 }, test: { studies: 915 } },
    images: { missing: 4555 },
  });
});

it("names each count that one missing study changes, and no other", async () => {
  // The study of index 2,100: abnormal, two positive sentences and a negative one, its patient's only one, of the training split.
  const { published } = await check(
    "partial",
    publishedRelease.filter((_, i) => i !== 2100),
  );
  expect(published).toEqual([
    "It has 4554 studies; the release has 4555.",
    "It has 3098 studies with a positive finding; the release has 3099.",
    "It has 4458 patients; the release has 4459.",
    "It has 7035 positive English sentences; the release has 7037.",
    "It has 3421 negative English sentences; the release has 3422.",
    "It has 3184 training studies; the release has 3185.",
    "It has 7312 English sentences of training studies; the release has 7315.",
  ]);
});
