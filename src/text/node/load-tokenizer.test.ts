import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError, ModelError } from "../../base/errors.ts";
import { loadTokenizer } from "./load-tokenizer.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenizer-"));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (content: string, name = "tokenizer.json") => writeFile(join(folder, name), content);

/** A byte-level BPE of six tokens with one merge, in Hugging Face's format. */
const tiny = {
  version: "1.0",
  added_tokens: [{ id: 5, content: "<end>", special: true, normalized: false, lstrip: false, rstrip: false }],
  normalizer: null,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  post_processor: null,
  decoder: { type: "ByteLevel" },
  model: { type: "BPE", unk_token: null, vocab: { a: 0, b: 1, Ġ: 2, ".": 3, ab: 4 }, merges: ["a b"] },
};

describe("a model folder's tokenizer", () => {
  it("is loaded, with its added tokens", async () => {
    await put(JSON.stringify(tiny));
    const tokenizer = await loadTokenizer(folder, 6);
    expect(tokenizer.vocabularySize).toBe(6);
    expect(tokenizer.encode("ab a<end>.")).toEqual([4, 2, 0, 5, 3]);
    expect(tokenizer.encode("")).toEqual([]);
    expect(tokenizer.decode([4, 2, 3, 5])).toBe("ab.<end>");
    expect(tokenizer.decode([2, 0, 2])).toBe(" a ");
    expect(tokenizer.decode([])).toBe("");
  });

  it.each<[string, string | undefined, typeof ModelError | typeof DataError, RegExp]>([
    ["that is missing", undefined, ModelError, /no tokenizer\.json/],
    ["that is cut off", JSON.stringify(tiny).slice(0, -1), DataError, /JSON object/],
    ["without a model", JSON.stringify({ ...tiny, model: undefined }), ModelError, /cannot be used/],
    ["of an unknown kind", JSON.stringify({ ...tiny, model: { type: "Magic" } }), ModelError, /cannot be used/],
    ["without added tokens", JSON.stringify({ ...tiny, added_tokens: undefined }), ModelError, /cannot be used/],
    ["with more tokens than the model", JSON.stringify(tiny), ModelError, /at most 5 tokens.*found: 6 tokens/s],
  ])("%s is refused", async (_, content, kind, message) => {
    if (content !== undefined) await put(content);
    await expect(loadTokenizer(folder, 5)).rejects.toThrow(kind);
    await expect(loadTokenizer(folder, 5)).rejects.toThrow(message);
  });

  it("refuses a text that it cannot spell, and does not repeat it", async () => {
    const model = { type: "WordLevel", vocab: { ab: 0, ".": 1 }, unk_token: "?" };
    await put(
      JSON.stringify({ ...tiny, added_tokens: [], pre_tokenizer: { type: "Whitespace" }, decoder: null, model }),
    );
    const tokenizer = await loadTokenizer(folder, 2);
    expect(tokenizer.encode("ab.")).toEqual([0, 1]);
    expect(() => tokenizer.encode("ab Zebrafish.")).toThrow(/does not know[\s\S]*found: 1 unknown of 3 tokens/);
    expect(() => tokenizer.encode("ab Zebrafish.")).not.toThrow(/Zebrafish/);
  });

  it("with a damaged tokenizer_config.json is refused", async () => {
    await put(JSON.stringify(tiny));
    await put("{", "tokenizer_config.json");
    await expect(loadTokenizer(folder, 6)).rejects.toThrow(/tokenizer_config\.json/);
  });
});
