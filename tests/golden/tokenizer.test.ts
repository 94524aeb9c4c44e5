/** GPT-2's tokenizer against transformers', id by id and character by character. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/base/errors.ts";
import { createTokenizer } from "../../src/text/index.ts";
import { gpt2TokenizerFiles } from "../../src/text/node/index.ts";

interface Row {
  readonly text: string;
  readonly ids: number[];
  readonly decoded: string;
}

const golden = new URL("tokenizer/manifest.json", import.meta.url);
const { encoded, decoded } = JSON.parse(await readFile(golden, "utf8")) as { encoded: Row[]; decoded: Row[] };
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

  it("has GPT-2's vocabulary, and refuses ids outside it", () => {
    expect(tokenizer.vocabularySize).toBe(50257);
    for (const id of [50257, -1, 0.5]) expect(() => tokenizer.decode([13, id])).toThrow(ModelError);
  });
});
