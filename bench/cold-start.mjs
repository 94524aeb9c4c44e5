/**
 * From the shell's prompt to the sentence: `describe` as a process, with the embedded models and with full-size ones.
 *
 *     npm run bench -- cold-start
 *
 * Models are read from disk that the system has in its cache. Options: --rounds N (5).
 */
import { fileURLToPath } from "node:url";
import { fullRun } from "./support/full-run.mjs";
import { inTurn, runCli, workFolder } from "./support/measure.mjs";
import { summary } from "./support/peer.mjs";

const film = fileURLToPath(new URL("../docs/images/film.png", import.meta.url));

export async function coldStart({ rounds = 5 } = {}) {
  const run = await fullRun(await workFolder());
  const peaks = {};
  const describe =
    (name, ...more) =>
    async () => {
      const { seconds, peakGB } = await runCli("describe", film, "--box", "0.678,0.588,0.873,0.667", ...more);
      peaks[name] = peakGB;
      return seconds;
    };
  const sides = {
    "describe, embedded models": describe("describe, embedded models"),
    "describe, full-size models": describe("describe, full-size models", "--run", run),
    "--help": async () => (await runCli("--help")).seconds,
  };
  await inTurn(1, sides);
  const seconds = await inTurn(rounds, sides);
  return Object.entries(seconds).map(([name, values]) => ({
    name,
    ...summary(values),
    rounds,
    peakGB: peaks[name] ?? 0,
  }));
}
