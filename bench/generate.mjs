/**
 * Generation at full size: 40 prefix tokens, GPT-2 small, 5 beams, 15 tokens, float32, two threads.
 *
 *     npm run bench -- generate
 *     npm run bench -- generate --peer --python PYTHON
 *
 * The weights are random but larger than fresh ones, so that no two candidates of a beam are equal but for rounding.
 * Options: --rounds N (3).
 */
import { float32 } from "../dist/base/arrays.js";
import { Random } from "../dist/base/random.js";
import { Decoder } from "../dist/generate/decoder.js";
import { generateBatch } from "../dist/generate/generate.js";
import { parseGpt2Config } from "../dist/models/gpt2/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { generationFlop } from "./support/flop.mjs";
import { gpt2Small, shareWeights } from "./support/full-size.mjs";
import { inTurn, median, openProduct, threads, workFolder } from "./support/measure.mjs";
import { startPeer, summary } from "./support/peer.mjs";

const [P, E, beams, maxTokens] = [40, 768, 5, 15];
const stopId = 13;
const batchSizes = [1, 8, 32, 64];
/** Rows that the peers work on; the slow one needs a second for each. */
const peerRows = { "as-written": 2, careful: 32 };

function prefixes(rows) {
  const random = Random.named(0, "prefixes");
  return float32(
    [rows, P, E],
    Float32Array.from({ length: rows * P * E }, () => random.normal()),
  );
}

/** Rows × P × E as one prefix a row. */
const rowOf = (prefix, row) => prefix.data.slice(row * P * E, (row + 1) * P * E);

export async function generation({ rounds = 3, python } = {}) {
  const decoder = gpt2Small();
  const spread = new Map(
    [...decoder.weights].map(([name, array]) => [
      name,
      name.endsWith("c_proj.weight") ? { ...array, data: array.data.map((value) => 12 * value) } : array,
    ]),
  );
  const config = parseGpt2Config(decoder.json, "config.json");
  const runtime = openRuntime({ threads });
  const product = await openProduct(runtime);
  const prefix = prefixes(Math.max(...batchSizes));

  const peers = {};
  if (python !== undefined) {
    const path = await shareWeights(await workFolder(), spread);
    for (const variant of ["as-written", "careful"]) {
      const peer = startPeer(python, "generate.py", variant, String(threads));
      const versions = await peer.versions;
      const rows = peerRows[variant];
      await peer.ask({
        weights: path,
        decoder: decoder.json,
        settings: { beams, maxTokens, stopId },
        prefixes: Array.from({ length: rows }, (_, row) => [...rowOf(prefix, row)]),
      });
      peers[variant] = { peer, versions, rows };
    }
  }

  const rows = [];
  let texts;
  for (const size of batchSizes) {
    const shape = { rows: size, beams, prefixLength: P, maxTokens, temperature: 1 };
    const own = await Decoder.open(runtime, config, spread, shape);
    const batch = float32([size, P, E], prefix.data.slice(0, size * P * E));
    const search = () => generateBatch(own, batch, size, stopId);
    texts = (await search()).map(([best]) => best); // warm-up
    const seconds = await inTurn(rounds, { product: product.run, ours: search });
    await own[Symbol.asyncDispose]();
    const rate = product.flop / median(seconds.product);
    const bound =
      texts.reduce((sum, { tokens }) => sum + generationFlop(P, beams, tokens.length, decoder.json), 0) / rate;
    const perRow = seconds.ours.map((value) => value / size);
    rows.push({
      name: `generation, ${size} rows at a time`,
      ...summary(perRow),
      rounds,
      gigaflopPerSecond: rate / 1e9,
      tokens: texts.reduce((sum, { tokens }) => sum + tokens.length, 0) / size,
      ofBound: bound / size / median(perRow),
    });
  }
  await product.release();

  const best = Math.min(...rows.map(({ medianSeconds }) => medianSeconds));
  for (const [variant, { peer, versions, rows: count }] of Object.entries(peers)) {
    const answers = [];
    for (let round = 0; round < Math.max(1, rounds - 1); round++) answers.push(await peer.ask({}));
    peer.end();
    for (const [row, tokens] of answers[0].tokens.entries()) {
      if (`${tokens}` !== `${texts[row].tokens}`)
        throw new Error(`row ${row}: ${texts[row].tokens}, ${variant} ${tokens}`);
    }
    const perRow = answers.map(({ seconds }) => seconds / count);
    rows.push({
      name: `generation, PyTorch ${variant}`,
      ...summary(perRow),
      ...versions,
      identicalTexts: count,
      ratio: median(perRow) / best,
    });
  }
  return rows;
}
