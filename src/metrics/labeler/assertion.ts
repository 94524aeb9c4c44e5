/** Whether words assert, deny or doubt what they mention. */
import type { Sense } from "./mentions.ts";

export type Assertion = "positive" | "negative" | "uncertain";

/** Marks that take the place of cues in a sentence; private-use characters, which no report has. */
const marks = {
  deniesAfter: "\uE000",
  deniesBefore: "\uE001",
  doubtsAfter: "\uE002",
  doubtsBefore: "\uE003",
  resolved: "\uE004",
  versus: "\uE005",
} as const;

type Mark = keyof typeof marks | "nothing";

/** In this order: a cue inside a longer one must not be read first. */
const cues: readonly (readonly [Mark, RegExp])[] = [
  [
    "nothing",
    /\bno (?:significant |interval |appreciable |relevant )?(?:change|increase|decrease|variation|progression)s?\b(?: (?:in|of)\b)?(?: (?:the )?size of)?|\bsin (?:cambios|variacion\w*|modificacion\w*)(?: (?:en|de|del|respecto)\b)?|\b(?:not|no) (?:seen|visible|present|visibles?) (?:on|in|en) (?:the |el |la )?(?:prior|previous|estudio previo|previa?o?)\w*|\bnot only\b|\bto suggest\b|\b(?:may|might) not be (?:seen|visible|demonstrated)\b|\bnot previously seen\b/g,
  ],
  [
    "doubtsBefore",
    /\b(?:can ?not|could not|can't|cannot) be (?:entirely |completely |totally )?(?:excluded|ruled out)|\bis (?:possible|likely|probable|questioned)\b|\b(?:is|are) not excluded|\b(?:is|are) (?:difficult|hard) to (?:exclude|rule out)(?=\s*(?:$|,))|\b(?:is|are|would be|remains?) (?:also )?(?:in the differential|an?(?:other)? (?:\w+ )?consideration)\b|\bdudos[oa]s?\b(?! (?:imagen|nodulo|opacidad))|\bno (?:es|son) descartables?\b/g,
  ],
  [
    "doubtsAfter",
    /\b(?:can ?not|could not|cannot) (?:exclude|rule out)|\b(?:difficult|hard|unable) to (?:completely |entirely )?(?:exclude|rule out)|\bdifferential (?:diagnos[ei]s |considerations? )?(?:\w+ )?(?:includes?|including)\b|\bcorrelat\w+ (?:clinically )?(?:for|as to)\b|\bno (?:se )?(?:puede|pueden|podemos) descartar(?:se)?\b|\bno se descartan?\b|\b(?:to )?rule[- ]out\b|\b(?:a )?descartar\b|\br\/o\b/g,
  ],
  [
    "deniesBefore",
    /\b(?:no longer|not) (?:definitely |clearly |well )?(?:seen|visible|visuali[sz]ed|present|identified|evident|demonstrated|appreciated|recurred|detected)\b|\bno (?:visible|identificad[oa]|presente)s?(?=\s*(?:$|,))|\b(?:has|have) not recurred\b|\b(?:is|are|was|were) (?:absent|excluded|ruled out)\b|\b(?:has |have |ha |han )?(?:disappeared|desaparecido|cleared)\b|\bremoved\b|\bretirad[oa]s?\b(?! (?:de|del)\b)|\bya no (?:visibles?|se)\b/g,
  ],
  [
    "deniesAfter",
    /\b(?:interval )?(?:resolution|clearing|removal|absence|disappearance) of\b|\b(?:resolucion|desaparicion|ausencia|retirada) (?:de|del)\b|\b(?:negative|free|clear) (?:for|of)\b|\blibres? de\b|\bneither\b|\bnor\b|\bni\b|\bwithout\b|\bwith no\b|\bno\b|\bnot\b|\bsin\b|\bdenies\b|\brather than\b/g,
  ],
  ["resolved", /\b(?:has |have )?(?:completely )?resolved\b|\bresuelt[oa]s?\b/g],
  [
    "doubtsAfter",
    /\b(?:possibl[ey]|probabl[ey]|likely|may|might|could|questionable|suspicious|suspected|suspicion|suggest\w*|concerning|concern|presumabl[ey]|perhaps|equivocal|versus atypical|posibles?|probables?|podrian?|puede\w*|sugestiv\w*|sugier\w*|sugir\w*|sugerent\w*|sospech\w*|dudos[oa]s?|quiza\w*)\b/g,
  ],
  ["versus", /\b(?:versus|vs)\b\.?/g],
];

/** The sentence with a mark for each cue, as long as before. */
export function markCues(sentence: string): string {
  return cues.reduce((text, [mark, pattern]) => {
    const character = mark === "nothing" ? " " : marks[mark];
    return text.replace(pattern, (cue) => character + " ".repeat(cue.length - 1));
  }, sentence);
}

/** A place in a sentence. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where one thought ends and another may say the opposite. */
const clauseBreak = /\b(?:but|however|although|though|except|pero|aunque|si bien|excepto|salvo)\b|[;:]/;

/** How a new statement begins after a comma, rather than one more item of a list. */
const newStatement =
  /^,?\s*(?:and |y |with |con )?(?:(?:there (?:is|are)|se observan?|se aprecian?|stable|unchanged|mild|mildly|moderate|severe|small|large|minimal|tiny|new|persistent|chronic|old|calcified|known|left|right|bilateral|leve|moderad[oa]|pequen[oa]|minim[oa]|discret[oa]|antigu[oa]s?|cronic[oa]s?|cambios|signos)\b)/;

/** What lies between a denying mark and a mention: nothing that ends the list of what is denied. */
function listGoesOn(between: string, after: string): boolean {
  if (clauseBreak.test(between)) return false;
  const lastComma = between.lastIndexOf(",");
  if (lastComma < 0) return true;
  if (
    /\b(?:or|o|and|y|u)\b|\uE000/.test(between.slice(lastComma)) ||
    /^[^,;.]*(?:,[^,;.]*)*\b(?:or|o|u)\b/.test(after)
  ) {
    return true;
  }
  const hadConjunction = /\b(?:or|o|u)\b/.test(between.slice(0, lastComma));
  return !hadConjunction && !newStatement.test(between.slice(lastComma));
}

/** The part of the sentence between the commas and clause breaks around a mention. */
function segmentAround(marked: string, { start, end }: Span): Span {
  const before = marked.slice(0, start);
  const breaks = [...before.matchAll(new RegExp(`,|${clauseBreak.source}`, "g"))];
  const last = breaks.at(-1);
  const next = marked.slice(end).search(new RegExp(`,|${clauseBreak.source}`));
  return {
    start: last === undefined ? 0 : last.index + last[0].length,
    end: next < 0 ? marked.length : end + next,
  };
}

function isDenied(marked: string, mention: Span, segment: Span): boolean {
  const before = marked.slice(0, mention.start);
  const cue = before.lastIndexOf(marks.deniesAfter);
  if (cue >= 0 && listGoesOn(before.slice(cue + 1), marked.slice(mention.end))) return true;
  const behind = marked.slice(mention.end, segment.end);
  if (behind.includes(marks.deniesBefore) || behind.includes(marks.resolved)) return true;
  return marked.slice(segment.start, mention.start).includes(marks.resolved);
}

/** "Possibly a cyst, a scar, or pneumonia": what is doubted is a list of alternatives, and the mention one of them. */
function isDoubtedAlternative(marked: string, mention: Span): boolean {
  const before = marked.slice(0, mention.start);
  const cue = before.lastIndexOf(marks.doubtsAfter);
  const between = before.slice(cue + 1);
  if (cue < 0 || !between.includes(",") || clauseBreak.test(between) || /[\uE000\uE001]/.test(before)) return false;
  const isLast = /\b(?:or|o|u)\b[^,]*$/.test(between);
  return isLast || /^[^,;.]*(?:,[^,;.]*)*,?\s*\b(?:or|o|u)\b/.test(marked.slice(mention.end));
}

function isDoubted(marked: string, mention: Span, segment: Span): boolean {
  const ahead = marked.slice(segment.start, mention.start);
  const behind = marked.slice(mention.end, segment.end);
  // "No opacity suggestive of pneumonia" denies; "suggestive of pneumonia" alone doubts.
  const doubt = ahead.lastIndexOf(marks.doubtsAfter);
  if ((doubt >= 0 && !ahead.slice(0, doubt).includes(marks.deniesAfter)) || behind.includes(marks.doubtsBefore))
    return true;
  if (isDoubtedAlternative(marked, mention)) return true;
  return ahead.includes(marks.versus) || behind.includes(marks.versus);
}

/**
 * What a sentence says about a mention.
 * @param marked the sentence with its cues marked
 * @param others all mentions of the sentence: of two findings joined by "or", neither is certain
 */
export function assertionOf(marked: string, mention: Span, sense: Sense, others: readonly Span[]): Assertion {
  if (sense === "normal") return "negative";
  const segment = segmentAround(marked, mention);
  // Doubt first: "cannot be excluded" has a "not", and "no definite" none of doubt's words.
  if (isDoubted(marked, mention, segment)) return "uncertain";
  if (isDenied(marked, mention, segment)) return "negative";
  const isAlternative = others.some((other) => {
    const [first, second] = other.start < mention.start ? [other, mention] : [mention, other];
    return other !== mention && /^[^,;:]*\b(?:or|o|u)\b[^,;:]*$/.test(marked.slice(first.end, second.start));
  });
  return sense === "doubtful" || isAlternative ? "uncertain" : "positive";
}
