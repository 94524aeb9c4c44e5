/** Composes studies: which findings a patient's film shows, and what the report says is not there. */
import { Random } from "../../base/random.ts";
import { type UnitBox, unitBox } from "../../images/boxes.ts";
import type { Finding, Study } from "../vocabulary.ts";
import { drawExposure, type FilmPlan } from "./film.ts";
import type { FindingKind, Sentence } from "./finding.ts";
import { digits, type Patient, type StudyPlan } from "./patient.ts";
import { affect, affectAgain, type Placed } from "./placing.ts";
import { drawPose, posed, type View } from "./pose.ts";
import { clamp } from "./shapes.ts";
import { sentences } from "./wording.ts";

/** A film of the same patient taken before, which the report compares with. */
export interface PriorFilm {
  readonly studyId: string;
  readonly imageId: string;
  readonly film: FilmPlan;
}

/** A study as the report states it, and the plan of its film. */
export interface SyntheticStudy {
  readonly study: Study;
  readonly patient: Patient;
  /** YYYYMMDD. */
  readonly date: string;
  readonly film: FilmPlan;
  readonly prior: PriorFilm | undefined;
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
const nothingFound = sentences(
  ["no significant abnormalities", "sin alteraciones significativas"],
  ["no relevant findings", "sin hallazgos relevantes"],
  ["chest radiograph within normal limits", "radiografía de tórax dentro de la normalidad"],
);

/** Share of the studies that are compared with a film before: 1,446 of 4,555. */
const priorShare = 0.32;

/** What has become of a finding that evolves. */
const fates = ["stable", "worsened", "improved", "new"] as const;
const fateShares = [0.4, 0.22, 0.22, 0.16];

/** Share of the patients without tubes who are filmed in bed: 298 of 4,555. */
const bedsideShare = 0.065;

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
  { seed, date }: StudyPlan,
  serial: number,
): SyntheticStudy {
  const random = new Random(seed);
  const studyId = digits(random, 30 + random.integer(4), serial);
  const isNormal = random.uniform() < normalShare;
  const order = random.shuffled(kinds);
  const count = 1 + drawIndex(random, positiveCounts);
  const wanted = order.slice(0, isNormal ? 0 : count).map((kind) => ({ kind, extent: random.uniform() }));
  const isInBed = wanted.some(({ kind }) => kind.isBedside) || random.uniform() < bedsideShare;
  const view: View = isInBed ? "AP" : "PA";
  const affected = affect(posed(patient.anatomy, drawPose(random, view)), wanted, seed);
  const absent = order.slice(wanted.length).filter(({ kin = [] }) => {
    return affected.placed.every(({ kind }) => !kin.includes(kind.label));
  });
  const negatives = drawIndex(random, isNormal ? negativeCounts.normal : negativeCounts.abnormal);
  const denials = absent.slice(0, negatives).map((kind) => random.choose(kind.absent));
  if (isNormal && random.uniform() < nothingFoundShare) denials[0] = random.choose(nothingFound);
  const film = { anatomy: affected.anatomy, exposure: drawExposure(random, view), paint: paintsOf(affected.placed) };
  const past = random.uniform() < priorShare ? composePast(patient, affected.placed, view, seed, serial) : undefined;
  const findings = [
    ...affected.placed.map((placed) => positiveFinding(placed, past?.progressions.get(placed.kind.label), random)),
    ...denials.map(negativeFinding),
  ];
  return {
    study: {
      studyId,
      imageId: imageIdOf(studyId),
      imagePath: undefined,
      patientId: patient.id,
      split: patient.split,
      findings: random.shuffled(findings),
    },
    patient,
    date,
    film,
    prior: past?.prior,
  };
}

function imageIdOf(studyId: string): string {
  return `${studyId}_00-001.png`;
}

function paintsOf(placed: readonly Placed[]): FilmPlan["paint"] {
  return placed.flatMap(({ placement }) => (placement.paint === undefined ? [] : [placement.paint]));
}

interface Past {
  readonly prior: PriorFilm;
  readonly progressions: ReadonlyMap<string, Finding["progression"]>;
}

/** The film before this one: what evolves was less, as much, or more; the rest was as it is. */
function composePast(patient: Patient, placed: readonly Placed[], view: View, seed: number, serial: number): Past {
  const random = Random.named(seed, "prior");
  const studyId = digits(random, 30 + random.integer(4), serial);
  const progressions = new Map<string, Finding["progression"]>();
  const earlier = placed.flatMap((now) => {
    const fate = drawIndex(random, fateShares);
    const change = random.between(0.3, 0.5);
    if (!now.kind.evolves) return [now];
    if (fates[fate] === "new") return [];
    if (fates[fate] === "stable") {
      progressions.set(now.kind.label, "stable");
      return [now];
    }
    // One of the two directions is always open.
    const hasGrown = fates[fate] === "worsened" ? now.extent >= change : now.extent + change > 1;
    progressions.set(now.kind.label, hasGrown ? "worsened" : "improved");
    return [{ ...now, extent: now.extent + (hasGrown ? -change : change) }];
  });
  const { anatomy, placed: before } = affectAgain(posed(patient.anatomy, drawPose(random, view)), earlier, seed);
  const film = { anatomy, exposure: drawExposure(random, view), paint: paintsOf(before) };
  return { prior: { studyId, imageId: imageIdOf(studyId), film }, progressions };
}

function positiveFinding(
  { kind: { label }, placement }: Placed,
  progression: Finding["progression"],
  random: Random,
): Finding {
  const isReadTwice = random.uniform() < secondReaderShare;
  return {
    sentence: placement.sentence,
    abnormal: true,
    boxes: placement.boxes.map(onFilm),
    extraBoxes: isReadTwice ? placement.boxes.map((box) => onFilm(redrawn(box, random))) : [],
    labels: [label],
    locations: placement.locations,
    progression,
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
