/** Studies made for tests of what is said about them. */
import type { Finding, Study } from "../../src/data/index.ts";

/** A positive finding without boxes, and what a test changes about it. */
export function finding(more: Partial<Finding> = {}): Finding {
  return {
    sentence: { en: "Nodule.", es: "Nódulo." },
    abnormal: true,
    boxes: [],
    extraBoxes: [],
    labels: [],
    locations: [],
    progression: undefined,
    ...more,
  };
}

/** A training study whose patient and film have its name. */
export function study(name: string, findings: readonly Finding[], more: Partial<Study> = {}): Study {
  const imageId = `${name}.png`;
  return { studyId: name, imageId, imagePath: imageId, patientId: name, split: "train", findings, ...more };
}
