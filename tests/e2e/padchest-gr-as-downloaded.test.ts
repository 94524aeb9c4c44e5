/** PadChest-GR in every state of a download gives one and the same check. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
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
  [
    "a table that a Mac zipped in a folder, and images whose endings are capitals",
    () => {
      const zip = zipFile([
        { name: "release/MASTER_TABLE.CSV", bytes: Buffer.from(table), isDeflated: true },
        { name: "__MACOSX/release/._master_table.csv", bytes: Buffer.from("\0\u0005\u0016\u0007") },
      ]);
      const images = own().map(([name, bytes]) => [`i/${name.replace(".png", ".PNG")}`, bytes] as const);
      const { "master_table.csv": _, ...others } = texts;
      return { ...others, ...prior(), "master_table.csv.zip": zip, ...Object.fromEntries(images) };
    },
  ],
  [
    "some images unpacked, all in the parts",
    () => ({ ...texts, ...prior(), ...inParts("p/"), ...Object.fromEntries(Object.entries(below("a/b/")).slice(1)) }),
  ],
];

async function write(name: string, layout: Layout): Promise<string> {
  const root = join(folder, name.replaceAll(" ", "-"), "set");
  for (const [path, bytes] of Object.entries(layout)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  return root;
}

describe("PadChest-GR as downloaded", () => {
  it.each(layouts)("%s", async (name, layout) => {
    const root = await write(name, layout());
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

describe("a download that is not whole says what is wrong with it", () => {
  const partNamed = (serial: number) => `p/PadChest_GR.zip.${String(serial).padStart(3, "0")}`;
  const changed = (change: (parts: Record<string, Uint8Array>) => void): Layout => {
    const parts = inParts("p/") as Record<string, Uint8Array>;
    change(parts);
    return { ...texts, ...prior(), ...parts };
  };
  const downloads: readonly (readonly [string, () => Layout, string, RegExp])[] = [
    [
      "a part is missing",
      () => changed((parts) => delete parts[partNamed(17)]),
      ...(["archive-incomplete", /^Of its 37 parts, 1 are not beside the others \(17\)\.$/] as const),
    ],
    [
      "the last part is missing",
      () => changed((parts) => delete parts[partNamed(37)]),
      ...(["archive-broken", /of its 36 parts none stands out/] as const),
    ],
    [
      "a part has another name",
      () =>
        changed((parts) => {
          parts["p/PadChest_GR.zip (1).017"] = parts[partNamed(17)]!;
          delete parts[partNamed(17)];
        }),
      ...(["archive-incomplete", /\(17\)/] as const),
    ],
    [
      "a part in the middle is short",
      () =>
        changed((parts) => {
          parts[partNamed(17)] = parts[partNamed(17)]!.subarray(0, -100);
        }),
      ...(["archive-broken", /its parts have (\d+) bytes, but 017 has \d+\)/] as const),
    ],
    [
      "two parts are exchanged",
      () =>
        changed((parts) => {
          const [second, third] = [parts[partNamed(2)]!, parts[partNamed(3)]!];
          [parts[partNamed(2)], parts[partNamed(3)]] = [third, second];
        }),
      ...(["broken-image", /cannot be taken out of its archive/] as const),
    ],
    [
      "images are packed in a way that is not read",
      () => {
        const members = own().map(([name, bytes]) => ({ name, bytes, claimedMethod: 12 }));
        return { ...texts, ...prior(), "PadChest_GR.zip": zipFile(members) };
      },
      ...(["archive-unread", /^3 of its images are compressed by method 12\.$/] as const),
    ],
    [
      "the folder of prior studies lacks an image",
      () => {
        const records = JSON.parse(reports);
        records[0] = { ...records[0], PreviousStudyID: id(901), PreviousImageID: `${id(901)}_1_2.png` };
        return { ...texts, ...prior(), ...below(""), "grounded_reports_20240819.json": JSON.stringify(records) };
      },
      ...(["missing-prior-image", /^The images of 1 prior studies are not in the folder/] as const),
    ],
    [
      "the table knows more studies",
      () => ({ ...texts, ...prior(), ...below(""), "master_table.csv": `${table}${id(8)},${imageOf(8)},train,p8\n` }),
      ...(["master-table-surplus", /^The master table has 1 studies of which there is no report\.$/] as const),
    ],
  ];

  it.each(downloads)("%s", async (name, layout, code, what) => {
    const run = await captureCli(registry, ["data", "check", await write(name, layout()), "--json"]);
    const problems: readonly { code: string; what: string }[] = JSON.parse(run.stdout).problems;
    expect(problems).toContainEqual(expect.objectContaining({ code, what: expect.stringMatching(what) }));
  });
});

it("explains every finding that is not a training row, and no other", async () => {
  const finding = (sentence: string, more = {}) => ({ sentence_en: sentence, abnormal: false, ...more });
  const study = (serial: unknown, ...findings: unknown[]) => ({ StudyID: serial, ImageID: `${serial}.png`, findings });
  const records = [
    study("1", finding("Kept."), finding("Kept too."), finding(""), finding("Lost.", { boxes: [[0, 0, 1]] }), null),
    study("2", finding("In no split."), finding("")),
    study("3", finding("Its film is missing."), finding("")),
    study("4", finding("Its film is broken.")),
    study(5, finding("Its ID is a number."), finding("The same.")),
    { ...study("6"), findings: "none" },
  ];
  const root = await write("rows", {
    "grounded_reports_x.json": JSON.stringify(records),
    "master_table.csv": "StudyID,split,PatientID\n1,train,a\n2,,b\n3,test,c\n4,train,d\n",
    "1.png": films.get(imageOf(0))!,
    "2.png": films.get(imageOf(1))!,
    "4.png": films.get(imageOf(2))!.subarray(0, 400),
  });
  const report = join(root, "..", "problems.csv");
  const run = await captureCli(registry, ["data", "check", root, "--json", "--report", report]);
  const { problems, sentences } = JSON.parse(run.stdout);
  const lines: readonly Record<string, string>[] = parse(await readFile(report), { columns: true });
  const sum = (own: readonly { rows?: string | number }[]) => own.reduce((all, { rows }) => all + Number(rows ?? 0), 0);
  const inFile = records.reduce((all, { findings }) => all + (Array.isArray(findings) ? findings.length : 0), 0);
  expect([inFile, sentences, sum(problems)]).toEqual([12, 8, 4]);
  expect(sum(lines)).toBe(inFile - 2);
  const notes = lines.filter(({ code }) => code === "dropped-row").map(({ where, what }) => `${where}: ${what}`);
  expect(notes.map((note) => note.replace(/study (\d), image \d.png: A row is left out of training: /, "$1 "))).toEqual(
    [
      "1 the sentence is empty.",
      ...["2 the study is in no split.", "2 the study is in no split."],
      ...["3 the sentence is empty.", "3 its film is missing."],
      "4 its film cannot be read.",
    ],
  );
});
