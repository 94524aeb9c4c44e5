/**
 * The rules of Stanford's PTBTokenizer 3.4.1, numbered as in METRICS §5.2.
 *
 * At each place every rule is tried. The match that is longest, its look-ahead included, decides; of equal ones the earlier
 * rule. A rule then emits tokens and says how many characters it consumed.
 *
 * Rules that may look far ahead in vain are bounded, so that a text of any length takes time in proportion to it.
 */
import {
  abbreviationsBeforeLowerCase,
  abbreviationsBeforeNumbers,
  abbreviationsWithinSentence,
  oneOf,
  sentenceStarts,
} from "./lexicon.ts";

/** What a match becomes. */
export interface Emission {
  readonly tokens: readonly string[];
  /** Characters consumed. */
  readonly length: number;
}

export interface Rule {
  /** Sticky; its first group is the token, what follows it is look-ahead. */
  readonly pattern: RegExp;
  emit(token: string): Emission;
}

const letter = "\\p{L}";
const alnum = "[\\p{L}\\p{Nd}\\u00AD]";
const space = "[ \\t\\u00A0\\u2000-\\u200A\\u3000]";
const white = "[ \\t\\u00A0\\u2000-\\u200A\\u3000\\n]";
const apostrophe = "['\\u2019\\u0092]";
const hyphen = "[-_\\u058A\\u2010\\u2011]";
const word = `${letter}${alnum}*(?:[.!?]${letter}${alnum}*)*`;
const acronym = `(?:(?:[Cc]anada|[Ss]ino|[Kk]orean|EU|[Jj]apan|[Nn]on)-U\\.S|U\\.S\\.-U\\.K|U\\.S\\.-U\\.S\\.S\\.R|[A-Za-z](?:\\.[A-Za-z])*)`;
const number = "[-+]?(?:\\d*(?:[.:,]\\d+)+|\\d+)";
const compound = `[A-Za-z0-9][A-Za-z0-9.,\\u00AD]{0,60}(?:-(?:[A-Za-z](?:\\.[A-Za-z])*\\.|${alnum}+))+`;
const thing = `${alnum}+(?:${hyphen}${alnum}+)*`;
const withSuffixes = `[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}`;
const slashed = `${withSuffixes}(?:/${withSuffixes}){1,2}`;
const clitic = `${apostrophe}(?:[SsMmDd]|[Rr][Ee]|[Vv][Ee]|[Ll][Ll])`;
const not = `[Nn]${apostrophe}[Tt]`;
const tag = `<(?:[!?][A-Za-z-][^>\\n]*|/?[A-Za-z][A-Za-z0-9:.-]*(?:${space}+[A-Za-z][A-Za-z0-9:.-]*(?:${space}*=${space}*(?:'[^'\\n]*'|"[^"\\n]*"|[A-Za-z][A-Za-z0-9_:.-]*)))*${space}*/?)${space}*>`;
const sentenceEnd = oneOf(abbreviationsBeforeLowerCase);
const midSentence = oneOf(abbreviationsWithinSentence);

/** The token as it stands, apostrophes and spaces in plain form. */
function plain(token: string): string {
  return token
    .replace(/[\u2019\u0092]/g, "'")
    .replace(/[ \t\u2000-\u200A\u3000]/g, "\u00A0")
    .replace(/\u00AD/g, "");
}

function rule(token: string, lookAhead: string, emit: Rule["emit"]): Rule {
  return { pattern: new RegExp(`(${token})${lookAhead}`, "yu"), emit };
}

/** The token as it stands. */
function asIs(token: string, lookAhead = ""): Rule {
  return rule(token, lookAhead, (text) => ({ tokens: [plain(text)], length: text.length }));
}

/** Something else in its place. */
function becomes(token: string, replacement: string, lookAhead = ""): Rule {
  return rule(token, lookAhead, (text) => ({ tokens: [replacement], length: text.length }));
}

/** The token, and a full stop of its own: the dot is the abbreviation's and the sentence's. */
function andStop(token: string, lookAhead = ""): Rule {
  return rule(token, lookAhead, (text) => ({ tokens: [plain(text), "."], length: text.length }));
}

/** The token without its last letters, which are read again. */
function pushBack(token: string, count: number): Rule {
  return rule(token, "", (text) => ({ tokens: [plain(text.slice(0, -count))], length: text.length - count }));
}

/** An initial at the end of a sentence gives its dot away; a longer acronym keeps it. */
function initialOrAcronym(text: string): Emission {
  if (text.length > 2) return { tokens: [text, "."], length: text.length };
  return { tokens: [text.slice(0, -1)], length: text.length - 1 };
}

const brackets: Readonly<Record<string, string>> = {
  "(": "-LRB-",
  ")": "-RRB-",
  "[": "-LSB-",
  "]": "-RSB-",
  "{": "-LCB-",
  "}": "-RCB-",
};

/** Brackets have names even inside a smiley or a telephone number. */
function withNamedBrackets(text: string): Emission {
  return { tokens: [text.replace(/[()[\]{}]/g, (bracket) => brackets[bracket]!)], length: text.length };
}

const splitContractions = [
  pushBack(oneOf("cannot"), 3),
  pushBack(oneOf("gonna gotta lemme gimme wanna"), 2),
  pushBack(`${apostrophe}[Tt][Ww][Aa][Ss]`, 3),
  pushBack(`${apostrophe}[Tt][Ii][Ss]`, 2),
];

/** Names with an apostrophe and addresses keep every character, no-break spaces and curly quotes included. */
function verbatim(token: string): Rule {
  return rule(token, "", (text) => ({ tokens: [text], length: text.length }));
}

const addressCharacter = '[^ \\t\\n\\f\\r"<>|()]';
const lastOfAddress = '[^ \\t\\n\\f\\r"<>|.!?(){},-]';
const partOfDomain = '[^ \\t\\n\\f\\r"<>|().\\u00A0]+';

/** Symbols that have another form in the output. */
const replacements: Readonly<Record<string, string>> = {
  "[\\u2018\\u201B\\u2039`]": "`",
  "\\u203A": "'",
  "[\\u201C\\u0093\\u00AB]": "``",
  "[\\u201D\\u0094\\u00BB]|''|``": "''",
  "\\u00AD": "-",
  "\\u00BD": "1/2",
  "\\u00BC": "1/4",
  "\\u00BE": "3/4",
  "\\u2153": "1/3",
  "\\u2154": "2/3",
  "\\u00A2": "cents",
  "[\\u00A4\\u20A0\\u20AC]": "$",
  "\\u00A3": "#",
};

/** All rules but the last two (39, 40): a line break ends the caption, what no rule matches is dropped. */
export const rules: readonly Rule[] = [
  ...splitContractions, // 1
  rule(tag, "", (text) => ({ tokens: [text.replace(/[ \t]/g, "\u00A0")], length: text.length })), // 2
  becomes("&[Aa][Mm][Pp];", "&"), // 3
  asIs(word, clitic), // 4
  asIs(`(?:[\\p{L}\\u00AD]*[A-MO-Za-mo-z])`, not), // 5
  asIs(word), // 6
  asIs(
    `${apostrophe}n${apostrophe}?|[lLdDjJ]${apostrophe}|[Dd]unkin${apostrophe}|[Ss]omethin${apostrophe}|[Oo]l${apostrophe}|${apostrophe}[Ee]m|[Cc]${apostrophe}[Mm]on|[Oo]${apostrophe}clock${alnum}*|${apostrophe}\\d0s|[Yy]${apostrophe}all`,
  ), // 7
  verbatim(
    `n${apostrophe}\\p{L}{2,}|\\p{L}+[AEIOUYaeiouy]${apostrophe}[A-Zaeiou]\\p{L}*|[A-HJ-XZ]${apostrophe}\\p{L}{2}${alnum}*|[a-hj-xz]${apostrophe}[aeiou]\\p{L}+`,
  ),
  verbatim(`[Hh][Tt][Tt][Pp][Ss]?://${addressCharacter}{1,2000}${lastOfAddress}`), // 8
  verbatim(
    `(?:[^ \\t\\n\\f\\r"<>|.!?(){},:/$@_0-9'-]{1,200}\\.){1,20}(?:[Cc][Oo][Mm]|[Nn][Ee][Tt]|[Oo][Rr][Gg]|[Ee][Dd][Uu])(?:/${addressCharacter}{1,2000}${lastOfAddress})?`,
  ),
  verbatim(`[A-Za-z0-9][^ \\t\\n\\f\\r"<>|()\\u00A0]{0,80}@(?:${partOfDomain}\\.){0,20}${partOfDomain}`),
  asIs("@[A-Za-z_][A-Za-z_0-9]*"),
  asIs("#\\p{L}+"),
  asIs(clitic, "[^A-Za-z]"), // 9
  asIs(not, "[^A-Za-z]"),
  asIs("\\d{1,2}[-/]\\d{1,2}[-/]\\d{2,4}"), // 10
  asIs(number), // 11
  asIs("(?:\\d{1,4}[- \\u00A0])?\\d{1,4}/\\d{1,4}"), // 12
  asIs(slashed), // 13
  asIs("[A-Z]*\\$|#"), // 14
  rule(`${acronym}\\.`, `${white}+(?:${sentenceStarts}|${tag})${white}`, initialOrAcronym), // 15
  asIs(`${oneOf(abbreviationsBeforeNumbers)}\\.`, `${white}?\\d`), // 16
  andStop(`${sentenceEnd}\\.`, `${white}(?:${white}|\\p{Lu}|${tag})`), // 17
  asIs(`${sentenceEnd}\\.`, "[^]{2}"), // 18
  andStop(`${sentenceEnd}\\.`), // 19
  asIs(`(?:${midSentence}|${acronym})\\.`), // 20
  asIs(`(?:${midSentence}|${acronym})`, space), // 21
  asIs(acronym, white),
  asIs(
    `[A-Za-z0-9]+(?:\\.[A-Za-z0-9]+)*(?:[-_][A-Za-z0-9]+)*\\.(?:bat|bmp|c|class|cgi|cpp|dll|doc|docx|exe|gif|gz|h|htm|html|jar|java|jpeg|jpg|mov|mp3|pdf|php|pl|png|ppt|ps|py|sql|tar|txt|wav|x|xml|zip)`,
    `(?:${white}|[.?!,])`,
  ), // 22
  asIs(`${word}\\.`, "[,;:]"), // 23
  rule(
    "(?:\\(\\d{2,3}\\)[ \\u00A0]?|(?:\\+\\+?)?(?:\\d{2,4}[- \\u00A0])?\\d{2,4}[- \\u00A0])\\d{3,4}[- \\u00A0]?\\d{3,5}",
    "",
    (text) => ({ tokens: withNamedBrackets(plain(text)).tokens, length: text.length }),
  ), // 24
  becomes('"', "``", `(?:[\\p{L}\\p{N}$])`), // 25
  becomes('"', "''"),
  becomes("<|&[Ll][Tt];", "<"), // 26
  becomes(">|&[Gg][Tt];", ">"),
  rule("[<>]?[:;=]['’]?[-o*']?[()DPdpO{@|\\[\\]]", "[^A-Za-z0-9]", withNamedBrackets), // 27
  rule("[()[\\]{}]", "", withNamedBrackets), // 28
  rule("-+", "", (text) => ({ tokens: [text.length === 3 || text.length === 4 ? "--" : text], length: text.length })), // 29
  becomes("[\\u2013-\\u2015\\u0096\\u0097]", "--"),
  becomes("\\.{3,5}|(?:\\.[ \\u00A0]){2,4}\\.|\\u2026|\\u0085", "..."), // 30
  asIs("@+|#+|_+|\\*+"), // 31
  asIs("[,;:]|[?!]+|[.=/]"), // 32
  asIs(`${compound}\\.`, "[,;:]"), // 33
  asIs(compound),
  asIs(`${thing}\\.`, "[,;:]"), // 34
  asIs(thing),
  asIs("[A-Z]+(?:[+&][A-Z]+)+"), // 35
  becomes("'", "`", "[A-Za-z][^ \\t\\n]"), // 36
  asIs(clitic),
  asIs(not),
  ...Object.entries(replacements).map(([symbols, replacement]) => becomes(symbols, replacement)),
  becomes(apostrophe, "'"),
  asIs(
    "[+%&~^|\\\\\\u00A1\\u00A5-\\u00A9\\u00AC\\u00AE-\\u00BA\\u00BF\\u00D7\\u00F7\\u2016\\u2017\\u201A\\u201E\\u201F-\\u2023\\u2030-\\u2038\\u203B\\u203E-\\u2042\\u2044\\u20A4\\u2100-\\u214F\\u2155-\\u215E\\u2190-\\u2BFF\\u3001\\u3002]",
  ), // 37
  rule("[ \\t\\u00A0\\u2000-\\u200B\\u200E\\u200F\\u3000\\uFEFF\\0]+|&[Nn][Bb][Ss][Pp];", "", (text) => ({
    tokens: [],
    length: text.length,
  })), // 38
];
