/** What the boxes of a data set look like, and how far two readers agree. */
import {
  boxArea,
  type EncoderView,
  fractionOutsideView,
  type ImageSize,
  intersection,
  type UnitBox,
  unitBox,
} from "../../images/index.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { type Histogram, histogram, Numbers, type Spread, spread } from "./histogram.ts";
import { regionIou } from "./regions.ts";

export interface BoxStatistics {
  /** First reader's boxes on the film, as shares of its area, width and height. */
  readonly area: Spread;
  readonly areaHistogram: Histogram;
  readonly width: Spread;
  readonly height: Spread;
  /** Findings by how many boxes of the first reader they have: none, one, two, … nine or more. */
  readonly perFinding: Histogram;
}

const film = unitBox(0, 0, 1, 1);

/** Whether anything of the box is on the film: one that is reversed or empty is another problem. */
function marksSomething(box: UnitBox): boolean {
  return boxArea(intersection(box, film)) > 0;
}

export function boxStatistics(studies: Iterable<Study>): BoxStatistics {
  const [areas, widths, heights, perFinding] = [new Numbers(), new Numbers(), new Numbers(), new Numbers()];
  for (const { findings } of studies) {
    for (const { boxes } of findings) {
      perFinding.add(boxes.length);
      for (const own of boxes) {
        if (!marksSomething(own)) continue;
        const box = intersection(own, film);
        areas.add(boxArea(box));
        widths.add(box.x2 - box.x1);
        heights.add(box.y2 - box.y1);
      }
    }
  }
  return {
    area: spread(areas.values),
    areaHistogram: histogram(areas.values, 0, 1, 20),
    width: spread(widths.values),
    height: spread(heights.values),
    perFinding: histogram(perFinding.values, 0, 10, 10),
  };
}

/** Something of a data set that is worth a look, the worst first. */
export interface Offender {
  readonly study: Study;
  /** Index of the finding. */
  readonly finding: number;
  /** What is bad about it, from 0 (nothing) to 1. */
  readonly badness: number;
}

export interface ViewCounts {
  readonly fit: EncoderView["fit"];
  /** First reader's boxes of films that could be read. */
  readonly boxes: number;
  /** Boxes that lose some part to the view. */
  readonly cut: number;
  /** Boxes of which nothing is left. */
  readonly lost: number;
}

export interface ViewLoss {
  readonly report: ViewCounts;
  readonly offenders: readonly Offender[];
  /** A warning for each finding with a box of which nothing is left. */
  readonly problems: readonly Problem[];
}

/** Offenders that are kept of a kind: more than a page shows, whatever the size of the set. */
const mostOffenders = 100;

/**
 * Boxes outside the encoder's view (REFERENCE 9.8).
 * @param sizeOf size of a study's film, by the study's index; undefined where the film could not be read
 */
export function viewLoss(
  studies: Iterable<Study>,
  sizeOf: (index: number, study: Study) => ImageSize | undefined,
  view: EncoderView,
): ViewLoss {
  const offenders = new Offenders();
  const counts = { boxes: 0, cut: 0, lost: 0 };
  const lostFindings: Problem[] = [];
  let index = -1;
  for (const study of studies) {
    const size = sizeOf(++index, study);
    if (size === undefined) continue;
    for (const [finding, { boxes }] of study.findings.entries()) {
      const hidden = boxes.map((box) => fractionOutsideView(box, size, view));
      counts.boxes += hidden.length;
      counts.cut += hidden.filter((share) => share > 0).length;
      counts.lost += hidden.filter((share) => share === 1).length;
      const badness = hidden.reduce((worst, share) => Math.max(worst, share), 0);
      if (badness > 0) offenders.add({ study, finding, badness });
      if (badness === 1) lostFindings.push(outsideView(study, finding, view));
    }
  }
  return { report: { fit: view.fit, ...counts }, offenders: offenders.worst, problems: lostFindings };
}

/** The warning of a finding of which a box is invisible to the encoder. */
function outsideView({ studyId }: Study, finding: number, { fit }: EncoderView): Problem {
  return problem(
    "box-outside-view",
    `study ${studyId}, finding ${finding + 1}`,
    `A box lies outside what the encoder sees (fit ${fit}); its mask is as good as black.`,
  );
}

/** The worst of many, the worst first; of equal ones, those that came first. */
class Offenders {
  #worst: Offender[] = [];

  add(offender: Offender): void {
    this.#worst.push(offender);
    if (this.#worst.length === 2 * mostOffenders) this.#worst = this.worst;
  }

  get worst(): Offender[] {
    return [...this.#worst].sort((a, b) => b.badness - a.badness).slice(0, mostOffenders);
  }
}

export interface ReaderAgreement {
  /** Findings with boxes of both readers; of the others nobody knows whether the second one looked. */
  readonly findings: number;
  /** Intersection over union of the two readers' regions. */
  readonly iou: Spread;
  readonly iouHistogram: Histogram;
  /** Findings whose regions do not meet at all. */
  readonly disjoint: number;
  readonly offenders: readonly Offender[];
}

export function readerAgreement(studies: Iterable<Study>): ReaderAgreement {
  const offenders = new Offenders();
  const ious = new Numbers();
  let disjoint = 0;
  for (const study of studies) {
    for (const [finding, { boxes, extraBoxes }] of study.findings.entries()) {
      if (!boxes.some(marksSomething) || !extraBoxes.some(marksSomething)) continue;
      const iou = regionIou(boxes, extraBoxes);
      ious.add(iou);
      if (iou === 0) disjoint++;
      if (iou < 0.5) offenders.add({ study, finding, badness: 1 - iou });
    }
  }
  const { values } = ious;
  return {
    findings: values.length,
    iou: spread(values),
    iouHistogram: histogram(values, 0, 1, 10),
    disjoint,
    offenders: offenders.worst,
  };
}
