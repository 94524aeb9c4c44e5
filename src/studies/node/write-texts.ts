/** What the best checkpoint of a run writes. */
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import type { Features } from "../../features/index.ts";
import type { GenerationSettings } from "../../generate/index.ts";
import { type PredictionColumn, writePredictions } from "../../generate/node/index.ts";
import { loadCaptioner } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Run } from "../../train/node/index.ts";

export interface TextsRequest {
  readonly run: Run;
  /** The CSV file to write. */
  readonly out: string;
  readonly rows: readonly Row[];
  readonly features: Features;
  readonly decoderModel: string;
  readonly settings: GenerationSettings;
  readonly columns: readonly PredictionColumn[];
}

/** A sentence for each row; also as a table. */
export async function writeTexts(
  { run, decoderModel, ...request }: TextsRequest,
  runtime: Runtime,
  reporter: Reporter,
): Promise<string[]> {
  const checkpoint = run.bestCheckpointPath;
  const model = await loadCaptioner(checkpoint, decoderModel);
  const records = await writePredictions({ ...request, model, checkpoint }, runtime, reporter);
  const hyp = request.columns.indexOf("hyp");
  return records.map((record) => record[hyp]!);
}
