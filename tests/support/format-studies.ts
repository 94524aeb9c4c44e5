/** Made studies with boxes, and what each format makes of them. */

import { stem } from "../../src/data/formats/annotations.ts";
import { type Films, type FormatName, formats, readTexts, wholeTexts } from "../../src/data/formats/index.ts";
import type { Problem } from "../../src/data/problems.ts";
import type { Finding, Study } from "../../src/data/vocabulary.ts";
import { unitBox } from "../../src/images/index.ts";
import { finding as madeFinding, study as madeStudy } from "./made-studies.ts";

/** Films of 600 × 400 pixels; names may lack their ending. */
export const films: Films = {
  sizeOf: (imageId) => (imageId.endsWith(".png") ? { width: 600, height: 400 } : undefined),
  resolve: (name) => (name.endsWith(".png") ? name : `${stem(name)}.png`),
};

export const box = unitBox(0.1, 0.25, 0.5, 0.75);

export function finding(more: Partial<Finding> = {}): Finding {
  return madeFinding({ sentence: { en: "", es: "" }, boxes: [box], labels: ["nodule"], ...more });
}

export function study(name: string, findings: readonly Finding[], more: Partial<Study> = {}): Study {
  return madeStudy(name, findings, { imagePath: undefined, patientId: undefined, split: undefined, ...more });
}

export function convert(name: FormatName, studies: readonly Study[]) {
  const problems: Problem[] = [];
  const files = wholeTexts(formats[name].write(studies, films, problems));
  return { files, studies: readTexts(formats[name], files, films, problems), problems };
}
