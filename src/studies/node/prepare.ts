/** From a study file and data to a plan: films opened, embeddings made, rows drawn. */
import { removeUnfinishedFiles } from "../../base/node/files.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { type Features, identifyEncoder } from "../../features/index.ts";
import { featuresBefore } from "../../features/node/index.ts";
import type { DecoderModel } from "../../models/node/index.ts";
import { loadDecoder, loadEncoder } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { CellSettings } from "../file/settings.ts";
import { readStudy, type Study, type StudyOptions } from "../study.ts";
import { embedRows } from "./embed-rows.ts";
import { StudyFolder } from "./folder.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type DrawnCell, drawCells, featuresName, planStudy, type StudyPlan } from "./plan.ts";
import { drawFilms, openStudyData, type StudyData, type SyntheticFilms } from "./study-data.ts";

/** Everything that says which study is run on what; plain JSON, so that another process can be told. */
export interface StudyRequest {
  /** The study file's text, and its name for messages. */
  readonly text: string;
  readonly file: string;
  readonly options: StudyOptions;
  readonly out: string;
  /** Paths of the data set; synthetic films when absent. */
  readonly data?: readonly string[] | undefined;
  readonly images?: string | undefined;
  readonly synthetic: SyntheticFilms;
}

export interface PreparedStudy {
  readonly study: Study;
  readonly folder: StudyFolder;
  readonly data: StudyData;
  readonly plan: StudyPlan;
  /** What the folder held before. */
  readonly manifest: Manifest;
  /** By the name of their file. */
  readonly features: ReadonlyMap<string, Features>;
}

/** Films and masks encoded together; changes no vector beyond rounding. */
const encoderBatchSize = 16;

const encoderKey = ({ encoderModel, fit, film }: CellSettings) => JSON.stringify([encoderModel, fit, film]);

async function openStudy(request: StudyRequest, reporter: Reporter) {
  const study = readStudy(request.text, request.file, request.options);
  const folder = new StudyFolder(request.out);
  if (request.data === undefined) await drawFilms(folder.syntheticPath, request.synthetic, reporter);
  const data = await openStudyData(request.data ?? [folder.syntheticPath], request.images, reporter);
  const { name, sources, studies } = data.dataset;
  // Before anything in the folder is used: it may belong to other films of the same names.
  const manifest = await readManifest(folder.manifestPath, { name, sources: [...sources] });
  return { study, folder, data, manifest, drawn: drawCells(study, studies) };
}

async function decodersOf(cells: readonly DrawnCell[]): Promise<ReadonlyMap<string, DecoderModel>> {
  const models = new Map<string, DecoderModel>();
  for (const { settings } of cells) {
    const { decoderModel } = settings;
    if (!models.has(decoderModel)) models.set(decoderModel, await loadDecoder(decoderModel));
  }
  return models;
}

/** Cells by the encoder and view they need, in order. */
function byEncoder(drawn: readonly DrawnCell[]): ReadonlyMap<string, DrawnCell[]> {
  const groups = new Map<string, DrawnCell[]>();
  for (const cell of drawn)
    groups.set(encoderKey(cell.settings), [...(groups.get(encoderKey(cell.settings)) ?? []), cell]);
  return groups;
}

function allRows(cells: readonly DrawnCell[]): Row[] {
  return [...new Set(cells.flatMap(({ rows }) => [...rows.train, ...rows.selection, ...rows.test]))];
}

async function planWith(
  drawn: readonly DrawnCell[],
  features: ReadonlyMap<string, Features>,
  folders: Manifest,
  keepUnknownFilms: boolean,
): Promise<StudyPlan> {
  const decoders = await decodersOf(drawn);
  return planStudy(drawn, {
    featuresOf: (settings) => features.get(encoderKey(settings))!,
    decoderOf: ({ decoderModel }) => decoders.get(decoderModel)!.identity,
    folders,
    keepUnknownFilms,
  });
}

const named = (features: ReadonlyMap<string, Features>) =>
  new Map([...features.values()].map((each) => [featuresName(each.encoder, each.filmView), each]));

/**
 * Encodes what is missing and plans, for the process that holds the folder's lock. Each distinct film and mask is encoded once for all cells and studies of the folder.
 * @throws InterruptedError when the user asks to stop; what is finished is saved
 */
export async function prepareStudy(
  request: StudyRequest,
  runtime: Runtime,
  reporter: Reporter,
): Promise<PreparedStudy> {
  const { drawn, ...opened } = await openStudy(request, reporter);
  const { dir, featuresDir } = opened.folder;
  for (const each of [dir, featuresDir]) await removeUnfinishedFiles(each);
  const features = new Map<string, Features>();
  for (const [key, cells] of byEncoder(drawn)) {
    const { encoderModel, fit, film } = cells[0]!.settings;
    const model = await loadEncoder(encoderModel);
    const path = opened.folder.featuresPath(featuresName(identifyEncoder(model, fit), film));
    const choice = { model, fit, film, batchSize: encoderBatchSize };
    const { features: own, outcome } = await embedRows(path, allRows(cells), choice, runtime, reporter);
    for (const { imageId, reason } of outcome?.unread ?? [])
      reporter.log.warn(`film ${imageId} is left out: ${reason}`);
    if (outcome !== undefined && outcome.lostBoxes > 0) {
      reporter.log.warn(`${outcome.lostBoxes} boxes lie outside the encoder's view (fit ${fit}) altogether`);
    }
    features.set(key, own);
  }
  return { ...opened, features: named(features), plan: await planWith(drawn, features, opened.manifest, false) };
}

/**
 * The plan with what is encoded already; nothing is computed or written.
 * @param keepUnknownFilms count rows whose films were not encoded, for a plan that is only shown
 */
export async function reopenStudy(
  request: StudyRequest,
  reporter: Reporter,
  keepUnknownFilms = false,
): Promise<PreparedStudy> {
  const { drawn, ...opened } = await openStudy(request, reporter);
  const features = new Map<string, Features>();
  for (const [key, cells] of byEncoder(drawn)) {
    const { encoderModel, fit, film } = cells[0]!.settings;
    const model = await loadEncoder(encoderModel);
    const path = opened.folder.featuresPath(featuresName(identifyEncoder(model, fit), film));
    features.set(key, await featuresBefore(path, model, { fit, film }));
  }
  return {
    ...opened,
    features: named(features),
    plan: await planWith(drawn, features, opened.manifest, keepUnknownFilms),
  };
}
