/**
 * Encoding at full size: 16-bit films of 2000×2500 to 3000×3000, three findings each, CLIP ViT-B/32, two threads.
 *
 *     npm run bench -- encode
 *     npm run bench -- encode --peer --python PYTHON
 *
 * From files to vectors: reading, normalising, fitting and encoding. Options: --rounds N (3).
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cpuUsage } from "node:process";
import sharp from "sharp";
import { Random } from "../dist/base/random.js";
import { silentReporter } from "../dist/base/reporter.js";
import { openEncoder } from "../dist/features/index.js";
import { encodeDataset } from "../dist/features/node/index.js";
import { clipInput, filmInput, maskInput, unitBox } from "../dist/images/index.js";
import { decodeFilm, readImageBytes } from "../dist/images/node/index.js";
import { loadEncoder } from "../dist/models/node/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { inTurn, median, runCli, secondsOf, threads, workFolder } from "./support/measure.mjs";
import { startPeer, summary } from "./support/peer.mjs";

const shapes = [
  [2000, 2500],
  [2500, 2048],
  [2800, 2800],
  [3000, 3000],
  [2048, 2500],
  [2430, 2994],
  [2991, 2992],
  [2022, 2022],
];
const findings = 3;
/** Each size so often: starting the threads must not weigh more than it does in a real run. */
const repeats = 3;
/** The command's own default. */
const batchSize = 8;
const sizes = Array.from({ length: repeats }, () => shapes).flat();

/** Synthetic films, enlarged, with the noise of a detector, so that their files are as large as real ones. */
async function writeFilms(dir) {
  await runCli("data", "synth", "--out", join(dir, "synthetic"), "--studies", String(sizes.length), "--seed", "1");
  const { openDataset } = await import("../dist/data/node/index.js");
  const { studies } = await openDataset(join(dir, "synthetic"));
  const random = Random.named(0, "films");
  const box = () => {
    const [x, y] = [random.between(0, 0.7), random.between(0, 0.7)];
    return unitBox(x, y, x + random.between(0.05, 0.3), y + random.between(0.05, 0.3));
  };
  const rows = [];
  for (const [i, [width, height]] of sizes.entries()) {
    const source = studies[i].imagePath;
    const { data } = await sharp(source)
      .toColourspace("grey16")
      .resize(width, height, { fit: "fill", kernel: "cubic" })
      .raw({ depth: "ushort" })
      .toBuffer({ resolveWithObject: true });
    const levels = new Uint16Array(data.buffer, data.byteOffset, width * height).map((level) => {
      const twelve = Math.round(level / 16 + 12 * random.uniform());
      return Math.min(4095, twelve);
    });
    const path = join(dir, `film-${i}.png`);
    await writeFile(
      path,
      await sharp(levels, { raw: { width, height, channels: 1 } })
        .toColourspace("grey16")
        .png()
        .toBuffer(),
    );
    const common = { studyId: `${i}`, imageId: `film-${i}.png`, imagePath: path, patientId: `${i}`, split: "train" };
    for (let f = 0; f < findings; f++) {
      const boxes = Array.from({ length: 1 + (f % 2) }, box);
      rows.push({ ...common, language: "en", sentence: "", boxes, abnormal: true });
    }
  }
  return rows;
}

export async function encoding({ rounds = 3, python } = {}) {
  const dir = await workFolder();
  const clip = join(dir, "clip");
  await runCli("models", "random", "openai/clip-vit-base-patch32", "--out", clip);
  const rows = await writeFilms(dir);
  const model = await loadEncoder(clip);
  const view = { fit: "crop", side: model.config.imageSize };
  const runtime = openRuntime({ threads });
  const encoder = await openEncoder(runtime, model.config, model.weights, batchSize);
  const identity = { ...model.identity, preprocessing: "1", view };
  const nothing = { encoder: identity, width: 512, films: new Map(), imageVectors: new Map(), maskVectors: new Map() };
  let outcome;
  let busy = 0;
  const own = async () => {
    const before = cpuUsage();
    const seconds = await secondsOf(async () => {
      outcome = await encodeDataset(rows, encoder, nothing, silentReporter);
    });
    const { user, system } = cpuUsage(before);
    busy = (user + system) / 1e6 / seconds;
    return seconds;
  };
  await own(); // warm-up

  const peers = {};
  if (python !== undefined) {
    for (const variant of ["as-written", "careful"]) {
      const peer = startPeer(python, "encode.py", variant, String(threads));
      const versions = await peer.versions;
      await peer.ask({
        clip,
        rows: rows.map(({ imagePath, boxes }) => ({
          path: imagePath,
          boxes: boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]),
        })),
      });
      const { image, mask } = await peer.ask({});
      const { features } = outcome;
      for (const [i, row] of rows.entries()) {
        const film = features.films.get(row.imageId);
        const cosine = (a, b) => a.reduce((sum, value, j) => sum + value * b[j], 0);
        const like = cosine([...features.imageVectors.get(film.key)], image[i]);
        if (!(like >= 0.99999)) throw new Error(`row ${i}, ${variant}: cosine ${like}`);
      }
      if (mask.length !== rows.length) throw new Error("a mask is missing");
      peers[variant] = { peer, versions };
    }
  }
  const ask = (name) => async () => (await peers[name].peer.ask({ quiet: true })).seconds;
  const seconds = await inTurn(rounds, {
    ours: own,
    ...Object.fromEntries(Object.keys(peers).map((name) => [name, ask(name)])),
  });
  for (const { peer } of Object.values(peers)) peer.end();
  await encoder[Symbol.asyncDispose]();

  const film = await decodeFilm(await readImageBytes(rows.at(-1).imagePath), "film");
  const [boxes] = [rows.at(-1).boxes];
  const before = await inTurn(5, {
    decode: async () => decodeFilm(await readImageBytes(rows.at(-1).imagePath), "film"),
    film: () => clipInput(filmInput(film, view)),
    mask: () => clipInput(maskInput(boxes, film, view)),
  });
  const films = sizes.length;
  const ours = median(seconds.ours);
  const image = median(before.decode) + median(before.film);
  return [
    {
      name: `encoding ${films} films with ${rows.length} findings`,
      ...summary(seconds.ours),
      rounds,
      secondsPerFilm: ours / films,
      coresBusy: busy,
      imageSecondsBeforeEncoder: image,
      maskSecondsBeforeEncoder: median(before.mask),
      maskOfImage: median(before.mask) / image,
    },
    ...Object.entries(peers).map(([name, { versions }]) => ({
      name: `encoding, PyTorch ${name}`,
      ...summary(seconds[name]),
      ...versions,
      ratio: median(seconds[name]) / ours,
    })),
  ];
}
