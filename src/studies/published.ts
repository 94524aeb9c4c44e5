/** The paper's own numbers (REFERENCE §6), to stand beside ours where the data are the paper's. */
import { publishedCounts, releaseCounts, type Study } from "../data/index.ts";
import type { PublishedTable } from "./file/study-schema.ts";

/** The profile whose columns the paper's are. */
export const publishedProfile = "authors";

/** The paper's columns, by the names they have here under that profile. */
export const publishedColumns = [
  ...["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr", "BERTScore", "F1CheXbert", "F1RadGraph"],
] as const;

type Numbers = readonly [number, number, number, number, number, number, number, number, number];

const image: Numbers = [9.11, 4.81, 3.0, 2.09, 10.79, 16.36, 24.02, 7.68, 1.31];
const both: Numbers = [18.6, 12.96, 9.12, 6.4, 24.11, 58.75, 39.43, 25.46, 9.31];
const mask: Numbers = [15.16, 10.04, 6.87, 4.74, 20.97, 43.24, 33.33, 21.43, 6.56];

/** Percent, by table and the names of a row's values joined by "/". */
const tables: Readonly<Record<PublishedTable, Readonly<Record<string, Numbers>>>> = {
  "table-1": { image, "image+mask": both, mask },
  "table-2": {
    "5/mask": [9.58, 4.96, 1.96, 0.48, 11.02, 5.58, 18.89, 5.17, 0.63],
    "5/image+mask": [7.29, 3.72, 0.8, 0.0, 10.0, 2.05, 10.69, 5.14, 0.44],
    "10/mask": [11.35, 6.27, 2.72, 0.0, 16.8, 10.39, 27.2, 6.24, 0.54],
    "10/image+mask": [14.08, 8.21, 4.4, 0.0, 20.17, 20.42, 26.7, 6.19, 6.67],
    "20/mask": [16.1, 9.48, 5.43, 3.27, 20.63, 31.45, 34.33, 10.82, 4.43],
    "20/image+mask": [16.75, 10.26, 5.99, 3.68, 21.82, 37.7, 33.0, 14.46, 4.24],
    "50/mask": [17.9, 11.51, 7.59, 4.98, 23.49, 47.39, 38.46, 20.83, 7.93],
    "50/image+mask": [18.16, 12.41, 8.63, 6.05, 23.37, 52.65, 37.73, 22.64, 7.13],
    "80/mask": [13.44, 9.65, 6.77, 4.75, 18.65, 45.73, 35.58, 21.07, 7.74],
    "80/image+mask": [17.92, 12.57, 8.99, 6.5, 23.89, 56.39, 39.23, 24.46, 8.62],
    "100/mask": mask,
    "100/image+mask": both,
    "100/image": image,
  },
  "table-3": {
    "0": both,
    "1": [18.54, 13.14, 9.38, 6.63, 25.01, 62.32, 40.16, 25.57, 10.02],
    "2": [18.42, 12.91, 9.15, 6.53, 24.07, 59.01, 39.3, 26.27, 9.52],
    "3": [17.4, 12.43, 9.02, 6.57, 23.38, 60.86, 39.23, 24.43, 9.68],
    "4": [16.32, 11.55, 8.31, 5.9, 23.12, 58.9, 39.14, 22.68, 9.67],
    "5": [16.0, 11.16, 7.96, 5.68, 21.74, 56.75, 38.0, 22.39, 9.31],
  },
};

/** Whether the paper's numbers are about these films: every count of the release is as published. */
export function isPaperData(films: readonly Study[]): boolean {
  const found = releaseCounts(films);
  return (Object.keys(publishedCounts) as (keyof typeof publishedCounts)[]).every(
    (key) => found[key] === publishedCounts[key],
  );
}

/** The paper's value by column, as a fraction of 1, or undefined where it has no such row. */
export function publishedRow(table: PublishedTable, key: readonly string[]): ReadonlyMap<string, number> | undefined {
  const numbers = tables[table][key.join("/")];
  return numbers && new Map(publishedColumns.map((column, k) => [column, numbers[k]! / 100]));
}
