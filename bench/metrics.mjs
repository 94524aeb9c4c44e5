/**
 * Counting metrics on 100,000 pairs of 3 to 22 words, beside the Python packages on the same texts.
 *
 *     npm run build
 *     node bench/metrics.mjs                           # this product alone
 *     node bench/metrics.mjs --peer --python PYTHON    # runs in turn with pycocoevalcap and rouge_score
 *     node bench/metrics.mjs --memory CIDEr 100000     # peak memory over so many pairs, in a process of its own
 *
 * From texts to values: splitting into tokens (and stemming, for ROUGE-L) is inside, as it is in the packages' scorers.
 * Seconds are the processor's, so that other work on the machine counts less.
 * Options: --rounds N (3), --pairs N (100000), --only PART-OF-A-NAME.
 */
import { argv, cpuUsage, resourceUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { bleu, cider, cocoRougeL, rougeL, valuesOf } from "../dist/metrics/index.js";
import { cocoCaptions } from "../dist/metrics/ptb/tokenize.js";
import { metricOptions } from "./support/metric-options.mjs";
import { difference, print, startPeer, summary } from "./support/peer.mjs";
import { pairsOf } from "./support/texts.mjs";

const metrics = { BLEU: bleu, "ROUGE-L": rougeL, CIDEr: cider };

/** Processor seconds of a call, and what it gave. */
function timed(work) {
  const before = cpuUsage();
  const values = work();
  const { user, system } = cpuUsage(before);
  return { seconds: (user + system) / 1e6, values };
}

/** @param python the peer's interpreter; none runs this product alone */
export async function countingMetrics({ rounds = 3, pairs: count = 100_000, only = "", python } = {}) {
  const pairs = pairsOf(count, 3, 22, 1);
  const peer = python === undefined ? undefined : startPeer(python, "metrics.py");
  const versions = await peer?.versions;
  await peer?.ask({ pairs });
  const rows = [];
  for (const [metric, { measure }] of Object.entries(metrics)) {
    const name = `${metric}, ${count} pairs`;
    if (!name.includes(only)) continue;
    measure(pairs.slice(0, 2000)); // warm-up
    const [own, theirs] = [[], []];
    let numbers;
    for (let round = 0; round < rounds; round++) {
      const { seconds, values } = timed(() => valuesOf(measure(pairs)));
      own.push(seconds);
      if (peer === undefined) continue;
      const answer = await peer.ask({ metric });
      theirs.push(answer.seconds);
      numbers = difference([...values], answer.values, 1e-9);
    }
    const ratio = () => summary(theirs).medianSeconds / summary(own).medianSeconds;
    const beside = peer && { peer: { ...summary(theirs), ...versions }, ratio: ratio(), numbers };
    rows.push({ name, ...summary(own), rounds, ...beside });
  }
  peer?.end();
  return rows;
}

/** Profile coco prepares texts with the PTB tokenizer (Java in pycocoevalcap): what that costs by itself. */
export function tokenizing({ rounds = 3, pairs: count = 100_000 } = {}) {
  const texts = pairsOf(count, 3, 22, 1).map(({ hypothesis }) => `${hypothesis}.`);
  cocoCaptions(texts.slice(0, 2000));
  const seconds = Array.from({ length: rounds }, () => timed(() => cocoCaptions(texts)).seconds);
  return [{ name: `PTB tokenizer, ${count} texts`, ...summary(seconds), rounds }];
}

function peakMemory(metric, count) {
  const pairs = pairsOf(Number(count), 3, 22, 1);
  const before = resourceUsage().maxRSS / 1e3;
  const measurement = { ...metrics, "coco ROUGE-L": cocoRougeL }[metric].measure(pairs);
  const peak = resourceUsage().maxRSS / 1e3;
  const statisticsMB = measurement.statistics.byteLength / 1e6;
  return { metric, pairs: pairs.length, textsMB: before, peakMB: peak, moreMB: peak - before, statisticsMB };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { memory, positionals, ...settings } = metricOptions(100_000);
  if (memory) print(peakMemory(...positionals));
  else {
    for (const row of await countingMetrics(settings)) print(row);
    for (const row of tokenizing(settings)) print(row);
  }
}
