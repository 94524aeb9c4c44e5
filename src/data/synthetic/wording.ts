/** The words that the findings' sentences share: choosing among wordings, sides, zones, lobes, degrees. */
import type { Random } from "../../base/random.ts";
import type { Sentence } from "./finding.ts";
import type { Side, Zone } from "./lungs.ts";

/** The same statement in English and Spanish. */
export type Wording = readonly [en: string, es: string];

/** Sentences from wordings: the first letter becomes a capital, a full stop is added. */
export function sentences(...wordings: readonly Wording[]): readonly Sentence[] {
  return wordings.map(([en, es]) => ({ en: closed(en), es: closed(es) }));
}

/** One of the wordings as a sentence. */
export function say(random: Random, ...wordings: readonly Wording[]): Sentence {
  return random.choose(sentences(...wordings));
}

function closed(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The words for the part of a scale in which a value lies: the first whose `below` is larger. */
export function degree<T>(value: number, scale: readonly (readonly [below: number, words: T])[], beyond: T): T {
  return scale.find(([below]) => value < below)?.[1] ?? beyond;
}

export type Laterality = Side | "bilateral";

interface SideWords {
  readonly en: string;
  /** Spanish adjectives agree with what they describe. */
  readonly masculine: string;
  readonly feminine: string;
}

export const sideWords: Readonly<Record<Laterality, SideWords>> = {
  right: { en: "right", masculine: "derecho", feminine: "derecha" },
  left: { en: "left", masculine: "izquierdo", feminine: "izquierda" },
  bilateral: { en: "bilateral", masculine: "bilateral", feminine: "bilateral" },
};

export function lateralityOf(affected: readonly Side[]): Laterality {
  return affected.length === 1 ? affected[0]! : "bilateral";
}

interface PlaceWords {
  /** PadChest's location. */
  readonly location: string;
  readonly en: string;
  readonly es: string;
}

/** Third of a lung field, as seen on the film: "right upper lung field". */
export function lungField(side: Side, zone: Zone): PlaceWords {
  const spanishZone = { upper: "superior", middle: "medio", lower: "inferior" }[zone];
  return {
    location: `${zone} lung field`,
    en: `${side} ${zone} lung field`,
    es: `campo pulmonar ${spanishZone} ${sideWords[side].masculine}`,
  };
}

/** The lobe that most of a zone belongs to; on the left the lingula takes the middle lobe's place. */
export function lobeOf(side: Side, zone: Zone): PlaceWords {
  if (zone === "middle") {
    return side === "right"
      ? { location: "middle lobe", en: "middle lobe", es: "lóbulo medio" }
      : { location: "lingula", en: "lingula", es: "língula" };
  }
  return {
    location: `${side} ${zone} lobe`,
    en: `${side} ${zone} lobe`,
    es: `lóbulo ${zone === "upper" ? "superior" : "inferior"} ${sideWords[side].masculine}`,
  };
}
