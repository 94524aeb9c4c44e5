/** Captions for a batch of prefixes: a search for each row over one decoder. */
import type { HostArray } from "../base/arrays.ts";
import { type Beam, BeamSearch, type Extension } from "./beam-search.ts";
import type { Decoder } from "./decoder.ts";

/**
 * Every row is searched for itself; a row that has ended waits for the others.
 * @param prefix [B, P, E] float32
 * @param count rows at the front that are wanted; the rest is padding
 * @param stopId the token that ends a beam
 * @returns for each wanted row its beams, best first
 */
export async function generateBatch(
  decoder: Decoder,
  prefix: HostArray,
  count: number,
  stopId: number,
): Promise<(readonly Beam[])[]> {
  const { rows, beams, maxTokens } = decoder.shape;
  const first = await decoder.start(prefix);
  const searches = first.slice(0, count).map(() => new BeamSearch(beams, stopId));
  let extensions = searches.map((search, row) => search.start(first[row]!));
  for (let length = 1; length < maxTokens && !searches.every((search) => search.isFinished); length++) {
    // After the first tokens all beams of a row continue its prompt; the cache holds nothing else yet.
    const { tokens, parents } = joined(extensions, rows, beams);
    const candidates = await decoder.advance(tokens, parents);
    extensions = searches.map((search, row) =>
      search.isFinished ? extensions[row]! : search.advance(candidates.slice(row * beams, (row + 1) * beams)),
    );
  }
  return searches.map((search) => search.result());
}

/** The extensions of all rows as flat arrays over [B·K]; rows without a search repeat token 0. */
function joined(extensions: readonly Extension[], rows: number, beams: number) {
  const tokens = new Array<number>(rows * beams).fill(0);
  const parents = tokens.map((_, i) => i);
  extensions.forEach((extension, row) => {
    for (let beam = 0; beam < beams; beam++) {
      tokens[row * beams + beam] = extension.tokens[beam]!;
      parents[row * beams + beam] = row * beams + extension.parents[beam]!;
    }
  });
  return { tokens, parents };
}
