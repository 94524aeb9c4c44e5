import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { looksLike } from "../../images/index.ts";
import { alikePairs } from "./alike.ts";

fc.configureGlobal({ seed: 13 });

const length = 1104;
const level = (value: number) => Math.max(-127, Math.min(127, Math.round(value)));

/** Reliefs around a few different ones, some hardly changed, some up to the edge of likeness and beyond, some flat. */
function reliefs(seed: number, count: number, families: number): Int8Array[] {
  const random = new Random(seed);
  const roots = Array.from({ length: families }, () =>
    Int8Array.from({ length }, (_, k) =>
      level(60 * Math.sin((k * (1 + random.integer(3))) / 40) + random.integer(80) - 40),
    ),
  );
  return Array.from({ length: count }, () => {
    if (random.integer(20) === 0) return new Int8Array(length);
    const noise = random.integer(16);
    return random.choose(roots).map((step) => level(step + random.integer(2 * noise + 1) - noise));
  });
}

function everyPair(films: readonly Int8Array[], likeness: number): [number, number][] {
  return films.flatMap((a, i) =>
    films.slice(i + 1).flatMap((b, k): [number, number][] => (looksLike(a, b, likeness) ? [[i, i + 1 + k]] : [])),
  );
}

describe("alikePairs", () => {
  it("gives what comparing every pair gives", () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0.9, 0.97, 0.99, 1),
        (seed, count, families, likeness) => {
          const films = reliefs(seed, count, families);
          const expected = everyPair(films, likeness);
          found += expected.length;
          expect(alikePairs(films, likeness)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
    expect(found).toBeGreaterThan(1000);
  });

  it("also of films that are all the same or all flat", () => {
    const same = reliefs(3, 1, 1)[0]!;
    for (const films of [new Array(40).fill(same), new Array(40).fill(new Int8Array(length)), [same], []]) {
      expect(alikePairs(films, 0.99)).toEqual(everyPair(films, 0.99));
    }
  });
});
