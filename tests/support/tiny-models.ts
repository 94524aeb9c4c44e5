/** Tiny model folders for end-to-end tests, in Hugging Face's layout, with weights large enough to tell inputs apart. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findArchitecture, randomModel } from "../../src/models/architectures/index.ts";
import { gpt2Shapes, gpt2Spread, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { randomValues } from "../../src/weights/index.ts";
import { writeModelFolder } from "../../src/weights/node/index.ts";
import { portableTensor } from "./portable.ts";

/** A CLIP vision tower of two layers. The originals' small initialisation would make a tiny random encoder almost blind. */
export async function writeTinyClip(dir: string, projectionWidth = 64): Promise<string> {
  const sizes = {
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    intermediate_size: 128,
    projection_dim: projectionWidth,
  };
  const { files, tensors } = randomModel(findArchitecture("openai/clip-vit-base-patch32"), 0, sizes);
  const loud = tensors.map((tensor) => ({ ...tensor, data: () => portableTensor(tensor.name, tensor.shape).data }));
  await writeModelFolder(dir, files, loud);
  return dir;
}

/** A GPT-2 of two layers whose tokens are the words of the given sentences, "." among them. */
export async function writeTinyGpt2(dir: string, sentences: readonly string[]): Promise<string> {
  const words = sentences.flatMap((sentence) => sentence.match(/ ?[\p{L}\p{N}]+| ?[^\s\p{L}\p{N}]/gu) ?? []);
  const vocabulary = ["!", ".", ...[...new Set(words)].filter((word) => word !== "!" && word !== ".").sort()];
  const tokenizer = {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: {
      type: "Split",
      pattern: { Regex: " ?[\\p{L}\\p{N}]+| ?[^\\s\\p{L}\\p{N}]" },
      behavior: "Isolated",
      invert: false,
    },
    post_processor: null,
    decoder: { type: "Fuse" },
    model: { type: "WordLevel", vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])), unk_token: "!" },
  };
  const config = {
    model_type: "gpt2",
    n_embd: 64,
    n_layer: 2,
    n_head: 4,
    vocab_size: vocabulary.length,
    n_positions: 128,
  };
  const gpt2 = parseGpt2Config(config, dir);
  const tensors = [...gpt2Shapes(gpt2)].map(([name, shape]) => ({
    name,
    dtype: "float32" as const,
    shape,
    data: () => randomValues(0, name, shape, gpt2Spread(gpt2, name)),
  }));
  await writeModelFolder(
    dir,
    { "config.json": config, "tokenizer.json": tokenizer, "tokenizer_config.json": {} },
    tensors,
  );
  return dir;
}

/** All sentences of a folder in PadChest-GR's layout, in both languages. */
export async function sentencesOf(dir: string): Promise<string[]> {
  const text = await readFile(join(dir, "grounded_reports_20240819.json"), "utf8");
  const studies = JSON.parse(text) as { findings: { sentence_en: string; sentence_es: string }[] }[];
  return studies.flatMap(({ findings }) => findings.flatMap((each) => [each.sentence_en, each.sentence_es]));
}

/** Words of the tiny encoder's vocabulary, whole ones and parts; sentences of them have no unknown word. */
export const tinyVocabulary: readonly string[] = [
  ...[
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "no",
    "small",
    "large",
    "left",
    "right",
    "pleural",
    "eff",
    "##usion",
  ],
  ...["##usions", "pneu", "##mo", "##thorax", "cardio", "##meg", "##aly", "stable", "mild", "edema", "is", "and", "of"],
  ...["the", ".", ",", "normal", "heart", "lung", "##s", "clear", "seen", "tube", "in", "place"],
];

/** A DistilBERT of six layers with `tinyVocabulary`. */
export async function writeTinyDistilbert(dir: string): Promise<string> {
  const sizes = {
    vocab_size: tinyVocabulary.length,
    dim: 32,
    n_layers: 6,
    n_heads: 4,
    hidden_dim: 64,
    max_position_embeddings: 64,
  };
  const { files, tensors } = randomModel(findArchitecture("distilbert/distilbert-base-uncased"), 0, sizes);
  const loud = tensors.map((tensor) => ({ ...tensor, data: () => portableTensor(tensor.name, tensor.shape).data }));
  await writeModelFolder(dir, files, loud);
  await writeFile(join(dir, "vocab.txt"), tinyVocabulary.map((piece) => `${piece}\n`).join(""));
  return dir;
}
