/**
 * `describe` in headless Chromium beside Node: the same models on WebAssembly with threads, stored as float32 and as
 * float16, and on WebGPU. The text must be Node's.
 *
 *     npm run bench -- browser                # the embedded models; CHROMIUM names the browser, /usr/bin/chromium when unset
 *     npm run bench -- browser --full         # full-size models, WebAssembly alone: minutes, 4 GB of memory
 *     node bench/browser.mjs --full --webgpu  # and on WebGPU: half an hour where its adapter is software
 *
 * Options: --rounds N (5).
 */
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openDescriber, readFilm, unitBox } from "../dist/index.js";
import { openPage } from "./support/browser-page.mjs";
import { fullRun } from "./support/full-run.mjs";
import { runCli, secondsOf, threads, using, workFolder } from "./support/measure.mjs";
import { summary } from "./support/peer.mjs";

const boxes = [[0.678, 0.588, 0.873, 0.667]];

/** What Node answers and needs, as a page of `openPage` tells it. */
async function onNode(film, run, rounds) {
  const places = boxes.map((box) => unitBox(...box));
  const start = performance.now();
  return using(await openDescriber({ run }), async (describer) => {
    const loadSeconds = (performance.now() - start) / 1000;
    const seconds = [];
    let best;
    for (let round = 0; round <= rounds; round++) {
      seconds.push(
        await secondsOf(async () => {
          [best] = (await describer.describe(film, places)).captions;
        }),
      );
    }
    return { loadSeconds, seconds, text: best.text, score: best.score };
  });
}

async function inBrowser(film, models, device, rounds) {
  const { pixels: _, ...header } = film;
  const page = await openPage(film, models, device);
  try {
    const asked = { threads: device === "wasm" ? threads : 1, film: header, boxes, rounds: rounds + 1 };
    const answer = await page.run(asked);
    return { version: page.version, ...answer, peakGB: await page.peakGB(), loadedBytes: page.loaded() };
  } finally {
    await page.close();
  }
}

/** The first round apart: it finds cold code. */
const timed = ({ seconds: [first, ...rest], ...row }) => ({ ...summary(rest), first, ...row });

/** How one answer differs from another. */
const beside = (answer, other) => ({
  sameText: answer.text === other.text,
  scoreGap: Math.abs(answer.score - other.score),
});

export async function browser({ rounds = 5, full = false, webgpu = !full } = {}) {
  const film = await readFilm(fileURLToPath(new URL("../docs/images/film.png", import.meta.url)));
  const dir = await workFolder();
  const run = full ? await fullRun(dir) : "tiny-regionformer";
  const rows = [];
  const nodes = {};
  for (const dtype of ["float32", "float16"]) {
    const models = join(dir, dtype);
    await runCli("models", "bundle", run, "--out", models, "--dtype", dtype);
    const here = await onNode(film, models, rounds);
    nodes[dtype] = here;
    rows.push({ name: `describe on Node, ${dtype}`, ...timed(here), ...beside(here, nodes.float32) });
    for (const device of dtype === "float32" && webgpu ? ["wasm", "webgpu"] : ["wasm"]) {
      const name = `describe in Chromium, ${device}, ${dtype}`;
      try {
        const there = await inBrowser(
          film,
          models,
          device,
          device === "wasm" ? rounds : Math.min(rounds, full ? 1 : 2),
        );
        rows.push({ name, ...timed(there), ...beside(there, here) });
      } catch (error) {
        // Not every machine's browser has an adapter.
        rows.push({ name, notMeasured: String(error.message).split("\n")[0] });
      }
    }
  }
  return rows;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      full: { type: "boolean", default: false },
      webgpu: { type: "boolean" },
    },
  });
  const settings = { ...values, rounds: Number(values.rounds) };
  for (const row of await browser(settings)) stdout.write(`${JSON.stringify(row)}\n`);
}
