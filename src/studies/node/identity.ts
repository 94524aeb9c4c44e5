/**
 * Who a cell is: a hash of all that decides its result. Cells of several studies with the same identity are one cell, run
 * once; a file with another identity is never taken for it.
 */
import { sha256 } from "../../base/node/hash.ts";
import type { Row } from "../../data/index.ts";
import type { EncoderIdentity, Features } from "../../features/index.ts";
import type { GenerationSettings } from "../../generate/index.ts";
import type { ModelIdentity } from "../../models/captioner/index.ts";
import type { TrainRunOptions } from "../../train/node/index.ts";

/** Changes whenever the same configuration and data would give another result than before. */
const cellVersion = "1";

export interface TrainingFacts {
  readonly options: TrainRunOptions;
  readonly encoder: EncoderIdentity;
  readonly decoder: ModelIdentity;
  readonly train: readonly Row[];
  readonly selection: readonly Row[];
  readonly films: Features["films"];
}

/** What is learned from rows, in order: a film counts by its content, boxes only where the mask is looked at. */
function factsOf(rows: readonly Row[], films: Features["films"], seesMask: boolean) {
  return rows.map(({ studyId, imageId, sentence, boxes }) => [
    studyId,
    films.get(imageId)?.key ?? imageId,
    sentence,
    ...(seesMask ? boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]) : []),
  ]);
}

/** @returns 64 hexadecimal digits */
export function trainingIdentity({ options, encoder, decoder, train, selection, films }: TrainingFacts): string {
  const { saveEvery: _, keepEpochs: __, ...decisive } = options;
  const seesMask = options.input.mode !== "image";
  const model = [encoder.hash, encoder.preprocessing, encoder.view, decoder.hash];
  const rows = [train, selection].map((each) => factsOf(each, films, seesMask));
  return sha256(JSON.stringify([cellVersion, decisive, model, rows]));
}

/** @param training identity of the training whose best checkpoint writes */
export function cellIdentity(
  training: string,
  settings: GenerationSettings,
  test: readonly Row[],
  { options, films }: Pick<TrainingFacts, "options" | "films">,
): string {
  const { batchSize: _, ...decisive } = settings;
  return sha256(
    JSON.stringify([cellVersion, training, decisive, factsOf(test, films, options.input.mode !== "image")]),
  );
}
