/** BERT's tokenizer from its oldest file, the list of word pieces. */
import { ModelError } from "../base/errors.ts";

const special = { unknown: "[UNK]", start: "[CLS]", end: "[SEP]", padding: "[PAD]", mask: "[MASK]" } as const;

/** What `tokenizer_config.json` says about BERT's text; absent keys have Hugging Face's defaults. */
export interface WordPieceSettings {
  readonly do_lower_case?: unknown;
  readonly strip_accents?: unknown;
  readonly tokenize_chinese_chars?: unknown;
}

/**
 * The `tokenizer.json` that Hugging Face makes of a `vocab.txt` (METRICS §6.1).
 * @param vocabulary the text of the file, a piece a line; a piece's id is its line, from 0
 * @param where the file, for errors
 * @throws ModelError when the list lacks the tokens that every BERT has, or has a piece twice
 */
export function wordPieceDefinition(vocabulary: string, settings: WordPieceSettings, where: string): object {
  const pieces = vocabulary.replace(/\r?\n$/, "").split(/\r?\n/);
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
  const missing = [special.unknown, special.start, special.end].filter((token) => !Object.hasOwn(vocab, token));
  if (missing.length > 0) {
    throw new ModelError("The file is not a vocabulary of BERT.", {
      where,
      expected: "a word piece a line, [UNK], [CLS] and [SEP] among them",
      found: `${pieces.length} lines without ${missing.join(", ")}`,
      remedy: "Put the vocab.txt of the encoder there.",
    });
  }
  const added = Object.values(special).filter((token) => Object.hasOwn(vocab, token));
  const token = (content: string) => ({ SpecialToken: { id: content, type_id: 0 } });
  return {
    version: "1.0",
    added_tokens: added.map((content) => ({
      id: vocab[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: settings.tokenize_chinese_chars !== false,
      strip_accents: typeof settings.strip_accents === "boolean" ? settings.strip_accents : null,
      lowercase: settings.do_lower_case !== false,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [token(special.start), { Sequence: { id: "A", type_id: 0 } }, token(special.end)],
      pair: [
        ...[token(special.start), { Sequence: { id: "A", type_id: 0 } }, token(special.end)],
        ...[{ Sequence: { id: "B", type_id: 1 } }, token(special.end)],
      ],
      special_tokens: Object.fromEntries(
        [special.start, special.end].map((content) => [
          content,
          { id: content, ids: [vocab[content]], tokens: [content] },
        ]),
      ),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: special.unknown,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}
