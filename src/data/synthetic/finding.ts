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

/**
 * A kind of finding.
 *
 * `extent` is how much there is of it, 0 (just to be seen) up to 1 (as much as occurs): size, height, severity. With
 * the same random numbers and another extent it is the same finding at another time, so the number of draws must not
 * depend on it.
 */
export interface FindingKind {
  /** Its name in PadChest's vocabulary, and the group it is counted under. */
  readonly label: string;
  readonly labelGroup: string;
  /** Ways to say that it is not there. */
  readonly absent: readonly Sentence[];
  /** Labels of findings so near that, where one of them is seen, nobody says that this one is not there. */
  readonly kin?: readonly string[];
  /** It comes, grows and shrinks, so that a report compares it with the film before. */
  readonly evolves: boolean;
  /** Tubes, wires and the body's own outlines: others at the same place stay visible, and so does it. */
  readonly isSeenThrough: boolean;
  /** It is met in patients who are filmed in bed. */
  readonly isBedside: boolean;
  /** The body with this finding, for one that changes the shape of the body. Every reshaping happens before any placing. */
  reshape?(anatomy: Anatomy, random: Random, extent: number): Anatomy;
  /** Decides where it is and how large, and describes what is then visible. */
  place(anatomy: Anatomy, random: Random, extent: number): Placement;
}

/** A finding at its place in one body. */
export interface Placement {
  /** Around what is visible of it on the film. */
  readonly boxes: readonly UnitBox[];
  /** Locations in PadChest's vocabulary. */
  readonly locations: readonly string[];
  /** Kind, side, zone and size are what film and boxes show; only the choice of wording is free. */
  readonly sentence: Sentence;
  /** Adds it to the normal body; absent when the shape of the body says all. */
  readonly paint?: (canvas: Canvas) => void;
}
