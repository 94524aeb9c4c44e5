/** WordPiece and RoBERTa's byte-level BPE against Hugging Face's own tokenizers, id by id. */
import { describe, expect, it } from "vitest";
import { createEncoderTokenizer, type EncoderTokenizer, withEnds, wordPieceDefinition } from "../../src/text/index.ts";
import { readGolden } from "../support/golden.ts";

interface Manifest {
  readonly vocabulary: readonly string[];
  readonly cased: readonly string[];
  readonly definition: object;
  readonly bpe: object;
  readonly rows: readonly {
    readonly row: readonly [text: string, lower: readonly number[], cased: readonly number[], bpe: readonly number[]];
  }[];
}
const { manifest } = readGolden<Manifest>("encoder-tokenizers");

function fromList(pieces: readonly string[], settings: object): EncoderTokenizer {
  const definition = wordPieceDefinition(pieces.map((piece) => `${piece}\n`).join(""), settings, "vocab.txt");
  return createEncoderTokenizer(definition, settings, "vocab.txt");
}

const tokenizers: readonly (readonly [string, number, EncoderTokenizer])[] = [
  ["lower-cased, from vocab.txt", 1, fromList(manifest.vocabulary, {})],
  ["lower-cased, from tokenizer.json", 1, createEncoderTokenizer(manifest.definition, {}, "tokenizer.json")],
  ["cased, from vocab.txt", 2, fromList(manifest.cased, { do_lower_case: false })],
  ["RoBERTa's, from tokenizer.json", 3, createEncoderTokenizer(manifest.bpe, {}, "tokenizer.json")],
];

describe.each(tokenizers)("%s", (_, column, tokenizer) => {
  it("gives the same ids", () => {
    expect(manifest.rows.length).toBeGreaterThan(300);
    const wrong = manifest.rows.filter(({ row }) => {
      const ids = withEnds(tokenizer, tokenizer.pieces(row[0]), Number.POSITIVE_INFINITY);
      return `${ids}` !== `${row[column]}`;
    });
    expect(wrong.map(({ row }) => [row[0], `${row[column]}`, `${tokenizer.pieces(row[0])}`])).toEqual([]);
  });
});

it("a text too long keeps its first pieces, and its end", () => {
  const [, , tokenizer] = tokenizers[0]!;
  expect(withEnds(tokenizer, [5, 6, 7, 8], 5)).toEqual([2, 5, 6, 7, 3]);
});
