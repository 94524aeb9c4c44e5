import { expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { packBatch } from "./batches.ts";

const numbers = ({ data }: { data: ArrayLike<number | bigint> }) => Array.from(data, Number);

it("every token and prefix is where its caption needs it, and every target is asked after the tokens before it", () => {
  const random = new Random(3);
  for (let trial = 0; trial < 60; trial++) {
    const [B, P, H] = [1 + random.integer(6), 1 + random.integer(4), 1 + random.integer(3)];
    const examples = Array.from({ length: 1 + random.integer(B) }, () => ({
      visual: Float32Array.of(random.normal()),
      tokens: Array.from({ length: random.integer(6) }, () => random.integer(4)),
    }));
    const id0InLoss = random.integer(2) === 0;
    const { feeds } = packBatch(examples, { rows: B, prefixLength: P, heads: H }, { id0InLoss }, 0.5);
    const feed = (name: string) => numbers(feeds.get(name)!);
    const [tokens, sources, positions] = [feed("tokens"), feed("sources"), feed("layout/positions")];

    // Read back each asked row: the caption it belongs to, and what it has seen.
    const [asked, targets, weights] = [feed("layout/asked"), feed("targets"), feed("weights")];
    const read = asked.slice(0, -1).map((row, i) => {
      const first = row - positions[row]!;
      const seen = sources.slice(first, row + 1);
      const caption = Math.floor(seen[0]! / P);
      expect(seen.slice(0, P)).toEqual(Array.from({ length: P }, (_, p) => caption * P + p));
      expect(weights[i]).toBe(0.5);
      return { caption, before: seen.slice(P).map((source) => tokens[source - B * P]), target: targets[i] };
    });
    const expected = examples.flatMap(({ tokens }, caption) =>
      tokens.flatMap((target, at) =>
        target === 0 && !id0InLoss ? [] : [{ caption, before: tokens.slice(0, at), target }],
      ),
    );
    expect(read).toEqual(expected);
    expect(weights.at(-1)).toBe(0);

    // Index arrays and their inverses: what is read is read back, what is left out points at the surplus row.
    const inverses = [
      ["sources", "sourceRows"],
      ["layout/toRows", "layout/toSequences"],
      ["layout/askedToRows", "layout/askedToSequences"],
      ["layout/asked", "layout/askedPlaces"],
    ] as const;
    for (const [forward, backward] of inverses) {
      const [there, back] = [feed(forward), feed(backward)];
      const surplus = forward.endsWith("Rows") ? there.length - H : there.length - 1;
      for (const [i, place] of there.entries()) if (i < surplus) expect(back[place], forward).toBe(i);
      const reached = new Set(there.slice(0, surplus));
      for (const [place, i] of back.entries()) {
        if (!reached.has(place)) expect(i, backward).toBeGreaterThanOrEqual(surplus);
      }
    }
  }
});
