/** The words for sides and zones that the findings' sentences share. */
import type { Side, Zone } from "./lungs.ts";

/** Spanish adjectives agree in gender with what they describe. */
export const spanishSide: Readonly<Record<Side, { readonly masculine: string; readonly feminine: string }>> = {
  right: { masculine: "derecho", feminine: "derecha" },
  left: { masculine: "izquierdo", feminine: "izquierda" },
};

interface ZoneWords {
  /** PadChest's location. */
  readonly location: string;
  readonly en: string;
  readonly es: string;
}

/** Third of the lung field, as seen on the film. */
export const lungFields: Readonly<Record<Zone, ZoneWords>> = {
  upper: { location: "upper lung field", en: "upper lung field", es: "campo pulmonar superior" },
  middle: { location: "middle lung field", en: "middle lung field", es: "campo pulmonar medio" },
  lower: { location: "lower lung field", en: "lower lung field", es: "campo pulmonar inferior" },
};

/** The lobe that most of a zone belongs to; on the left the lingula takes the middle lobe's place. */
export function lobeOf(side: Side, zone: Zone): ZoneWords {
  const spanish = spanishSide[side].masculine;
  if (zone === "middle") {
    return side === "right"
      ? { location: "middle lobe", en: "middle lobe", es: "lóbulo medio" }
      : { location: "lingula", en: "lingula", es: "língula" };
  }
  return {
    location: `${zone} lobe`,
    en: `${side} ${zone} lobe`,
    es: `lóbulo ${zone === "upper" ? "superior" : "inferior"} ${spanish}`,
  };
}
