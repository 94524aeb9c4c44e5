/**
 * Counting metrics per 100,000 pairs, side by side with the Python packages on the same texts.
 *
 *     npm run build && node bench/metrics.mjs            # this product
 *     node bench/metrics.mjs --write texts.json && python bench/metrics.py texts.json
 *
 * Time is the processor's (user), so that other work on the machine counts less. One JSON line a metric.
 */
import { writeFileSync } from "node:fs";
import { argv, cpuUsage, memoryUsage, stdout, version } from "node:process";
import { bleu, cider, rougeL, valuesOf } from "../dist/metrics/index.js";

const words =
  `no small large left right pleural effusion pneumothorax consolidation lobe lower upper base is seen without evidence of
mild cardiomegaly stable unchanged nodule granuloma calcified heart size normal lungs clear there acute bilateral atelectasis`.split(
    /\s+/,
  );

/** Sentences of 3 to 22 words from a small linear congruential generator. */
function texts(count) {
  let state = 7;
  const next = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const sentence = () => Array.from({ length: 3 + next(20) }, () => words[next(words.length)]).join(" ");
  return Array.from({ length: count }, () => {
    const reference = sentence();
    return { reference, hypothesis: next(2) === 0 ? reference : sentence() };
  });
}

const pairs = texts(100_000);
const at = argv.indexOf("--write");
if (at >= 0) writeFileSync(argv[at + 1], JSON.stringify(pairs));
else {
  for (const count of [25_000, 50_000, 100_000]) {
    const some = pairs.slice(0, count).map(({ hypothesis, reference }) => ({ hypothesis, references: [reference] }));
    for (const metric of [bleu, rougeL, cider]) {
      const before = cpuUsage();
      const values = valuesOf(metric.measure(some));
      const { user } = cpuUsage(before);
      const line = {
        metric: metric.name,
        pairs: count,
        seconds: user / 1e6,
        values,
        rssMB: memoryUsage().rss / 1e6,
        node: version,
      };
      stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}
