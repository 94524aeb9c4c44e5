/** Whether texts name the same places of the chest, by words: `location-F1 (rules)`. */
import { labelMeasurement } from "../labels/multilabel.ts";
import type { TextMetric } from "../metric.ts";

/** Place → words that name it, English and Spanish, in lower case without accents. */
const places: Readonly<Record<string, RegExp>> = {
  "upper lobe or zone": /\b(?:upper (?:lobe|zone|field|lung|third)|lobulos? superior|campos? superior|tercio superior)/,
  "middle lobe or zone":
    /\b(?:middle lobe|mid(?:dle)? (?:zone|field|lung|third)|midlung|lobulo medio|campos? medio|tercio medio)/,
  "lower lobe or zone": /\b(?:lower (?:lobe|zone|field|lung|third)|lobulos? inferior|campos? inferior|tercio inferior)/,
  base: /\b(?:bases?\b|basal|basilar|bibas|infrabasal)/,
  apex: /\b(?:apex|apices|apical|biapical|vertices?\b)/,
  lingula: /\b(?:lingula)/,
  hilum: /\b(?:hil(?:um|a|ar|i)\b|hiliar|hilio|perihil|suprahil|infrahil|parahil)/,
  retrocardiac: /\bretrocardi/,
  mediastinum: /\bmediastin/,
  heart: /\b(?:heart|cardiac|cardiaca|corazon|cardiomediast)/,
  aorta: /\b(?:aort)/,
  trachea: /\b(?:trache|traquea)/,
  pleura: /\b(?:pleura)/,
  "costophrenic angle": /\b(?:costophrenic|costofrenic)/,
  diaphragm: /\b(?:diaphragm|hemidiaphragm|diafragm|hemidiafragm)/,
  fissure: /\b(?:fissur|cisur)/,
  rib: /\b(?:ribs?\b|costal(?:es)?\b|costillas?\b)/,
  spine: /\b(?:spine|spinal|vertebra|dorsal|columna|t\d+\b|d\d+\b)/,
  clavicle: /\b(?:clavic)/,
  shoulder: /\b(?:shoulder|humer|hombro|scapul|escapul)/,
  "chest wall": /\b(?:chest wall|pared toracica|subcutane|axill?a)/,
  sternum: /\b(?:stern|estern)/,
  abdomen: /\b(?:abdom|stomach|gastric|estomago|gastrica)/,
};

export const placeNames: readonly string[] = Object.keys(places);

/** The places that a text names, denied or not. */
export function placesIn(text: string): readonly string[] {
  const folded = text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return placeNames.filter((name) => places[name]!.test(folded));
}

const column = "location-F1 (rules)";

function indicators(text: string): number[] {
  const found = new Set(placesIn(text));
  return placeNames.map((name) => Number(found.has(name)));
}

/** Micro-averaged F1 of the places named. With several references the first counts. */
export const locationF1: TextMetric = {
  name: column,
  columns: [column],
  measure: (pairs) =>
    labelMeasurement(
      placeNames,
      pairs.map(({ references }) => indicators(references[0]!)),
      pairs.map(({ hypothesis }) => indicators(hypothesis)),
      [{ name: column, average: "micro" }],
    ),
};
