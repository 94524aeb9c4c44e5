/**
 * Who a cell is: a hash of all that decides its result. Cells of several studies with the same identity are one cell, run
 * once; a file with another identity is never taken for it.
 */
import { sha256 } from "../../base/node/hash.ts";
import type { Row } from "../../data/index.ts";
import type { EncoderIdentity, Features, FilmView } from "../../features/index.ts";
import type { GenerationSettings } from "../../generate/index.ts";
import type { ModelIdentity } from "../../models/captioner/index.ts";
import type { TrainRunOptions } from "../../train/node/index.ts";

/** Changes whenever the same configuration and data would give another result than before. */
const cellVersion = "1";

export interface TrainingFacts {
  readonly options: TrainRunOptions;
  readonly encoder: EncoderIdentity;
  readonly decoder: ModelIdentity;
  readonly filmView: FilmView;
  readonly train: readonly Row[];
  readonly selection: readonly Row[];
  readonly films: Features["films"];
}

/** What is learned from rows, in order: a film counts by its content, boxes only where they are looked at. */
function factsOf(
  rows: readonly Row[],
  { options, filmView, films }: Pick<TrainingFacts, "options" | "filmView" | "films">,
) {
  const seesBoxes = options.input.mode !== "image" || filmView !== "whole";
  return rows.map(({ studyId, imageId, sentence, boxes }) => [
    studyId,
    films.get(imageId)?.key ?? imageId,
    sentence,
    ...(seesBoxes ? boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]) : []),
  ]);
}

/** A film that is shown whole is part of no identity: that is what it always was. */
const shownAs = (filmView: FilmView) => (filmView === "whole" ? [] : [filmView]);

/** @returns 64 hexadecimal digits */
export function trainingIdentity(facts: TrainingFacts): string {
  const { options, encoder, decoder, filmView, train, selection } = facts;
  const { saveEvery: _, keepEpochs: __, ...decisive } = options;
  const model = [encoder.hash, encoder.preprocessing, encoder.view, decoder.hash, ...shownAs(filmView)];
  const rows = [train, selection].map((each) => factsOf(each, facts));
  return sha256(JSON.stringify([cellVersion, decisive, model, rows]));
}

/** @param training identity of the training whose best checkpoint writes */
export function cellIdentity(
  training: string,
  settings: GenerationSettings,
  test: readonly Row[],
  facts: Pick<TrainingFacts, "options" | "filmView" | "films">,
): string {
  const { batchSize: _, ...decisive } = settings;
  return sha256(JSON.stringify([cellVersion, training, decisive, factsOf(test, facts)]));
}
