/** `regionformer data rows`: the rows of a data set as training sees them, transforms included. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { cropToBoxes, drawBoxes, type Row, rowChoiceShape } from "../../data/index.ts";
import { type FilmView, filmViews } from "../../features/index.ts";
import { boxNumbers, normalise } from "../../images/index.ts";
import { encodePng8, readFilm } from "../../images/node/index.ts";
import { rowsOfCell } from "../../studies/cell-rows.ts";
import { type CellSettings, resolveSettings, someSettingsSchema } from "../../studies/file/settings.ts";
import { defineCommand } from "../framework/index.ts";
import { datasetOptions, readDataset, strictOption } from "../options/dataset.ts";

const columns = [
  ...["split", "StudyID", "ImageID", "language", "sentence", "abnormal", "boxes", "box_numbers", "picture"],
];

export const dataRows = defineCommand({
  description:
    "Writes the rows that training, selection and test would see, as a CSV: sentence, boxes after all transforms, and the four " +
    "numbers of --mode image+box. With --pictures, the films with their boxes drawn on them, or cut to them.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options: z.object({
    out: z.string().describe("CSV to write"),
    ...datasetOptions,
    language: rowChoiceShape.language,
    transforms: z
      .string()
      .optional()
      .describe(
        "Transforms as a study file lists them (YAML, or a file that holds it): [{kind: subset, percent: 20, by: row}]",
      ),
    seed: z.number().int().nonnegative().default(0).describe("Seed of what the transforms draw"),
    film: z.enum(filmViews).default("whole").describe("How films are shown on the pictures"),
    pictures: z
      .string()
      .optional()
      .describe("Folder to write the films to, one a row, as they are shown before the encoder's view"),
    ...strictOption,
  }),
  examples: [
    "data rows PadChest-GR --out rows.csv",
    'data rows PadChest-GR --out rows.csv --transforms "[{kind: box-noise, level: 3, side: train}]" --seed 1',
    'data rows PadChest-GR --out rows.csv --film "boxes drawn" --pictures pictures',
  ],
  async run({ arguments: { data }, options }, context) {
    const settings = await settingsOf(options);
    const { studies } = await readDataset(data, options, context);
    const { train, selection, test } = rowsOfCell(studies, settings, options.seed);
    const rows = [...train, ...selection, ...test];
    const pictures = await writePictures(rows, options.film, options.pictures, context.signal);
    const lines = rows.map((row, i) => ({
      split: row.split,
      StudyID: row.studyId,
      ImageID: row.imageId,
      language: row.language,
      sentence: row.sentence,
      abnormal: row.abnormal === undefined ? "" : String(row.abnormal),
      boxes: JSON.stringify(row.boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])),
      box_numbers: JSON.stringify([...boxNumbers(row.boxes)]),
      picture: pictures[i] ?? "",
    }));
    await writeFileAtomic(options.out, stringify(lines, { header: true, columns }));
    const counts = { train: train.length, selection: selection.length, test: test.length };
    return {
      document: { out: options.out, ...counts, pictures: pictures.filter((name) => name !== undefined).length },
      text: `${options.out}: ${counts.train} training rows, ${counts.selection} to choose the checkpoint, ${counts.test} test rows`,
    };
  },
});

type Options = Readonly<Record<"language" | "findings" | "reader" | "film", string>> & {
  readonly transforms?: string | undefined;
};

/** The settings of a study's cell. @throws UsageError for transforms that no study file could have */
async function settingsOf({ language, findings, reader, film, transforms }: Options): Promise<CellSettings> {
  const text = transforms !== undefined && existsSync(transforms) ? await readFile(transforms, "utf8") : transforms;
  try {
    const list: unknown = text === undefined ? [] : parse(text, { maxAliasCount: 0 });
    const some = someSettingsSchema.parse({ language, findings, reader, film, transforms: list });
    // Nothing is encoded or trained here.
    return resolveSettings([some, { encoderModel: "none", decoderModel: "none" }]);
  } catch (error) {
    const found = error instanceof z.ZodError ? faultsOf(error) : "a fault of YAML";
    throw new UsageError(
      "The transforms cannot be read.",
      {
        where: "--transforms",
        expected: "a list as in a study file, or a file that holds one: [{kind: subset, percent: 20, by: row}]",
        found,
        remedy: "docs/studies.md lists the transforms.",
      },
      { cause: error },
    );
  }
}

function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}

/** Writes each row's film as the encoder is shown it, before it is fitted to its view. @returns the files' names */
async function writePictures(
  rows: readonly Row[],
  view: FilmView,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const names: (string | undefined)[] = [];
  for (const [i, { imagePath, boxes }] of rows.entries()) {
    signal.throwIfAborted();
    if (folder === undefined || imagePath === undefined) {
      names.push(undefined);
      continue;
    }
    const film = normalise(await readFilm(imagePath));
    const shown =
      view === "boxes drawn" ? drawBoxes(film, boxes) : view === "cropped to boxes" ? cropToBoxes(film, boxes) : film;
    const name = `row-${String(i + 1).padStart(6, "0")}.png`;
    await writeFileAtomic(join(folder, name), await encodePng8(shown, shown.pixels));
    names.push(name);
  }
  return names;
}
