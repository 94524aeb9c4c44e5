/** What there is to do for a study: trainings, each once, and the cells that their checkpoints write. */
import { sha256 } from "../../base/node/hash.ts";
import type { Study as Film, Row } from "../../data/index.ts";
import { type EncoderIdentity, type Features, type FilmView, usableRows } from "../../features/index.ts";
import { type GenerationSettings, generationSettings } from "../../generate/index.ts";
import type { ModelIdentity } from "../../models/captioner/index.ts";
import { type TrainRunOptions, trainRunOptions } from "../../train/node/index.ts";
import { type CellRows, rowsOfCell, transformsOf } from "../cell-rows.ts";
import type { CellSettings, ScopedTransform } from "../file/settings.ts";
import type { Place, Study } from "../study.ts";
import { cellIdentity, trainingIdentity } from "./identity.ts";

/** Rows generated together; changes no text. */
const generationBatchSize = 16;

/** What a training's best checkpoint writes about some test rows. */
export interface PlannedCell {
  readonly id: string;
  /** Name of its folder: readable, and its own. */
  readonly folder: string;
  readonly settings: CellSettings;
  readonly seed: number;
  readonly generation: GenerationSettings;
  readonly test: readonly Row[];
  readonly training: PlannedTraining;
}

export interface PlannedTraining {
  readonly id: string;
  readonly folder: string;
  readonly settings: CellSettings;
  readonly seed: number;
  readonly transforms: readonly ScopedTransform[];
  readonly options: TrainRunOptions;
  /** Name of its features file. */
  readonly features: string;
  readonly train: readonly Row[];
  readonly selection: readonly Row[];
  readonly cells: readonly PlannedCell[];
}

/** A place of the study with a seed, and the cell it means. */
export interface PlannedUse {
  readonly place: Place;
  readonly seed: number;
  readonly cell: PlannedCell;
}

export interface StudyPlan {
  readonly uses: readonly PlannedUse[];
  readonly trainings: readonly PlannedTraining[];
}

/** One place with one seed, and its rows before anything is known about films. */
export interface DrawnCell {
  readonly place: Place;
  readonly settings: CellSettings;
  readonly seed: number;
  readonly rows: CellRows;
}

/** All places with all seeds, and their rows. */
export function drawCells(study: Study, films: readonly Film[]): DrawnCell[] {
  return study.cells.flatMap(({ place, settings }) =>
    study.seeds.map((seed) => ({ place, settings, seed, rows: rowsOfCell(films, settings, seed) })),
  );
}

/** Name of the features file of a cell: one for each encoder and view of the film. */
export function featuresName({ name, hash, view }: EncoderIdentity, filmView: FilmView = "whole"): string {
  const shown = filmView === "whole" ? "" : `-${filmView.replaceAll(" ", "-")}`;
  return `${name.replace(/[^\w.-]+/g, "-")}-${view.fit}-${sha256(JSON.stringify([hash, view])).slice(0, 8)}${shown}`;
}

type Folders = Readonly<Record<string, { readonly folder: string }>>;

/** What is known of the models and films when a plan is made. */
export interface PlanParts {
  featuresOf(settings: CellSettings): Pick<Features, "encoder" | "films" | "filmView">;
  decoderOf(settings: CellSettings): ModelIdentity;
  /** Folders that trainings and cells have already, by identity: another study may have named them. */
  readonly folders: { readonly trainings: Folders; readonly cells: Folders };
  /** Keep rows whose films were not encoded yet: for a plan that is only shown. */
  readonly keepUnknownFilms?: boolean;
}

interface MutableTraining extends PlannedTraining {
  readonly cells: PlannedCell[];
}

/** Trainings in the order in which the cells need them first; each distinct one, and each distinct cell, once. */
export function planStudy(drawn: readonly DrawnCell[], parts: PlanParts): StudyPlan {
  const trainings = new Map<string, MutableTraining>();
  const cells = new Map<string, PlannedCell>();
  const uses: PlannedUse[] = [];
  for (const { place, settings, seed, rows } of drawn) {
    const features = parts.featuresOf(settings);
    const { encoder, films, filmView = "whole" } = features;
    const usable = <R extends Row>(all: readonly R[]): readonly R[] =>
      parts.keepUnknownFilms === true ? all : usableRows(all, features, settings.imagesNotGrey).usable;
    const [train, selection, test] = [usable(rows.train), usable(rows.selection), usable(rows.test)];
    const options = trainRunOptions({ ...settings, seed });
    const decoder = parts.decoderOf(settings);
    const id = trainingIdentity({ options, encoder, decoder, filmView, train, selection, films });
    const name = readableName(settings, seed);
    const training: MutableTraining = trainings.get(id) ?? {
      id,
      folder: parts.folders.trainings[id]?.folder ?? `${name(["train", "validation"])}-${id.slice(0, 10)}`,
      ...{ settings, seed, options, train, selection },
      transforms: transformsOf(settings, seed),
      features: featuresName(encoder, filmView),
      cells: [],
    };
    trainings.set(id, training);
    const generation = generationSettings({ ...settings, batchSize: generationBatchSize });
    const own = cellIdentity(id, generation, test, { options, filmView, films });
    let cell = cells.get(own);
    if (cell === undefined) {
      const folder = parts.folders.cells[own]?.folder ?? `${name(["train", "validation", "test"])}-${own.slice(0, 10)}`;
      cell = { id: own, folder, settings, seed, generation, test, training };
      cells.set(own, cell);
      training.cells.push(cell);
    }
    uses.push({ place, seed, cell });
  }
  return { uses, trainings: [...trainings.values()] };
}

/** A folder's name as people would call it: the mode, what was done to the rows of some splits, the seed. */
function readableName(settings: CellSettings, seed: number) {
  return (splits: readonly string[]): string => {
    const transforms = transformsOf(settings, seed).flatMap(({ transform, on }) => {
      const isFor = splits.some((split) => on.some((each) => each === split));
      const isTestNoise = transform.kind === "box-noise" && transform.side === "test";
      if (!isFor || (isTestNoise && !splits.includes("test"))) return [];
      const amount = "percent" in transform ? transform.percent : "level" in transform ? transform.level : "";
      return [
        [transform.kind, amount, "side" in transform ? transform.side : ""].filter((part) => part !== "").join("-"),
      ];
    });
    const reader = settings.reader === "1" ? [] : [`reader-${settings.reader}`];
    const language = settings.language === "en" ? [] : [settings.language];
    const film = settings.film === "whole" ? [] : [settings.film.replaceAll(" ", "-")];
    return [settings.mode.replace("+", "-"), ...film, ...transforms, ...reader, ...language, `seed-${seed}`].join("_");
  };
}
