/** The command line that the benchmarks of metrics share. */
import { parseArgs } from "node:util";

/**
 * @param pairs how many a run measures where nothing else is asked for
 * @param more options of one benchmark, as `parseArgs` takes them
 * @returns what was asked for; `python` only with `--peer`, and the words that are no options
 */
export function metricOptions(pairs, more = {}) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peer: { type: "boolean" },
      python: { type: "string", default: "python3" },
      rounds: { type: "string", default: "3" },
      pairs: { type: "string", default: `${pairs}` },
      only: { type: "string", default: "" },
      memory: { type: "boolean" },
      ...more,
    },
  });
  const { peer, python, ...asked } = values;
  return {
    ...asked,
    rounds: Number(values.rounds),
    pairs: Number(values.pairs),
    python: peer ? python : undefined,
    positionals,
  };
}
