/**
 * Peak memory and its curve: a training step at full size, whole and in micro-batches of 8; encoding 10,000 rows over
 * 200 films; generating 10,000 rows with the embedded models.
 *
 *     npm run bench -- memory
 *
 * Each figure is of a process of its own. Options: --rounds N (3), the steps after the first one.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { argv, execPath, memoryUsage, resourceUsage, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { Random } from "../dist/base/random.js";
import { silentReporter } from "../dist/base/reporter.js";
import { openEncoder } from "../dist/features/index.js";
import { encodeDataset } from "../dist/features/node/index.js";
import { Captioner, paperSearch } from "../dist/generate/index.js";
import { unitBox } from "../dist/images/index.js";
import { loadCaptioner, loadEncoder, locateModel } from "../dist/models/node/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { loadTokenizer } from "../dist/text/node/index.js";
import { captionRows } from "./support/full-size.mjs";
import { runCli, secondsOf, threads, workFolder } from "./support/measure.mjs";
import { summary } from "./support/peer.mjs";

const gigabytes = () => memoryUsage.rss() / 1e9;
const peak = () => resourceUsage().maxRSS / 1e6;

async function training(microBatch, rounds) {
  const { openOwn } = await import("./train-step.mjs");
  const { learner } = await openOwn(microBatch === "whole" ? undefined : Number(microBatch));
  const rows = captionRows(160);
  const seconds = [];
  for (let step = 0; step <= Number(rounds); step++) {
    const batch = rows.slice((step % 4) * 40, (step % 4) * 40 + 40);
    const taken = await secondsOf(() => learner.step(batch, 2e-5));
    if (step > 0) seconds.push(taken);
  }
  await learner[Symbol.asyncDispose]();
  return { ...summary(seconds), peakGB: peak() };
}

const wanted = 10_000;

async function encodingCurve(dir) {
  const { openDataset } = await import("../dist/data/node/index.js");
  const { studies } = await openDataset(dir);
  const random = Random.named(0, "boxes");
  const rows = Array.from({ length: wanted }, (_, i) => {
    const { studyId, imageId, imagePath } = studies[i % studies.length];
    const [x, y] = [random.between(0, 0.7), random.between(0, 0.7)];
    const boxes = [unitBox(x, y, x + random.between(0.05, 0.3), y + random.between(0.05, 0.3))];
    return {
      studyId,
      imageId: `${imageId}-${i}`,
      imagePath,
      patientId: "",
      split: "train",
      language: "en",
      sentence: "",
      boxes,
      abnormal: true,
    };
  });
  const model = await loadEncoder("tiny-clip");
  const view = { fit: "crop", side: model.config.imageSize };
  const encoder = await openEncoder(openRuntime({ threads }), model.config, model.weights, 32);
  const identity = { ...model.identity, preprocessing: "1", view };
  const width = model.config.projectionWidth;
  const nothing = { encoder: identity, width, films: new Map(), imageVectors: new Map(), maskVectors: new Map() };
  const curve = [];
  let done = 0;
  const progress = () => ({
    advance() {
      if (++done % 1000 === 0) curve.push(gigabytes());
    },
    done() {},
  });
  await encodeDataset(rows, encoder, nothing, { ...silentReporter, progress });
  return { rows: wanted, curveGB: curve, peakGB: peak() };
}

async function generationCurve() {
  const checkpoint = join(locateModel("tiny-regionformer"), "checkpoints", "best.safetensors");
  const model = await loadCaptioner(checkpoint);
  const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
  const settings = { ...paperSearch, batchSize: 64 };
  const captioner = await Captioner.open(openRuntime({ threads }), model, tokenizer, settings);
  const random = Random.named(0, "visuals");
  const C = model.config.mapper.inputWidth;
  const curve = [];
  for (let row = 0; row < wanted; row += settings.batchSize) {
    const visuals = Array.from({ length: settings.batchSize }, () => {
      const vector = Float32Array.from({ length: C }, () => random.normal());
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    });
    await captioner.caption(visuals);
    if (Math.floor(row / 1000) < Math.floor((row + settings.batchSize) / 1000)) curve.push(gigabytes());
  }
  return { rows: wanted, curveGB: curve, peakGB: peak() };
}

const parts = { training, encodingCurve, generationCurve };

/** Runs a part in a process of its own. */
async function apart(part, ...args) {
  const child = spawn(execPath, ["--expose-gc", fileURLToPath(import.meta.url), part, ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${part} ended with ${code}`);
  return JSON.parse(output);
}

export async function memory({ rounds = 3 } = {}) {
  const dir = join(await workFolder(), "films");
  await runCli("data", "synth", "--out", dir, "--studies", "200", "--seed", "5", "--size", "256");
  const whole = await apart("training", "whole", rounds);
  const cut = await apart("training", 8, rounds);
  return [
    { name: "training step, batch 40", ...whole },
    { name: "training step, micro-batches of 8", ...cut, timeOfWhole: cut.medianSeconds / whole.medianSeconds },
    { name: "encoding over 200 films, tiny-clip", ...(await apart("encodingCurve", dir)) },
    { name: "generating with the embedded models", ...(await apart("generationCurve")) },
  ];
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [part, ...args] = argv.slice(2);
  stdout.write(JSON.stringify(await parts[part](...args)));
}
