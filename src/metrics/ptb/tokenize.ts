/** PTB tokens of captions as the COCO protocol makes them: Stanford's tokenizer, lower case, punctuation taken away (METRICS §5.1). */
import { type Emission, type Rule, rules } from "./rules.ts";

/** Tokens that the protocol drops, compared exactly: brackets arrive in lower case and survive. */
const punctuation = new Set([
  "''",
  "'",
  "``",
  "`",
  "-LRB-",
  "-RRB-",
  "-LCB-",
  "-RCB-",
  ".",
  "?",
  "!",
  ",",
  ":",
  "-",
  "--",
  "...",
  ";",
]);

/** A word that no rule but the plain one can claim: letters before white space, with a comma or a full stop between. */
const ordinaryWord = /[A-Za-z]{2,}(?=[ \n]|[,;:][ \n])|[A-Za-z]{7,}(?=\.[ \n])/y;
const contracted = new Set(["cannot", "gonna", "gotta", "lemme", "gimme", "wanna"]);

/** Separators of lines other than the line feed, which would shift every later caption by one. */
const lineSeparators = /[\n\r\v\f\u0085\u2028\u2029]/g;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The tokens at a place, or undefined where no rule applies. */
function emissionAt(text: string, at: number): Emission | undefined {
  const ordinary = matchAt(ordinaryWord, text, at)?.[0];
  if (ordinary !== undefined && !contracted.has(ordinary.toLowerCase())) {
    return { tokens: [ordinary], length: ordinary.length };
  }
  let [longest, chosen, token]: [number, Rule | undefined, string] = [0, undefined, ""];
  for (const rule of rules) {
    const match = matchAt(rule.pattern, text, at);
    if (match !== null && match[0].length > longest) [longest, chosen, token] = [match[0].length, rule, match[1]!];
  }
  return chosen?.emit(token);
}

/**
 * Tokens of each caption, before punctuation is taken away. A rule may look across the end of a caption at the first word
 * of the next, so captions are tokenised together, as the reference does.
 */
export function ptbTokens(captions: readonly string[]): string[][] {
  if (captions.length === 0) return [];
  const text = captions.map((caption) => caption.replace(lineSeparators, " ")).join("\n");
  const lines: string[][] = [[]];
  for (let at = 0; at < text.length; ) {
    if (text[at] === "\n") {
      lines.push([]);
      at++;
      continue;
    }
    if (text[at] === " ") {
      at++;
      continue;
    }
    const emission = emissionAt(text, at);
    for (const token of emission?.tokens ?? []) lines.at(-1)!.push(token.toLowerCase());
    at += emission?.length ?? String.fromCodePoint(text.codePointAt(at)!).length;
  }
  return lines;
}

/** Captions as the scorers of the COCO protocol see them: tokens joined by single spaces. */
export function cocoCaptions(captions: readonly string[]): string[] {
  return ptbTokens(captions).map((tokens) => tokens.filter((token) => !punctuation.has(token)).join(" "));
}
