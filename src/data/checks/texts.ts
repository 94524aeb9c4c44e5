/** What the sentences of a data set look like: lengths, and characters that training would trip over. */
import { pythonStrip } from "../../text/index.ts";
import { KeyTable } from "../compact/key-table.ts";
import type { Language, Study } from "../vocabulary.ts";
import { type Histogram, histogram, Numbers, type Spread, spread } from "./histogram.ts";

/** Tokens of a stripped sentence, as the decoder counts them. */
export type TokenCounter = (sentence: string) => number;

export interface TextStatistics {
  /** Sentences that are not empty. */
  readonly sentences: number;
  readonly distinct: number;
  readonly words: Spread;
  readonly wordHistogram: Histogram;
  /** Absent without a tokenizer. */
  readonly tokens?: TokenStatistics;
  /** Sentences with characters that no report has: controls, replacement and private-use characters, torn surrogates. */
  readonly oddCharacters: number;
  /** Sentences that look like UTF-8 read as Latin-1 ("Ã©"). */
  readonly wronglyDecoded: number;
  /** Sentences without "." at the end, where generation stops. */
  readonly withoutFullStop: number;
  /** Sentences with a "." before the end, where generation stops too early (REFERENCE 9.10). */
  readonly innerFullStop: number;
}

export interface TokenStatistics {
  readonly count: Spread;
  readonly countHistogram: Histogram;
  /** Where the reference cuts training texts: min(⌊mean + 10·std⌋, most), unbiased std (REFERENCE 2.8). */
  readonly paddingLength: number;
  readonly cutInTraining: number;
  /** Sentences with more tokens than the reference generates (15). */
  readonly longerThanGenerated: number;
}

const generatedTokens = 15;
const oddCharacter = /[\p{Cc}\p{Co}\p{Cs}\p{Cn}\uFFFD\u200B-\u200F\u2028\u2029\u202A-\u202E\uFEFF]/u;
const wronglyDecoded = /Ã[\u0080-\u00BF]|Â[\u00A0-\u00BF]|â€/;

function tokenStatistics(counts: Float64Array): TokenStatistics {
  const count = spread(counts);
  const variance = counts.reduce((sum, value) => sum + (value - count.mean) ** 2, 0) / Math.max(1, counts.length - 1);
  const paddingLength = Math.min(Math.trunc(count.mean + 10 * Math.sqrt(variance)), count.most);
  return {
    count,
    countHistogram: histogram(counts, 0, 60, 20),
    paddingLength,
    cutInTraining: counts.filter((length) => length > paddingLength).length,
    longerThanGenerated: counts.filter((length) => length > generatedTokens).length,
  };
}

/** Statistics of the sentences of one language. */
export function textStatistics(
  studies: Iterable<Study>,
  language: Language,
  countTokens: TokenCounter | undefined,
): TextStatistics {
  const [words, tokens] = [new Numbers(), new Numbers()];
  const distinct = new KeyTable();
  const counts = { oddCharacters: 0, wronglyDecoded: 0, withoutFullStop: 0, innerFullStop: 0 };
  for (const { findings } of studies) {
    for (const { sentence } of findings) {
      const text = pythonStrip(sentence[language]);
      if (text === "") continue;
      distinct.add(text);
      words.add(text.split(/\s+/u).length);
      if (countTokens !== undefined) tokens.add(countTokens(text));
      if (oddCharacter.test(text)) counts.oddCharacters++;
      if (wronglyDecoded.test(text)) counts.wronglyDecoded++;
      if (!text.endsWith(".")) counts.withoutFullStop++;
      if (text.slice(0, -1).includes(".")) counts.innerFullStop++;
    }
  }
  return {
    sentences: words.values.length,
    distinct: distinct.size,
    words: spread(words.values),
    wordHistogram: histogram(words.values, 0, 40, 20),
    ...(countTokens === undefined ? {} : { tokens: tokenStatistics(tokens.values) }),
    ...counts,
  };
}
