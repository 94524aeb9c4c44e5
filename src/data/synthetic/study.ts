/** Composes studies: which findings a patient's film shows, and what the report says is not there. */
import { Random } from "../../base/random.ts";
import { boxArea, intersection, type UnitBox, unitBox } from "../../images/boxes.ts";
import type { Finding, Study } from "../vocabulary.ts";
import type { Anatomy } from "./anatomy.ts";
import { drawExposure, type FilmPlan } from "./film.ts";
import type { FindingKind, Placement, Sentence } from "./finding.ts";
import { digits, type Patient } from "./patient.ts";
import { clamp } from "./shapes.ts";

/** A study as the report states it, and the plan of its film. */
export interface SyntheticStudy {
  readonly study: Study;
  readonly patient: Patient;
  /** YYYYMMDD. */
  readonly date: string;
  readonly film: FilmPlan;
}

/** PadChest-GR: 1,456 of 4,555 studies without a positive finding, 2.27 of them on the others, 0.75 negative sentences each. */
const normalShare = 0.32;
const positiveCounts = [0.3, 0.3, 0.23, 0.17];
const negativeCounts = { normal: [0, 0.8, 0.2], abnormal: [0.47, 0.52, 0.01] };

/** Share of positive findings that a second reader has boxed too. */
const secondReaderShare = 0.4;

/** Share of the studies without a positive finding that say so as a whole. */
const nothingFoundShare = 0.4;

/** Negative sentences about the film as a whole. */
const nothingFound: readonly Sentence[] = [
  { en: "No significant abnormalities.", es: "Sin alteraciones significativas." },
  { en: "No relevant findings.", es: "Sin hallazgos relevantes." },
];

/** An index drawn with these probabilities. */
function drawIndex(random: Random, shares: readonly number[]): number {
  let left = random.uniform();
  const found = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return found < 0 ? shares.length - 1 : found;
}

/**
 * One study of a patient.
 * @param seed decides everything that is not the patient's
 * @param serial the study's number in the set, which makes its name unique
 */
export function composeStudy(
  kinds: readonly FindingKind[],
  patient: Patient,
  seed: number,
  serial: number,
): SyntheticStudy {
  const random = new Random(seed);
  const studyId = digits(random, 30 + random.integer(4), serial);
  const isNormal = random.uniform() < normalShare;
  const order = random.shuffled(kinds);
  const wanted = isNormal ? [] : order.slice(0, 1 + drawIndex(random, positiveCounts));
  const anatomy = wanted.reduce((body, kind) => kind.reshape?.(body, random) ?? body, patient.anatomy);
  const placed = placeAll(wanted, anatomy, random);
  const absent = order.filter((kind) => !wanted.includes(kind));
  const negatives = drawIndex(random, isNormal ? negativeCounts.normal : negativeCounts.abnormal);
  const denials = absent.slice(0, negatives).map((kind) => random.choose(kind.absent));
  if (isNormal && random.uniform() < nothingFoundShare) denials[0] = random.choose(nothingFound);
  const findings = [
    ...placed.map(({ kind, placement }) => positiveFinding(kind, placement, random)),
    ...denials.map(negativeFinding),
  ];
  const year = 2009 + random.integer(9);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  return {
    study: {
      studyId,
      imageId: `${studyId}_00-001.png`,
      imagePath: undefined,
      patientId: patient.id,
      split: patient.split,
      findings: random.shuffled(findings),
    },
    patient,
    date: `${year}${twoDigits(1 + random.integer(12))}${twoDigits(1 + random.integer(28))}`,
    film: {
      anatomy,
      exposure: drawExposure(random),
      paint: placed.flatMap(({ placement }) => (placement.paint === undefined ? [] : [placement.paint])),
    },
  };
}

interface Placed {
  readonly kind: FindingKind;
  readonly placement: Placement;
}

/** Places the findings so that none hides another; one that finds no room is left out. */
function placeAll(kinds: readonly FindingKind[], anatomy: Anatomy, random: Random): Placed[] {
  const placed: Placed[] = [];
  for (const kind of kinds) {
    for (let attempt = 0; attempt < 8; attempt++) {
      const placement = kind.place(anatomy, random);
      if (placed.some((other) => overlap(other.placement, placement) > 0.25)) continue;
      placed.push({ kind, placement });
      break;
    }
  }
  return placed;
}

/** The largest share of a box of either that lies under one of the other; the body's own shape hides nothing. */
function overlap(a: Placement, b: Placement): number {
  if (a.paint === undefined || b.paint === undefined) return 0;
  const shares = a.boxes.flatMap((one) =>
    b.boxes.map((two) => boxArea(intersection(one, two)) / Math.min(boxArea(one), boxArea(two))),
  );
  return Math.max(0, ...shares);
}

function positiveFinding({ label }: FindingKind, placement: Placement, random: Random): Finding {
  const isReadTwice = random.uniform() < secondReaderShare;
  return {
    sentence: placement.sentence,
    abnormal: true,
    boxes: placement.boxes.map(onFilm),
    extraBoxes: isReadTwice ? placement.boxes.map((box) => onFilm(redrawn(box, random))) : [],
    labels: [label],
    locations: placement.locations,
    progression: undefined,
  };
}

function negativeFinding(sentence: Sentence): Finding {
  return { sentence, abnormal: false, boxes: [], extraBoxes: [], labels: [], locations: [], progression: undefined };
}

/** The box as another person would have drawn it: each edge off by up to 8% of the box's size. */
function redrawn({ x1, y1, x2, y2 }: UnitBox, random: Random): UnitBox {
  const off = (length: number) => length * random.between(-0.08, 0.08);
  return unitBox(x1 + off(x2 - x1), y1 + off(y2 - y1), x2 + off(x2 - x1), y2 + off(y2 - y1));
}

/** Within the film, in ten-thousandths. */
function onFilm({ x1, y1, x2, y2 }: UnitBox): UnitBox {
  const tidy = (value: number) => Math.round(clamp(value, 0, 1) * 10_000) / 10_000;
  return unitBox(tidy(x1), tidy(y1), tidy(x2), tidy(y2));
}
