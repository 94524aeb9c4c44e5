/** GPT-2's tokenizer against transformers', id by id and character by character. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/node/hash.ts";
import { fnv1a } from "../../src/base/random.ts";
import { createTokenizer } from "../../src/text/index.ts";
import { gpt2TokenizerFiles } from "../../src/text/node/index.ts";
import { mulberry32 } from "../support/portable.ts";

interface Row {
  readonly text: string;
  readonly ids: number[];
  readonly decoded: string;
}

const golden = new URL("tokenizer/manifest.json", import.meta.url);
interface Manifest {
  readonly encoded: Row[];
  readonly decoded: Row[];
  readonly pieces: string[];
  /** Hashes of ids and of decoded texts, a hundred texts each. */
  readonly blocks: [string, string][];
}
const { encoded, decoded, pieces, blocks } = JSON.parse(await readFile(golden, "utf8")) as Manifest;
/** As the oracle draws it: up to 32 pieces. */
function drawnText(i: number): string {
  const draws = mulberry32(fnv1a(`tokenizer/${i}`), 33);
  const chosen = draws.subarray(1, 2 + (draws[0]! % 32));
  return Array.from(chosen, (draw) => pieces[draw % pieces.length]).join("");
}
const files = await gpt2TokenizerFiles();
const tokenizer = createTokenizer(files["tokenizer.json"], files["tokenizer_config.json"], "tokenizer.json");

describe("GPT-2's tokenizer", () => {
  it("encodes every golden text to the reference's ids", () => {
    expect(encoded.length).toBeGreaterThan(400);
    expect(encoded.map(({ text }) => tokenizer.encode(text))).toEqual(encoded.map(({ ids }) => ids));
  });

  it("decodes every golden row to the reference's text", () => {
    const rows = [...encoded, ...decoded];
    expect(rows.map(({ ids }) => tokenizer.decode(ids))).toEqual(rows.map((row) => row.decoded));
  });

  it("agrees on 10,000 drawn texts, there and back", () => {
    expect(blocks).toHaveLength(100);
    const drawn = blocks.map((_, block) => {
      const rows = Array.from({ length: 100 }, (_, i) => tokenizer.encode(drawnText(100 * block + i)));
      return [JSON.stringify(rows), JSON.stringify(rows.map((row) => tokenizer.decode(row)))].map((text) =>
        sha256(text),
      );
    });
    expect(drawn).toEqual(blocks);
  });

  it("has GPT-2's vocabulary, and refuses ids outside it", () => {
    expect(tokenizer.vocabularySize).toBe(50257);
    for (const id of [50257, -1, 0.5]) expect(() => tokenizer.decode([13, id])).toThrow(ModelError);
  });
});
