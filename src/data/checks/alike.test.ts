import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { looksLike } from "../../images/index.ts";
import { alikeGroups } from "./alike.ts";

fc.configureGlobal({ seed: 13 });

const length = 1104;
const level = (value: number) => Math.max(-127, Math.min(127, Math.round(value)));

/** Reliefs around a few different ones, some hardly changed, some up to the edge of likeness and beyond, some negative, some flat. */
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
    const sign = random.integer(4) === 0 ? -1 : 1;
    return random.choose(roots).map((step) => level(sign * step + random.integer(2 * noise + 1) - noise));
  });
}

/** Whoever is like a member belongs to the group: from one film to the next until nobody is found any more. */
function byEveryPair(films: readonly Int8Array[], likeness: number): number[][] {
  const groups: number[][] = [];
  const left = new Set(films.keys());
  for (const start of left) {
    const group = [start];
    left.delete(start);
    for (const i of group) {
      for (const j of left) {
        if (!looksLike(films[i]!, films[j]!, likeness)) continue;
        group.push(j);
        left.delete(j);
      }
    }
    if (group.length > 1) groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

describe("alikeGroups", () => {
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
          const expected = byEveryPair(films, likeness);
          found += expected.length;
          expect(alikeGroups(films, likeness)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
    expect(found).toBeGreaterThan(200);
  });

  it("also of films that are all the same or all flat", () => {
    const same = reliefs(3, 1, 1)[0]!;
    for (const films of [new Array(40).fill(same), new Array(40).fill(new Int8Array(length)), [same], []]) {
      expect(alikeGroups(films, 0.99)).toEqual(byEveryPair(films, 0.99));
    }
  });

  it("joins films that are alike only through others between them", () => {
    const [from, to] = [0, 1].map((k) => Int8Array.from({ length }, (_, i) => level(90 * Math.sin(i * (k + 0.7)))));
    const between = (share: number) => from!.map((step, i) => level(step * (1 - share) + to![i]! * share));
    const chain = Array.from({ length: 30 }, (_, k) => between(k / 29));
    expect(looksLike(chain[0]!, chain[29]!, 0.99)).toBe(false);
    expect(alikeGroups(chain, 0.99)).toEqual([[...chain.keys()]]);
  });
});
