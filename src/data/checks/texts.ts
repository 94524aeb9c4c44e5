/** What the sentences of a data set look like: lengths, and characters that training would trip over. */
import { captionLimit, pythonStrip } from "../../text/index.ts";
import { KeyTable } from "../compact/key-table.ts";
import { type Problem, problem } from "../problems.ts";
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
  /** Sentences with characters that no report has: controls, invisible, private and replacement characters, loose accents, odd spaces. */
  readonly oddCharacters: number;
  /** Sentences that look like UTF-8 read as Latin-1 or Windows-1252 ("Ã©"). */
  readonly wronglyDecoded: number;
  /** Sentences without "." at the end, where generation stops. */
  readonly withoutFullStop: number;
  /** Sentences with a "." before the end, where generation stops too early (REFERENCE 9.10). */
  readonly innerFullStop: number;
}

export interface CheckedTexts {
  readonly statistics: TextStatistics;
  /** One warning a fault: in a file that was decoded wrongly these are thousands. */
  readonly problems: readonly Problem[];
}

export interface TokenStatistics {
  readonly count: Spread;
  readonly countHistogram: Histogram;
  /** Where training cuts its sentences: those of the training split, or all of a set that has none. */
  readonly paddingLength: number;
  readonly cutInTraining: number;
  /** Sentences with more tokens than the reference generates (15). */
  readonly longerThanGenerated: number;
}

const generatedTokens = 15;

/**
 * Unassigned, control, format (zero width, direction, soft hyphen), private and torn characters, marks that stand apart from their
 * letter, line separators, and spaces that are not one: a tokenizer makes other tokens of them than of what they look like.
 */
const oddCharacter = /[\p{C}\p{M}\p{Zl}\p{Zp}\uFFFD]|(?! )\p{Zs}/u;
/** What Windows-1252 makes of the bytes 80 to 9F, where Latin-1 has controls. */
const windows1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
const wronglyDecoded = new RegExp(`[ÂÃ][\\u0080-\\u00BF${windows1252}]|â[€\\u0080]`, "u");

/** Sentences that a warning names. */
const placesNamed = 10;

/** Sentences with a fault: all are counted, some are named. */
class OddSentences {
  count = 0;
  readonly #places: string[] = [];

  add({ studyId }: Study, finding: number): void {
    if (this.count++ < placesNamed) this.#places.push(`study ${studyId}, finding ${finding + 1}`);
  }

  problems(language: Language, what: string): Problem[] {
    if (this.count === 0) return [];
    const rest = this.count - this.#places.length;
    const where = `${this.#places.join("; ")}${rest > 0 ? ` and ${rest} more` : ""}`;
    const sentences = this.count === 1 ? "sentence" : "sentences";
    return [problem("odd-text", where, `${this.count} ${titles[language]} ${sentences} with ${what}.`)];
  }
}

const titles = { en: "English", es: "Spanish" } as const;

function tokenStatistics(counts: Float64Array, inTraining: Float64Array): TokenStatistics {
  const trained = inTraining.length > 0 ? inTraining : counts;
  const paddingLength = captionLimit(trained);
  return {
    count: spread(counts),
    countHistogram: histogram(counts, 0, 60, 20),
    paddingLength,
    cutInTraining: trained.filter((length) => length > paddingLength).length,
    longerThanGenerated: counts.filter((length) => length > generatedTokens).length,
  };
}

/** Looks at the sentences of one language. */
export function checkTexts(
  studies: Iterable<Study>,
  language: Language,
  countTokens: TokenCounter | undefined,
): CheckedTexts {
  const [words, tokens, trainedTokens] = [new Numbers(), new Numbers(), new Numbers()];
  const distinct = new KeyTable();
  const [odd, wrong] = [new OddSentences(), new OddSentences()];
  const counts = { withoutFullStop: 0, innerFullStop: 0 };
  for (const study of studies) {
    for (const [finding, { sentence }] of study.findings.entries()) {
      const text = pythonStrip(sentence[language]);
      if (text === "") continue;
      distinct.add(text);
      words.add(text.split(/\s+/u).length);
      if (countTokens !== undefined) {
        const count = countTokens(text);
        tokens.add(count);
        if (study.split === "train") trainedTokens.add(count);
      }
      if (oddCharacter.test(text)) odd.add(study, finding);
      if (wronglyDecoded.test(text)) wrong.add(study, finding);
      if (!text.endsWith(".")) counts.withoutFullStop++;
      if (text.slice(0, -1).includes(".")) counts.innerFullStop++;
    }
  }
  const statistics: TextStatistics = {
    sentences: words.values.length,
    distinct: distinct.size,
    words: spread(words.values),
    wordHistogram: histogram(words.values, 0, 40, 20),
    ...(countTokens === undefined ? {} : { tokens: tokenStatistics(tokens.values, trainedTokens.values) }),
    oddCharacters: odd.count,
    wronglyDecoded: wrong.count,
    ...counts,
  };
  const problems = [
    ...odd.problems(language, "control, invisible or replacement characters, loose accents, or spaces that are none"),
    ...wrong.problems(language, "what looks like UTF-8 read as Latin-1 or Windows-1252"),
  ];
  return { statistics, problems };
}
