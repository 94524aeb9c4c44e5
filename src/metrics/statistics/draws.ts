/** Draws with replacement: seeded at random, or all there are where the units are few. */
import { UsageError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";

/** Number of draws, or every one of the n^n equally likely ones. */
export type Resamples = number | "all";

/** 7^7 = 823,543 draws. */
const mostUnitsForAll = 7;

/**
 * How often each of `count` units occurs, one array for every draw. The array is reused: read it before the next.
 * @throws UsageError when all draws are asked for and there are too many
 */
export function* draws(count: number, resamples: Resamples, seed: number): Generator<Int32Array> {
  const times = new Int32Array(count);
  if (resamples === "all") {
    yield* allDraws(count, times);
    return;
  }
  const random = Random.named(seed, "bootstrap");
  for (let r = 0; r < resamples; r++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[random.integer(count)]!++;
    yield times;
  }
}

function* allDraws(count: number, times: Int32Array): Generator<Int32Array> {
  if (count > mostUnitsForAll) {
    throw new UsageError("There are too many units to take every draw.", {
      where: "resamples all",
      expected: `at most ${mostUnitsForAll} units`,
      found: `${count}`,
      remedy: "Give a number of resamples.",
    });
  }
  const chosen = new Int32Array(count); // an odometer
  times[0] = count;
  for (;;) {
    yield times;
    let place = 0;
    while (place < count && chosen[place] === count - 1) {
      times[count - 1]!--;
      times[0]!++;
      chosen[place++] = 0;
    }
    if (place === count) return;
    times[chosen[place]!]!--;
    chosen[place]!++;
    times[chosen[place]!]!++;
  }
}
