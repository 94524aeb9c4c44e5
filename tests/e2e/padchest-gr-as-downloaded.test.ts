/** PadChest-GR in every state of a download gives one and the same check. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { encodePng16 } from "../../src/images/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { zipFile } from "../support/zip-file.ts";

const id = (i: number) => `${"2".repeat(36)}${String(i).padStart(3, "0")}`;
const imageOf = (i: number) => `${id(i)}_1_2.png`;
const priorImage = `${id(900)}_1_2.png`;
const studies = [0, 1, 2];

const reports = JSON.stringify(
  studies.map((i) => ({
    StudyID: id(i),
    ImageID: imageOf(i),
    PreviousStudyID: i === 1 ? id(900) : null,
    PreviousImageID: i === 1 ? priorImage : null,
    findings: [
      {
        sentence_en: "Nodule.",
        sentence_es: "Nódulo.",
        abnormal: true,
        boxes: [[0.3, 0.3, 0.5, 0.6]],
        labels: ["nodule"],
      },
      { sentence_en: i === 2 ? "" : "No effusion.", sentence_es: "Sin derrame.", abnormal: false, boxes: [] },
    ],
  })),
);
// The third study is in no split.
const table = `StudyID,ImageID,split,PatientID\n${studies.map((i) => `${id(i)},${imageOf(i)},${["train", "test", ""][i]},p${i}\n`).join("")}`;

let folder: string;
const films = new Map<string, Buffer>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "as-downloaded-"));
  for (const [serial, name] of [...studies.map(imageOf), priorImage].entries()) {
    const levels = Uint16Array.from({ length: 60 * 60 }, (_, k) =>
      Math.round(30000 + 20000 * Math.sin(k / (3 + 4 * serial))),
    );
    films.set(name, Buffer.from(await encodePng16({ width: 60, height: 60 }, levels)));
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type Layout = Readonly<Record<string, string | Uint8Array>>;

const own = () => studies.map((i) => [imageOf(i), films.get(imageOf(i))!] as const);
const below = (path: string): Layout => Object.fromEntries(own().map(([name, bytes]) => [`${path}${name}`, bytes]));
const archive = () =>
  zipFile(
    own().map(([name, bytes]) => ({ name: `PadChest_GR/${name}`, bytes })),
    true,
  );
const prior = (): Layout => ({ [`PadChest_GR_progression_prior_studies/${priorImage}`]: films.get(priorImage)! });
const texts: Layout = { "grounded_reports_20240819.json": reports, "master_table.csv": table };

function inParts(path: string): Layout {
  const bytes = archive();
  const length = Math.ceil(bytes.length / 37);
  return Object.fromEntries(
    Array.from({ length: 37 }, (_, i) => [
      `${path}PadChest_GR.zip.${String(i + 1).padStart(3, "0")}`,
      bytes.subarray(i * length, (i + 1) * length),
    ]),
  );
}

const layouts: readonly (readonly [name: string, layout: () => Layout])[] = [
  ["images beside the reports", () => ({ ...texts, ...prior(), ...below("") })],
  ["images a folder below", () => ({ ...texts, ...prior(), ...below("Padchest_GR_files/") })],
  ["images two folders below", () => ({ ...texts, ...prior(), ...below("Padchest_GR_files/PadChest_GR/") })],
  ["the 37 parts of the archive", () => ({ ...texts, ...prior(), ...inParts("Padchest_GR_files/") })],
  ["the parts beside the reports", () => ({ ...texts, ...prior(), ...inParts("") })],
  ["one whole archive", () => ({ ...texts, ...prior(), "PadChest_GR.zip": archive() })],
  [
    "the master table as a zip, everything a folder deeper",
    () => {
      const layout = { ...texts, ...prior(), ...below("files/") };
      const { "master_table.csv": _, ...others } = layout;
      const zip = zipFile([{ name: "master_table.csv", bytes: Buffer.from(table), isDeflated: true }]);
      const all = { ...others, "master_table.csv.zip": zip };
      return Object.fromEntries(Object.entries(all).map(([path, bytes]) => [`BIMCV/${path}`, bytes]));
    },
  ],
];

describe("PadChest-GR as downloaded", () => {
  it.each(layouts)("%s", async (name, layout) => {
    const root = join(folder, name.replaceAll(" ", "-"), "set");
    for (const [path, bytes] of Object.entries(layout())) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes);
    }
    const report = join(root, "..", "problems.csv");
    const run = await captureCli(registry, ["data", "check", root, "--json", "--report", report]);
    expect(run.stderr).not.toContain("Error");
    expect(run.exitCode).toBe(0);
    const { problems, ...counts } = JSON.parse(run.stdout);
    expect(counts).toMatchObject({
      studies: 3,
      sentences: 6,
      patients: 3,
      errors: 0,
      splits: { train: { studies: 1 }, test: { studies: 1 }, none: { studies: 1 } },
      images: { read: "pixels", readable: 3, missing: 0, broken: 0 },
      progression: { studiesWithPrior: 1, priorImagesFound: 1 },
    });
    expect(problems.map(({ code }: { code: string }) => code)).toEqual(expect.arrayContaining(["no-split"]));
    // Every row that training does not see, and why; IDs with all their digits.
    const notes = (await readFile(report, "utf8")).split("\n").filter((line) => line.startsWith("note,dropped-row"));
    expect(notes).toHaveLength(2);
    for (const line of notes) expect(line).toContain(`study ${id(2)}, image ${imageOf(2)}`);
    expect(notes[0]).toContain("the study is in no split");
  });
});
