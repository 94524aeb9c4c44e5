/** Who the films are of, and how patients are dealt to the splits. */
import { Random } from "../../base/random.ts";
import { type SplitName, splitNames } from "../vocabulary.ts";
import { type Anatomy, drawAnatomy, type Sex } from "./anatomy.ts";

export interface StudyPlan {
  /** Decides everything about it that is not the patient's. */
  readonly seed: number;
  /** YYYYMMDD. */
  readonly date: string;
}

export interface Patient {
  readonly id: string;
  readonly sex: Sex;
  readonly birthYear: number;
  readonly split: SplitName;
  /** One body for all the patient's films. */
  readonly anatomy: Anatomy;
  /** In the order of their dates. */
  readonly studies: readonly StudyPlan[];
}

/** The paper's 3,185, 455 and 915 of 4,555 studies. */
const splitShares: Readonly<Record<SplitName, number>> = { train: 0.7, validation: 0.1, test: 0.2 };

/**
 * Patients with `studies` films in all, one in ten with two or three. A patient is in one split only, the one that
 * lacks most at that point, so every beginning of the list has the paper's proportions.
 */
export function drawPatients(seed: number, studies: number): Patient[] {
  const seeds = Random.named(seed, "patients");
  const patients: Patient[] = [];
  const filled: Record<SplitName, number> = { train: 0, validation: 0, test: 0 };
  let placed = 0;
  while (placed < studies) {
    const random = new Random(seeds.integer(2 ** 32));
    const wanted = random.uniform() < 0.9 ? 1 : random.choose([2, 3]);
    const studyCount = Math.min(wanted, studies - placed);
    placed += studyCount;
    const lacking = (name: SplitName) => splitShares[name] * placed - filled[name];
    const split = splitNames.reduce((most, name) => (lacking(name) > lacking(most) ? name : most));
    filled[split] += studyCount;
    const sex = random.choose<Sex>(["F", "M"]);
    patients.push({
      id: digits(random, 32, patients.length),
      sex,
      birthYear: 1925 + random.integer(65),
      split,
      anatomy: drawAnatomy(random, sex),
      studies: drawStudies(random, studyCount),
    });
  }
  return patients;
}

/** Studies of one patient, a year apart. */
function drawStudies(random: Random, count: number): StudyPlan[] {
  const firstYear = 2009 + random.integer(7);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return Array.from({ length: count }, (_, i) => ({
    seed: random.integer(2 ** 32),
    date: `${firstYear + i}${twoDigits(1 + random.integer(12))}${twoDigits(1 + random.integer(28))}`,
  }));
}

/** `count` random digits, the first not 0, then six of the serial number: unique, and of PadChest's length. */
export function digits(random: Random, count: number, serial: number): string {
  const leading = String(1 + random.integer(9));
  const others = Array.from({ length: count - 1 }, () => random.integer(10)).join("");
  return `${leading}${others}${String(serial).padStart(6, "0")}`;
}
