import { describe, expect, it } from "vitest";
import { UsageError } from "../base/errors.ts";
import { byteCharacters, byteLevelTokenizerFiles } from "./byte-level.ts";
import { createTokenizer } from "./tokenizer.ts";
import { trainByteLevelBpe } from "./train-bpe.ts";

const sentences = ["No pleural effusion.", "Small pleural effusion.", "Derrame pleural pequeño.", "Sin derrame."];

function tokenizerOf(size: number) {
  const files = byteLevelTokenizerFiles(trainByteLevelBpe(sentences, size));
  return createTokenizer(files["tokenizer.json"], files["tokenizer_config.json"], "test");
}

describe("a byte-level BPE", () => {
  it("starts with GPT-2's bytes", () => {
    expect(byteCharacters).toHaveLength(256);
    expect(new Set(byteCharacters).size).toBe(256);
    expect(byteCharacters[0]).toBe("!");
    expect(byteCharacters.indexOf("Ġ")).toBe(220); // the space, as in GPT-2's vocabulary
  });

  it("merges the most frequent pair first, and equal ones in the order of their characters", () => {
    const { merges } = trainByteLevelBpe(["abab ab", "cdcd"], 260);
    expect(merges).toEqual(["a b", "c d", "ab ab"]);
  });

  it("makes one token of each word when there is room, and never merges a stop with a word", () => {
    const tokenizer = tokenizerOf(1000);
    expect(tokenizer.encode("No pleural effusion.")).toHaveLength(4);
    const stop = tokenizer.encode(".");
    expect(stop).toHaveLength(1);
    for (const sentence of sentences) expect(tokenizer.encode(sentence).at(-1)).toBe(stop[0]);
  });

  it("gives back any text, seen or not", () => {
    const tokenizer = tokenizerOf(300);
    for (const text of [...sentences, "Ñandú 12½ — \t\n 🫁!", " "]) {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
  });

  it("is the same on every run", () => {
    expect(trainByteLevelBpe(sentences, 300)).toEqual(trainByteLevelBpe(sentences, 300));
  });

  it("needs room for the bytes", () => {
    expect(() => trainByteLevelBpe(sentences, 256)).toThrow(UsageError);
  });
});
