/** Tokenizers of BERT's family: texts to ids of word pieces, a start and an end around them. */
import { ModelError } from "../base/errors.ts";
import { buildHubTokenizer, vocabularySizeOf } from "./hub-tokenizer.ts";

export interface EncoderTokenizer {
  readonly vocabularySize: number;
  /** What stands in front of every text: [CLS], <s>. */
  readonly startId: number;
  /** What stands behind every text: [SEP], </s>. */
  readonly endId: number;
  /** Most ids of a text, start and end among them, that the tokenizer's own files allow; Infinity where they are silent. */
  readonly maxLength: number;
  /** Ids of a text's pieces, without start and end. */
  pieces(text: string): number[];
}

/** Lengths beyond this are how Hugging Face's files say that there is no bound. */
const noBound = 1e6;

/**
 * @param definition the parsed `tokenizer.json`
 * @param config the parsed `tokenizer_config.json`, `{}` where there is none
 * @param where the file, for errors
 * @throws ModelError when the definition cannot be used, or does not put one token before and one behind a text
 */
export function createEncoderTokenizer(
  definition: object,
  config: { readonly model_max_length?: unknown },
  where: string,
): EncoderTokenizer {
  const hub = buildHubTokenizer(definition, config, where);
  const ends = hub.encode("", { add_special_tokens: true }).ids;
  const [startId, endId] = ends;
  if (startId === undefined || endId === undefined || ends.length !== 2) {
    throw new ModelError("The tokenizer is not one of BERT's family.", {
      where,
      expected: "one token in front of a text and one behind it",
      found: `${ends.length} tokens around an empty text`,
      remedy: "Use the tokenizer files that belong to the encoder.",
    });
  }
  const { model_max_length: bound } = config;
  return {
    vocabularySize: vocabularySizeOf(hub),
    startId,
    endId,
    maxLength: typeof bound === "number" && bound <= noBound ? bound : Number.POSITIVE_INFINITY,
    pieces: (text) => hub.encode(text, { add_special_tokens: false }).ids,
  };
}

/** Start, pieces, end; of too many pieces the first are kept. */
export function withEnds(
  { startId, endId }: EncoderTokenizer,
  pieces: readonly number[],
  maxLength: number,
): readonly number[] {
  return [startId, ...pieces.slice(0, maxLength - 2), endId];
}
