/** The 14 labels of a text by rules: what is mentioned, and whether it is asserted, denied or doubted. */
import { type Assertion, assertionOf, markCues, type Span } from "./assertion.ts";
import { type LabelName, type MentionRule, mentionRules, normality, otherAbnormality } from "./mentions.ts";

/** What the text says about each label that it mentions. */
export type Labels = ReadonlyMap<LabelName, Assertion>;

interface Mention extends Span {
  readonly rule: MentionRule;
}

/** Of two statements about one label the stronger counts: present, then doubtful, then absent. */
const strength: Readonly<Record<Assertion, number>> = { negative: 0, uncertain: 1, positive: 2 };

/** Lower case, no accents, no typographic quotes, so that one pattern fits all spellings. */
function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\t\r\u00A0]/g, " ");
}

/** Parts between full stops, semicolons and line breaks; a dot inside a number or "dr." is none. */
function sentencesOf(text: string): string[] {
  return text.split(/(?<!\b(?:dr|vs|approx))[.!?](?=\s|$)|[;\n]/).filter((sentence) => sentence.trim() !== "");
}

function mentionsIn(sentence: string): Mention[] {
  let rest = sentence;
  const mentions: Mention[] = [];
  for (const rule of mentionRules) {
    for (const match of rest.matchAll(rule.pattern)) {
      mentions.push({ rule, start: match.index, end: match.index + match[0].length });
    }
    rest = rest.replace(rule.pattern, (found) => "\u0001".repeat(found.length));
  }
  return mentions.sort((a, b) => a.start - b.start);
}

function keepStronger(labels: Map<LabelName, Assertion>, label: LabelName, assertion: Assertion): void {
  const before = labels.get(label);
  if (before === undefined || strength[assertion] > strength[before]) labels.set(label, assertion);
}

/** Whether a sentence names, without denying it, something abnormal that has no label. */
function hasOtherAbnormality(sentence: string): boolean {
  const marked = markCues(sentence);
  return [...sentence.matchAll(otherAbnormality)].some(({ index, 0: word }) => {
    const span = { start: index, end: index + word.length };
    return assertionOf(marked, span, "finding", []) !== "negative";
  });
}

/** Labels of a text in English or Spanish. An empty text has none. */
export function labelText(text: string): Labels {
  const labels = new Map<LabelName, Assertion>();
  let isOtherwiseAbnormal = false;
  const all = sentencesOf(folded(text));
  for (const sentence of all) {
    const marked = markCues(sentence);
    const mentions = mentionsIn(sentence);
    for (const mention of mentions) {
      const assertion = assertionOf(marked, mention, mention.rule.sense, mentions);
      keepStronger(labels, mention.rule.label, assertion);
      // One word for two findings: air and fluid in the pleural space, a scar of lung and pleura.
      const word = sentence.slice(mention.start, mention.end);
      if (/^h[iy]d?ro/.test(word)) keepStronger(labels, "Pleural Effusion", assertion);
      if (word.startsWith("pleuroparenchymal")) keepStronger(labels, "Lung Opacity", assertion);
      if (/^corazon y|^heart and/.test(word)) keepStronger(labels, "Enlarged Cardiomediastinum", assertion);
    }
    isOtherwiseAbnormal ||= hasOtherAbnormality(sentence);
  }
  const isAbnormal = [...labels].some(([label, assertion]) => label !== "Support Devices" && assertion !== "negative");
  const hasDevice = labels.get("Support Devices") === "positive";
  const saysNormal = [...labels.values()].includes("negative") || (!hasDevice && all.some((s) => normality.test(s)));
  if (saysNormal && !isAbnormal && !isOtherwiseAbnormal) labels.set("No Finding", "positive");
  return labels;
}
