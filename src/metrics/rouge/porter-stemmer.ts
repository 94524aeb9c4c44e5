/** Porter's stemmer with NLTK's extensions (METRICS §2.2), step by step as the rules are numbered there. */

/** Words that the rules would get wrong. */
const irregular: Readonly<Record<string, string>> = {
  sky: "sky",
  skies: "sky",
  dying: "die",
  lying: "lie",
  tying: "tie",
  news: "news",
  inning: "inning",
  innings: "inning",
  outing: "outing",
  outings: "outing",
  canning: "canning",
  cannings: "canning",
  howe: "howe",
  proceed: "proceed",
  exceed: "exceed",
  succeed: "succeed",
};

function isConsonant(word: string, i: number): boolean {
  const letter = word[i]!;
  if ("aeiou".includes(letter)) return false;
  return letter !== "y" || i === 0 || !isConsonant(word, i - 1);
}

/** m: how often a consonant follows a vowel. */
function measure(stem: string): number {
  let count = 0;
  for (let i = 1; i < stem.length; i++) if (isConsonant(stem, i) && !isConsonant(stem, i - 1)) count++;
  return count;
}

function hasVowel(stem: string): boolean {
  return [...stem].some((_, i) => !isConsonant(stem, i));
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && isConsonant(word, word.length - 1);
}

/** Consonant, vowel, consonant other than w, x, y; or, NLTK's extension, vowel and consonant alone. */
function endsInShortSyllable(word: string): boolean {
  const n = word.length;
  if (n === 2) return !isConsonant(word, 0) && isConsonant(word, 1);
  return (
    n >= 3 &&
    isConsonant(word, n - 3) &&
    !isConsonant(word, n - 2) &&
    isConsonant(word, n - 1) &&
    !"wxy".includes(word[n - 1]!)
  );
}

/** A suffix, what takes its place, and the condition on the word and the stem before the suffix. */
type Rule = readonly [suffix: string, replacement: string, condition: (stem: string, word: string) => boolean];

/** The first rule whose suffix fits decides, whether its condition holds or not. */
function applyFirst(word: string, rules: readonly Rule[]): string {
  for (const [suffix, replacement, condition] of rules) {
    if (!word.endsWith(suffix)) continue;
    const stem = word.slice(0, word.length - suffix.length);
    return condition(stem, word) ? stem + replacement : word;
  }
  return word;
}

const always = () => true;
const measured = (stem: string) => measure(stem) > 0;
const longMeasured = (stem: string) => measure(stem) > 1;

function rules(table: string, condition: Rule[2]): Rule[] {
  return table.split(" ").map((entry): Rule => {
    const [suffix = "", replacement = ""] = entry.split(">");
    return [suffix, replacement, condition];
  });
}

const plurals = rules("sses>ss ies>i ss>ss s>", always);

function step1a(word: string): string {
  return word.endsWith("ies") && word.length === 4 ? word.slice(0, -1) : applyFirst(word, plurals);
}

function step1b(word: string): string {
  if (word.endsWith("ied")) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith("eed")) return measured(word.slice(0, -3)) ? word.slice(0, -1) : word;
  for (const suffix of ["ed", "ing"]) {
    const stem = word.slice(0, -suffix.length);
    if (word.endsWith(suffix) && hasVowel(stem)) return afterPastOrGerund(stem);
  }
  return word;
}

function afterPastOrGerund(stem: string): string {
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem;
}

function step1c(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith("y") && stem.length > 1 && isConsonant(stem, stem.length - 1) ? `${stem}i` : word;
}

const derivations: readonly Rule[] = [
  ...rules(
    "ational>ate tional>tion enci>ence anci>ance izer>ize bli>ble alli>al entli>ent eli>e ousli>ous ization>ize ation>ate " +
      "ator>ate alism>al iveness>ive fulness>ful ousness>ous aliti>al iviti>ive biliti>ble fulli>ful",
    measured,
  ),
  ["logi", "log", (_, word) => measured(word.slice(0, -3))], // the l counts with the stem
];

function step2(word: string): string {
  if (word.endsWith("alli") && measured(word.slice(0, -4))) return step2(word.slice(0, -2));
  return applyFirst(word, derivations);
}

const step3Rules = rules("icate>ic ative> alize>al iciti>ic ical>ic ful> ness>", measured);

const step4Rules: readonly Rule[] = [
  ...rules("al> ance> ence> er> ic> able> ible> ant> ement> ment> ent>", longMeasured),
  ["ion", "", (stem) => longMeasured(stem) && /[st]$/.test(stem)],
  ...rules("ou> ism> ate> iti> ous> ive> ize>", longMeasured),
];

function step5a(word: string): string {
  if (!word.endsWith("e")) return word;
  const stem = word.slice(0, -1);
  const m = measure(stem);
  return m > 1 || (m === 1 && !endsInShortSyllable(stem)) ? stem : word;
}

function step5b(word: string): string {
  return word.endsWith("ll") && longMeasured(word.slice(0, -1)) ? word.slice(0, -1) : word;
}

/** @param word lower case */
export function porterStem(word: string): string {
  if (Object.hasOwn(irregular, word)) return irregular[word]!;
  if (word.length <= 2) return word;
  const stem = step2(step1c(step1b(step1a(word))));
  return step5b(step5a(applyFirst(applyFirst(stem, step3Rules), step4Rules)));
}
