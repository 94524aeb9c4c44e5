/**
 * One training step of the paper's system at full size: batch 40, image+mask, GPT-2 small frozen, float32, two threads.
 *
 *     npm run bench -- train-step                          # this product against the cores' own rate
 *     npm run bench -- train-step --peer --python PYTHON   # in turn with two PyTorch programs on the same weights
 *
 * Options: --rounds N (6).
 */

import { parseGpt2Config } from "../dist/models/gpt2/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { CaptionLearner } from "../dist/train/caption-learner.js";
import { stepFlop } from "./support/flop.mjs";
import { captionRows, gpt2Small, mapper, mapperWeights, shareWeights } from "./support/full-size.mjs";
import { inTurn, median, openProduct, secondsOf, threads, workFolder } from "./support/measure.mjs";
import { startPeer, summary } from "./support/peer.mjs";

const batchSize = 40;
const optimizer = { variant: "torch", beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 };
const learningRate = 2e-5;
/** Batches that rounds go through. */
const distinct = 3;
/** Losses of the first steps may differ by rounding. */
const tolerance = 1e-5;

/** @param microBatch rows computed at a time */
export async function openOwn(microBatch) {
  const decoder = gpt2Small();
  const model = { mapper, decoder: parseGpt2Config(decoder.json, "config.json") };
  const weights = new Map([...decoder.weights, ...mapperWeights()]);
  const runtime = openRuntime({ threads });
  const isTrainable = (name) => name.startsWith("clip_project.");
  const options = { model, weights, isTrainable, optimizer, id0InLoss: true, microBatch };
  return { learner: await CaptionLearner.open(runtime, options), runtime, weights, decoder };
}

function backwardOf({ trainer }, examples) {
  const targets = examples.reduce((count, { tokens }) => count + tokens.length, 0);
  return trainer.backward({ examples, rows: examples.length, targetWeight: 1 / targets, firstRow: 0 });
}

export async function trainStep({ rounds = 6, python } = {}) {
  const rows = captionRows(distinct * batchSize);
  const batches = Array.from({ length: distinct }, (_, i) => rows.slice(i * batchSize, (i + 1) * batchSize));
  const { learner, runtime, weights, decoder } = await openOwn();
  const product = await openProduct(runtime);
  const peers = {};
  if (python !== undefined) {
    const path = await shareWeights(await workFolder(), weights);
    for (const variant of ["as-written", "careful"]) {
      const peer = startPeer(python, "train_step.py", variant, String(threads));
      peers[variant] = { peer, versions: await peer.versions };
      const share = { weights: path, decoder: decoder.json, mapper, learningRate, epsilon: optimizer.epsilon };
      await peer.ask({
        ...share,
        batches: batches.map((batch) => batch.map(({ visual, tokens }) => ({ visual: [...visual], tokens }))),
      });
    }
  }

  // Each shape once outside the timing; the losses of these steps must be the same on all sides.
  const losses = [];
  for (const batch of batches) losses.push(await learner.step(batch, learningRate));
  for (const [variant, { peer }] of Object.entries(peers)) {
    for (const [i, loss] of losses.entries()) {
      const answer = await peer.ask({ step: i });
      const gap = Math.abs(answer.loss - loss) / loss;
      if (!(gap <= tolerance)) throw new Error(`step ${i}: loss ${loss}, ${variant} ${answer.loss}`);
    }
  }

  const updates = [];
  const ask = (name) => async (round) => (await peers[name].peer.ask({ step: round % distinct })).seconds;
  const seconds = await inTurn(rounds, {
    product: product.run,
    ours: async (round) => {
      let backward = 0;
      const step = await secondsOf(async () => {
        backward = await secondsOf(() => backwardOf(learner, batches[round % distinct]));
        await learner.trainer.update(learningRate);
      });
      updates.push((step - backward) / step);
      return step;
    },
    ...Object.fromEntries(Object.keys(peers).map((name) => [name, ask(name)])),
  });
  for (const { peer } of Object.values(peers)) peer.end();
  await learner[Symbol.asyncDispose]();
  await product.release();

  const rate = product.flop / median(seconds.product);
  const flop = median(batches.map((batch) => stepFlop(mapper, decoder.json, batch)));
  const own = median(seconds.ours);
  const bound = flop / (0.85 * rate);
  return [
    {
      name: "training step, batch 40",
      ...summary(seconds.ours),
      rounds,
      gigaflopPerSecond: rate / 1e9,
      teraflop: flop / 1e12,
      boundSeconds: bound,
      ofBound: bound / own,
      optimiserShare: median(updates),
    },
    ...Object.entries(peers).map(([name, { versions }]) => ({
      name: `training step, batch 40, PyTorch ${name}`,
      ...summary(seconds[name]),
      ...versions,
      ratio: median(seconds[name]) / own,
    })),
  ];
}
