/**
 * Memory and time of the data commands on large sets.
 *
 *     node bench/large-sets.mjs [--pixels] FOLDER [STUDIES ...]       (10000 30000 100000 when none is named)
 *
 * For each size it writes a set in PadChest-GR's layout into FOLDER (every film of its own name, all of them links to 64 different
 * small films), runs each command on it in a process of its own, and prints a line: seconds, and the peak of resident memory. Films
 * are decoded only with --pixels; without it only their headers are read.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";

const cli = resolve(import.meta.dirname, "..", "dist", "cli", "main.js");
const findings = [
  "Cardiomegaly.",
  "No pleural effusion.",
  "Interstitial pattern in the left lower lobe.",
  "Aortic elongation.",
];
const differentFilms = 64;

function film(serial) {
  const pixels = Uint16Array.from({ length: 256 * 256 }, (_, i) => {
    const [x, y] = [(i % 256) / 256, Math.floor(i / 256) / 256];
    const phase = serial * 2.4;
    return 20000 + 9000 * Math.sin((7 + (serial % 5)) * x + phase) + 9000 * Math.cos((5 + (serial % 7)) * y + phase);
  });
  return sharp(pixels, { raw: { width: 256, height: 256, channels: 1, depth: "ushort" } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
}

/** 39 digits, as the release's study IDs have. */
const studyId = (i) => `${"7".repeat(30)}${String(i).padStart(9, "0")}`;

function study(i) {
  const own = Array.from({ length: 1 + (i % 4) }, (_, k) => {
    const abnormal = (i + k) % 3 !== 0;
    return {
      sentence_en: `${findings[(i + k) % 4]} ${i % 10 === 0 ? `Seen before in study ${i}.` : ""}`.trim(),
      sentence_es: `${findings[(i + k) % 4]} (es)`,
      abnormal,
      boxes: abnormal ? [[0.1 + (i % 50) / 100, 0.2, 0.3 + (i % 50) / 100, 0.6]] : [],
      extra_boxes: [],
      labels: abnormal ? ["cardiomegaly"] : [],
      locations: abnormal ? ["cardiac"] : [],
      progression: null,
    };
  });
  return {
    StudyID: studyId(i),
    ImageID: `${studyId(i)}_film.png`,
    PreviousStudyID: null,
    PreviousImageID: null,
    findings: own,
  };
}

async function writeSet(root, studies) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "images"), { recursive: true });
  mkdirSync(join(root, "films"));
  for (let i = 0; i < differentFilms; i++) writeFileSync(join(root, "films", `different-${i}.png`), await film(i));
  const reports = createWriteStream(join(root, "grounded_reports_large.json"));
  const table = createWriteStream(join(root, "master_table.csv"));
  table.write("StudyID,ImageID,label,sentence_en,split,PatientID\n");
  for (let i = 0; i < studies; i++) {
    const record = study(i);
    const lines = record.findings.filter(({ abnormal }) => abnormal);
    const split = i % 10 === 9 ? "test" : i % 10 === 8 ? "validation" : "train";
    for (const { labels, sentence_en } of lines.length > 0 ? lines : [{ labels: [""], sentence_en: "" }])
      table.write(`${record.StudyID},${record.ImageID},${labels[0]},"${sentence_en}",${split},p${i}\n`);
    if (!reports.write(`${i === 0 ? "[" : ","}\n${JSON.stringify(record, null, 1)}`)) await once(reports, "drain");
    linkSync(join(root, "films", `different-${i % differentFilms}.png`), join(root, "images", record.ImageID));
  }
  reports.end("]\n");
  table.end();
  await Promise.all([once(reports, "close"), once(table, "close")]);
}

/** Opens the set and does nothing else. */
const opening = `import { openDataset } from ${JSON.stringify(pathToFileURL(join(cli, "..", "..", "data", "node", "index.js")).href)};
await openDataset(process.argv[1]);`;

/** @param program arguments of Node: a script and what it takes */
function run(name, program) {
  const atEnd = `process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS));`;
  const hook = `data:text/javascript,${encodeURIComponent(atEnd)}`;
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", hook, ...program], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - start) / 1000;
  const peak = Number(/peak (\d+)$/.exec(stderr)?.[1]) / 1024;
  if (status !== 0 && status !== 3) throw new Error(`${name}: exit code ${status}\n${stderr.slice(0, 2000)}`);
  return { command: name, seconds: Number(seconds.toFixed(1)), peakMegabytes: Math.round(peak) };
}

const { values, positionals } = parseArgs({ options: { pixels: { type: "boolean" } }, allowPositionals: true });
const [folder, ...sizes] = positionals;
if (folder === undefined) throw new Error("Name a folder to write the sets to.");
console.log(`${cpus()[0]?.model}, ${availableParallelism()} threads, Node ${process.version}`);
for (const studies of sizes.length > 0 ? sizes.map(Number) : [10_000, 30_000, 100_000]) {
  const root = join(folder, `studies-${studies}`);
  await writeSet(root, studies);
  const line = (name, program) => console.log(JSON.stringify({ studies, ...run(name, program) }));
  const command = (...argv) => [cli, "data", ...argv, "--json", "--quiet"];
  line("open", ["--input-type=module", "--eval", opening, root]);
  line("check --headers-only", command("check", root, "--headers-only"));
  if (values.pixels) line("check", command("check", root));
  for (const format of ["coco", "label-studio", "yolo"]) {
    const out = join(folder, format);
    line(`convert to ${format}`, command("convert", root, out, "--to", format));
    rmSync(out, { recursive: true });
  }
  rmSync(root, { recursive: true, force: true });
}
