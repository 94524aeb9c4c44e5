/**
 * Memory and time of the data commands on large sets.
 *
 *     node bench/large-sets.mjs [--pixels] [--films linked|small|full] FOLDER [STUDIES ...]       (10000 30000 100000 when none is named)
 *
 * For each size it writes a set in PadChest-GR's layout into FOLDER, runs each command on it in a process of its own, and prints a
 * line: seconds, and the peak of resident memory. Films are decoded only with --pixels; without it only their headers are read. Every film
 * has its own name. What they hold: `linked`, links to 64 different films of 256 × 256 pixels; `small`, each its own 64 × 64 pixels of 16 bits;
 * `full`, each its own 2000 × 2500 pixels of 16 bits, 1.6 MB as a PNG.
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { constants, crc32, deflateRawSync, deflateSync } from "node:zlib";
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

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [head, tail] = [Buffer.alloc(4), Buffer.alloc(4)];
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

/** A grey PNG of 16 bits around its compressed rows. */
function png(width, height, data) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([16, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

/** Numbers from 0 to 1: mulberry32. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sums of six waves with a little noise: like films, and unlike noise alone, they differ in few directions. */
function smallFilm(serial) {
  const random = randomNumbers(serial);
  const waves = Array.from({ length: 6 }, () => [
    0.15 * random(),
    0.15 * random(),
    7 * random(),
    1000 + 4000 * random(),
  ]);
  const rows = Buffer.alloc(64 * 129);
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      const hills = waves.reduce(
        (sum, [fx, fy, phase, height]) => sum + height * Math.sin(fx * x + fy * y + phase),
        32000,
      );
      rows.writeUInt16BE(Math.round(hills + 200 * random()), y * 129 + 1 + 2 * x);
    }
  }
  return png(64, 64, deflateSync(rows, { level: 1 }));
}

const full = { width: 2000, height: 2500, bands: 50, variants: 32 };

/** Bands of rows, compressed, that full-size films are put together of: compressing each film would take hours. */
const bands = [];
function makeBands() {
  const rows = full.height / full.bands;
  for (let variant = 0; variant < full.variants; variant++) {
    const random = randomNumbers(1000 + variant);
    const hills = Array.from({ length: 6 }, () => [1 + 12 * random(), 7 * random(), 4000 * random()]);
    const raw = Buffer.alloc(rows * (1 + 2 * full.width));
    for (let y = 0; y < rows; y++) {
      const start = y * (1 + 2 * full.width);
      raw[start] = y === 0 ? 1 : 2;
      let before = 0;
      for (let x = 0; x < full.width; x++) {
        // Filters work byte by byte: the first row is the hills, the others add a little noise to the row above.
        if (y === 0) {
          const now = Math.round(hills.reduce((sum, [f, p, a]) => sum + a * Math.sin((f * x) / 300 + p), 30000));
          raw[start + 1 + 2 * x] = ((now >> 8) - (before >> 8)) & 0xff;
          raw[start + 2 + 2 * x] = ((now & 0xff) - (before & 0xff)) & 0xff;
          before = now;
        } else raw[start + 2 + 2 * x] = (Math.floor(3 * random()) - 1) & 0xff;
      }
    }
    const data = deflateRawSync(raw, { level: 6, finishFlush: constants.Z_FULL_FLUSH });
    let [a, b] = [1, 0];
    for (let i = 0; i < raw.length; i++) {
      a = (a + raw[i]) % 65521;
      b = (b + a) % 65521;
    }
    bands.push({ data, length: raw.length, a, b });
  }
}

/** Adler-32 of two texts one behind the other. */
function joinedSums(first, second) {
  const base = 65521;
  const a = (first.a + second.a - 1 + base) % base;
  const b = (first.b + second.b + (second.length % base) * ((first.a - 1 + base) % base)) % base;
  return { a, b };
}

function fullFilm(serial) {
  if (bands.length === 0) makeBands();
  const random = randomNumbers(serial);
  const chosen = Array.from({ length: full.bands }, () => bands[Math.floor(full.variants * random())]);
  const { a, b } = chosen.reduce(joinedSums, { a: 1, b: 0 });
  const end = Buffer.alloc(6);
  end.set([3, 0]); // an empty last block
  end.writeUInt32BE(((b << 16) | a) >>> 0, 2);
  return png(
    full.width,
    full.height,
    Buffer.concat([Buffer.from([0x78, 0x9c]), ...chosen.map(({ data }) => data), end]),
  );
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

async function writeSet(root, studies, films) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "images"), { recursive: true });
  mkdirSync(join(root, "films"));
  if (films === "linked")
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
    const path = join(root, "images", record.ImageID);
    if (films === "linked") linkSync(join(root, "films", `different-${i % differentFilms}.png`), path);
    else writeFileSync(path, films === "small" ? smallFilm(i) : fullFilm(i));
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

const { values, positionals } = parseArgs({
  options: { pixels: { type: "boolean" }, films: { type: "string", default: "linked" } },
  allowPositionals: true,
});
const [folder, ...sizes] = positionals;
if (folder === undefined) throw new Error("Name a folder to write the sets to.");
console.log(`${cpus()[0]?.model}, ${availableParallelism()} threads, Node ${process.version}`);
for (const studies of sizes.length > 0 ? sizes.map(Number) : [10_000, 30_000, 100_000]) {
  const root = join(folder, `studies-${studies}`);
  await writeSet(root, studies, values.films);
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
