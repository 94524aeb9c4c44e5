/** What the boxes of a data set look like, and how far two readers agree. */
import {
  boxArea,
  type EncoderView,
  fractionOutsideView,
  type ImageSize,
  intersection,
  unitBox,
} from "../../images/index.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { type Histogram, histogram, type Spread, spread } from "./histogram.ts";
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

export function boxStatistics(studies: readonly Study[]): BoxStatistics {
  const findings = studies.flatMap((study) => study.findings);
  const film = unitBox(0, 0, 1, 1);
  // Numbers, not boxes: a large set has hundreds of thousands.
  const areas: number[] = [];
  const widths: number[] = [];
  const heights: number[] = [];
  for (const { boxes } of findings) {
    for (const own of boxes) {
      const box = intersection(own, film);
      if (boxArea(box) <= 0) continue;
      areas.push(boxArea(box));
      widths.push(box.x2 - box.x1);
      heights.push(box.y2 - box.y1);
    }
  }
  return {
    area: spread(areas),
    areaHistogram: histogram(areas, 0, 1, 20),
    width: spread(widths),
    height: spread(heights),
    perFinding: histogram(
      findings.map((finding) => finding.boxes.length),
      0,
      10,
      10,
    ),
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

export interface ViewLoss {
  readonly fit: EncoderView["fit"];
  /** First reader's boxes of films that could be read. */
  readonly boxes: number;
  /** Boxes that lose some part to the view. */
  readonly cut: number;
  /** Boxes of which nothing is left. */
  readonly lost: number;
  readonly offenders: readonly Offender[];
}

/** Boxes outside the encoder's view (REFERENCE 9.8). @param sizes of the films that could be read, by image ID */
export function viewLoss(
  studies: readonly Study[],
  sizes: ReadonlyMap<string, ImageSize>,
  view: EncoderView,
): ViewLoss {
  const offenders: Offender[] = [];
  const counts = { boxes: 0, cut: 0, lost: 0 };
  for (const study of studies) {
    const size = sizes.get(study.imageId);
    if (size === undefined) continue;
    for (const [finding, { boxes }] of study.findings.entries()) {
      const hidden = boxes.map((box) => fractionOutsideView(box, size, view));
      counts.boxes += hidden.length;
      counts.cut += hidden.filter((share) => share > 0).length;
      counts.lost += hidden.filter((share) => share === 1).length;
      const badness = Math.max(0, ...hidden);
      if (badness > 0) offenders.push({ study, finding, badness });
    }
  }
  return { fit: view.fit, ...counts, offenders: worstFirst(offenders) };
}

function worstFirst(offenders: readonly Offender[]): Offender[] {
  return [...offenders].sort((a, b) => b.badness - a.badness);
}

/** One warning a finding of which a box is invisible to the encoder. */
export function lostBoxes({ fit, offenders }: ViewLoss): Problem[] {
  return offenders
    .filter(({ badness }) => badness === 1)
    .map(({ study, finding }) =>
      problem(
        "box-outside-view",
        `study ${study.studyId}, finding ${finding + 1}`,
        `A box lies outside what the encoder sees (fit ${fit}); its mask is as good as black.`,
      ),
    );
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

export function readerAgreement(studies: readonly Study[]): ReaderAgreement {
  const read = studies.flatMap((study) =>
    study.findings.flatMap(({ boxes, extraBoxes }, finding) =>
      boxes.length === 0 || extraBoxes.length === 0
        ? []
        : [{ study, finding, badness: 1 - regionIou(boxes, extraBoxes) }],
    ),
  );
  const ious = read.map(({ badness }) => 1 - badness);
  return {
    findings: read.length,
    iou: spread(ious),
    iouHistogram: histogram(ious, 0, 1, 10),
    disjoint: ious.filter((iou) => iou === 0).length,
    offenders: worstFirst(read.filter(({ badness }) => badness > 0.5)),
  };
}
