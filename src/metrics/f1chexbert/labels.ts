/** CheXbert's labels and classes, and what counts as a finding (METRICS §8.1, §8.5). */

/** In the order of the model's heads. */
export const chexbertLabels = [
  "Enlarged Cardiomediastinum",
  "Cardiomegaly",
  "Lung Opacity",
  "Lung Lesion",
  "Edema",
  "Consolidation",
  "Pneumonia",
  "Atelectasis",
  "Pneumothorax",
  "Pleural Effusion",
  "Pleural Other",
  "Fracture",
  "Support Devices",
  "No Finding",
] as const;

/** The five labels of CheXpert's competition: cardiomegaly, oedema, consolidation, atelectasis, pleural effusion. */
export const fiveLabels: readonly number[] = [1, 4, 5, 7, 9];

/** What a head says, by the number of its largest logit; "No Finding" is blank or positive only. */
export const chexbertClasses = ["blank", "positive", "negative", "uncertain"] as const;

/** A class as the scores see it: positive and uncertain are 1, blank and negative 0. */
export function indicatorOf(chosen: number): 0 | 1 {
  const name = chexbertClasses[chosen];
  return name === "positive" || name === "uncertain" ? 1 : 0;
}

/** A class as the packages print it: 1, 0, -1, and for blank nothing (authors) or 0 (RadEval). */
export function printedClass(chosen: number, profile: "authors" | "radeval"): 1 | 0 | -1 | "" {
  const name = chexbertClasses[chosen];
  if (name === "positive") return 1;
  if (name === "uncertain") return -1;
  return name === "blank" && profile === "authors" ? "" : 0;
}
