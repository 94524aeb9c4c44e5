/**
 * Metrics with models, at their published sizes with random weights: seconds a run, beside the Python packages.
 *
 *     npm run build
 *     node bench/model-metrics.mjs                             # this product alone
 *     node bench/model-metrics.mjs --peer --python PYTHON      # runs in turn with bert_score, PyTorch and radgraph
 *     node bench/model-metrics.mjs --memory BERTScore 10000    # peak memory of one metric over so many rows; with
 *                                                              # --small on encoders of 2 layers of width 128
 *
 * Both sides read one set of weights, one vocabulary and one set of texts, use all cores of the process, and answer with
 * their numbers, which are compared. Reading the weights is outside the timing; opening sessions is inside.
 * Options: --rounds N (3), --pairs N (150), --only PART-OF-A-NAME.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, resourceUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { bertScores } from "../dist/metrics/bertscore/bertscore.js";
import { classifyReports } from "../dist/metrics/f1chexbert/classify.js";
import { radgraphRewards } from "../dist/metrics/f1radgraph/f1radgraph.js";
import { bertArchitecture, distilbertArchitecture } from "../dist/models/architectures/bert.js";
import { bertShapes, parseBertConfig } from "../dist/models/bert/index.js";
import { chexbertShapes } from "../dist/models/chexbert/index.js";
import { dygieShapes, encoderPrefix } from "../dist/models/dygie/index.js";
import { openRuntime } from "../dist/runtime/node/index.js";
import { createEncoderTokenizer, wordPieceDefinition } from "../dist/text/index.js";
import { writeSafetensors } from "../dist/weights/node/index.js";
import { metricOptions } from "./support/metric-options.mjs";
import { difference, print, startPeer, summary } from "./support/peer.mjs";
import { pairsOf, stream, words } from "./support/texts.mjs";

const special = new Map([
  [0, "[PAD]"],
  [100, "[UNK]"],
  [101, "[CLS]"],
  [102, "[SEP]"],
  [103, "[MASK]"],
]);
const pieces = [...words, ..."0123456789"];
const vocabulary = Array.from({ length: 30522 }, (_, i) => special.get(i) ?? pieces[i - 2000] ?? `[unused${i}]`);

/** Weights that no training made, large enough that texts differ. */
function randomWeights(shapes) {
  return new Map(
    [...shapes].map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      const next = stream(name);
      const isScale = /layer_?norm\.weight$/i.test(name);
      for (let i = 0; i < data.length; i++) data[i] = isScale ? 1 : 0.12 * (next() - 0.5);
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}

const radgraphLabels = {
  entityLabels: [
    "Anatomy::definitely present",
    "Anatomy::uncertain",
    "Anatomy::definitely absent",
    "Observation::definitely present",
    "Observation::uncertain",
    "Observation::definitely absent",
    "Observation::measurement::definitely present",
    "Observation::measurement::uncertain",
    "Anatomy::measurement::definitely present",
    "Anatomy::measurement::uncertain",
  ],
  relationLabels: ["modify", "located_at", "suggestive_of"],
};

/** What a trained model seldom sees, it should seldom see here: the last biases are lowered. */
function lowered(weights, lower) {
  for (const [name, { data }] of weights) {
    for (const [part, by] of Object.entries(lower)) {
      if (name.startsWith(part) && name.endsWith("bias")) for (let i = 0; i < data.length; i++) data[i] -= by;
    }
  }
  return weights;
}

const smallSizes = {
  bert: { hidden_size: 128, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 512 },
  distilbert: { n_layers: 2, hidden_dim: 768 }, // the published width: its vectors are what BERTScore keeps
};

function makeModels({ small = false } = {}) {
  const architectureConfig = (architecture) => {
    const chosen = small ? smallSizes[architecture === bertArchitecture ? "bert" : "distilbert"] : {};
    const json = architecture.files({ ...architecture.sizes, ...chosen })["config.json"];
    return { json, config: parseBertConfig(json, architecture.name) };
  };
  const bert = architectureConfig(bertArchitecture);
  const distilbert = architectureConfig(distilbertArchitecture);
  const dygie = {
    type: "radgraph-xl",
    encoder: bert.config,
    maxLength: 512,
    maxSpanWidth: 8,
    spansPerWord: 0.5,
    featureSize: 20,
    hiddenSizes: [150, 150],
    ...radgraphLabels,
  };
  const lower = {
    "_ner._ner_scorers.radgraph-xl__ner_labels.1.": 0.9,
    "_relation._relation_scorers.radgraph-xl__relation_labels.": 1.5,
  };
  return {
    distilbert: { ...distilbert, weights: randomWeights(bertShapes(distilbert.config)) },
    // One encoder for both: CheXbert's and RadGraph's are BERT-base.
    chexbert: { ...bert, weights: randomWeights(chexbertShapes(bert.config)) },
    radgraph: { json: bert.json, config: dygie, weights: lowered(randomWeights(dygieShapes(dygie)), lower) },
    tokenizer: createEncoderTokenizer(wordPieceDefinition(vocabulary.join("\n"), {}, ""), {}, ""),
  };
}

const isEncoders = (name) => name.startsWith("bert.");

/** What each metric does with pairs, answering with numbers that both sides have. */
function measures({ distilbert, chexbert, radgraph, tokenizer }, runtime) {
  const encoderWeights = new Map(
    [...chexbert.weights].filter(([name]) => isEncoders(name)).map(([name, array]) => [name.slice(5), array]),
  );
  const once = (model) => ({ runtime, load: async () => model });
  return {
    async BERTScore(pairs) {
      const { f1 } = await bertScores(pairs, {
        ...once({ ...distilbert, tokenizer }),
        layer: distilbert.config.layers - 1,
      });
      return [...f1];
    },
    async F1CheXbert(pairs) {
      const all = pairs.flatMap(({ hypothesis, references }) => [hypothesis, references[0]]);
      const classes = await classifyReports(all, once({ ...chexbert, tokenizer }));
      return all.flatMap((text) => [...classes.get(text)]);
    },
    async F1RadGraph(pairs) {
      const { simple, partial, complete } = await radgraphRewards(
        pairs,
        once({ ...radgraph, encoderWeights, tokenizer }),
      );
      return [...simple, ...partial, ...complete];
    },
  };
}

/** Writes what the peer reads. */
async function writeFor(folder, { distilbert, chexbert, radgraph }) {
  for (const [name, { json, weights }] of Object.entries({ distilbert, chexbert, radgraph })) {
    const dir = join(folder, name);
    mkdirSync(dir);
    writeFileSync(join(dir, "config.json"), JSON.stringify(json));
    writeFileSync(join(dir, "vocab.txt"), vocabulary.map((piece) => `${piece}\n`).join(""));
    await writeSafetensors(join(dir, "model.safetensors"), weights);
  }
  writeFileSync(join(folder, "radgraph.json"), JSON.stringify({ ...radgraph.config, encoderPrefix }));
}

/**
 * Rows of the benchmark: a metric on short findings and on reports.
 * @param python the peer's interpreter; none runs this product alone
 */
export async function modelMetrics({ rounds = 3, pairs: count = 150, only = "", python } = {}) {
  const workloads = { findings: pairsOf(count, 3, 22), reports: pairsOf(Math.ceil(count / 4), 20, 90) };
  const models = makeModels();
  const ours = measures(models, openRuntime());
  const folder = python === undefined ? undefined : mkdtempSync(join(tmpdir(), "regionformer-bench-"));
  try {
    if (folder !== undefined) await writeFor(folder, models);
    const peer = folder === undefined ? undefined : startPeer(python, "model_metrics.py", folder);
    const versions = await peer?.versions;
    const rows = [];
    for (const [metric, measure] of Object.entries(ours)) {
      for (const [workload, all] of Object.entries(workloads)) {
        const pairs = metric === "F1RadGraph" ? all.slice(0, Math.ceil(all.length / 5)) : all; // the package takes long
        const name = `${metric}, ${pairs.length} pairs of ${workload}`;
        if (!name.includes(only)) continue;
        const [own, theirs] = [[], []];
        let numbers;
        await measure(pairs.slice(0, 8)); // warm-up
        await peer?.ask({ metric, pairs: pairs.slice(0, 8) });
        for (let round = 0; round < rounds; round++) {
          const start = performance.now();
          const values = await measure(pairs);
          own.push((performance.now() - start) / 1000);
          if (peer === undefined) continue;
          const answer = await peer.ask({ metric, pairs });
          theirs.push(answer.seconds);
          numbers = difference(values, answer.values, 1e-4);
        }
        const beside = peer && {
          peer: { ...summary(theirs), ...versions },
          ratio: summary(theirs).medianSeconds / summary(own).medianSeconds,
          numbers,
        };
        rows.push({ name, ...summary(own), rounds, ...beside });
      }
    }
    peer?.end();
    return rows;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { memory, small, positionals, ...settings } = metricOptions(150, { small: { type: "boolean" } });
  if (memory) {
    const [metric, rows] = positionals;
    const pairs = pairsOf(Number(rows), 3, 22);
    const measure = measures(makeModels({ small }), openRuntime())[metric];
    await measure(pairs.slice(0, 500));
    const before = resourceUsage().maxRSS / 1e3;
    await measure(pairs);
    print({ metric, rows: pairs.length, peakMB: resourceUsage().maxRSS / 1e3, peakOf500MB: before });
  } else for (const row of await modelMetrics(settings)) print(row);
}
