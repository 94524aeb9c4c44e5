/** What an annotation says besides box and label, as named texts: for formats whose attributes are texts. */
import { parseJsonObject } from "../../base/json.ts";
import type { Annotation } from "./annotations.ts";

const progressions = ["stable", "improved", "worsened"] as const;

/** Every name that may stand in `factTexts`. */
export const factNames: ReadonlySet<string> = new Set([
  ...["finding", "reader", "sentence_en", "sentence_es", "abnormal", "labels", "locations", "progression"],
]);

/** Lists as JSON: a label may hold any character that could separate them. */
function listText(values: readonly string[]): string {
  return JSON.stringify(values);
}

function listOf(text: string): readonly string[] | undefined {
  const values = parseJsonObject(`{"values":${text}}`)?.values;
  return Array.isArray(values) && values.every((value) => typeof value === "string") ? values : undefined;
}

/** Only what there is to say; readers take an absent text as nothing said. */
export function factTexts({ finding, reader, en, es, abnormal, labels, locations, progression }: Annotation) {
  const texts = new Map<string, string>();
  if (finding !== undefined) texts.set("finding", String(finding));
  if (reader === 2) texts.set("reader", "2");
  if (en !== "") texts.set("sentence_en", en);
  if (es !== "") texts.set("sentence_es", es);
  if (abnormal !== undefined) texts.set("abnormal", String(abnormal));
  if (labels.length > 1) texts.set("labels", listText(labels));
  if (locations.length > 0) texts.set("locations", listText(locations));
  if (progression !== undefined) texts.set("progression", progression);
  return texts;
}

/** The facts that are there and make sense. */
export function factsOfTexts(texts: ReadonlyMap<string, string>): Partial<Omit<Annotation, "box">> {
  const finding = texts.get("finding") ?? "";
  const [abnormal, labels, locations] = ["abnormal", "labels", "locations"].map((name) => texts.get(name) ?? "");
  const progression = progressions.find((known) => known === texts.get("progression"));
  const labelList = listOf(labels!);
  return {
    ...(/^\d{1,6}$/.test(finding) ? { finding: Number(finding) } : {}),
    reader: texts.get("reader") === "2" ? 2 : 1,
    en: texts.get("sentence_en") ?? "",
    es: texts.get("sentence_es") ?? "",
    abnormal: abnormal === "true" ? true : abnormal === "false" ? false : undefined,
    ...(labelList === undefined ? {} : { labels: labelList }),
    locations: listOf(locations!) ?? [],
    progression,
  };
}
