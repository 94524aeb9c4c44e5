/**
 * What a finding has to say about itself. The film, the studies and the writer know findings through this only, so a
 * new one is a file in `findings/` and a line in its list.
 */
import type { Random } from "../../base/random.ts";
import type { UnitBox } from "../../images/boxes.ts";
import type { Language } from "../vocabulary.ts";
import type { Anatomy } from "./anatomy.ts";
import type { Canvas } from "./canvas.ts";

export type Sentence = Readonly<Record<Language, string>>;

/** A kind of finding. */
export interface FindingKind {
  /** Its name in PadChest's vocabulary, and the group PadChest-GR files it under. */
  readonly label: string;
  readonly labelGroup: string;
  /** Ways to say that it is not there. */
  readonly absent: readonly Sentence[];
  /** The body with this finding, for one that changes the shape of the body. Every reshaping happens before any placing. */
  reshape?(anatomy: Anatomy, random: Random): Anatomy;
  /** Decides where it is and how large, and describes what is then visible. */
  place(anatomy: Anatomy, random: Random): Placement;
}

/** A finding at its place in one body. */
export interface Placement {
  /** Around what is visible of it on the film. */
  readonly boxes: readonly UnitBox[];
  /** Locations in PadChest's vocabulary. */
  readonly locations: readonly string[];
  /** Depends on what film and boxes show: kind, side, zone, size. */
  readonly sentence: Sentence;
  /** Adds it to the normal body; absent when the shape of the body says all. */
  readonly paint?: (canvas: Canvas) => void;
}
