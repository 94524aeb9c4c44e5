/**
 * `describe` with the embedded models in headless Chromium: WebAssembly with threads, then WebGPU; the text must be Node's.
 *
 *     npm run bench -- browser                # CHROMIUM names the browser, /usr/bin/chromium when unset
 *
 * Options: --rounds N (5).
 */
import { argv, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openDescriber, readFilm, unitBox } from "../dist/index.js";
import { openPage } from "./support/browser-page.mjs";
import { secondsOf, threads, using } from "./support/measure.mjs";
import { summary } from "./support/peer.mjs";

const boxes = [[0.678, 0.588, 0.873, 0.667]];

export async function browser({ rounds = 5 } = {}) {
  const film = await readFilm(fileURLToPath(new URL("../docs/images/film.png", import.meta.url)));
  const places = boxes.map((box) => unitBox(...box));
  const own = [];
  const best = await using(await openDescriber(), async (here) => {
    const [best] = (await here.describe(film, places)).captions;
    for (let round = 0; round < rounds; round++) own.push(await secondsOf(() => here.describe(film, places)));
    return best;
  });

  const { pixels: _, ...header } = film;
  const page = await openPage(film);
  const rows = [{ name: "describe on Node", ...summary(own), text: best.text }];
  try {
    for (const device of ["wasm", "webgpu"]) {
      const name = `describe in Chromium ${page.version}, ${device}`;
      try {
        const asked = { device, threads: device === "wasm" ? threads : 1, film: header, boxes, rounds: rounds + 1 };
        const { seconds, ...answer } = await page.run(asked);
        const sameText = answer.text === best.text;
        const scoreGap = Math.abs(answer.score - best.score);
        rows.push({ name, ...summary(seconds.slice(1)), first: seconds[0], ...answer, sameText, scoreGap });
      } catch (error) {
        // Not every machine's browser has an adapter.
        rows.push({ name, notMeasured: String(error.message).split("\n")[0] });
      }
    }
    rows.push({ name: "bytes a page loads", ...page.loaded() });
  } finally {
    await page.close();
  }
  return rows;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
  for (const row of await browser({ rounds: Number(values.rounds) })) stdout.write(`${JSON.stringify(row)}\n`);
}
