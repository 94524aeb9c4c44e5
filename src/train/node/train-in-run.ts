/** Any training in a run folder: begun or continued, logged, saved, its checkpoints written. */
import { removeUnfinishedFiles } from "../../base/node/files.ts";
import { lock } from "../../base/node/lock.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { TrainerState } from "../trainer.ts";
import { type EpochRecord, type Learner, runTraining, type TrainingPlan } from "../training.ts";
import type { Run } from "./run.ts";
import { restoreState, writeState } from "./saved-state.ts";
import { TrainingLog } from "./training-log.ts";

export interface RunTraining<Row> {
  readonly learner: Learner<Row>;
  /** The learner's trainer: what is saved and put back. */
  readonly trainer: TrainerState;
  readonly plan: TrainingPlan<Row>;
  /** A hash of all that decides the result; a saved state is only continued under the same one. */
  readonly subject: string;
  /** Keep a checkpoint of every epoch, not of the best one alone; true when absent. */
  readonly keepEpochs?: boolean;
  /** Writes the learner's weights as a file that later stations read. */
  writeCheckpoint(path: string, record: EpochRecord): Promise<void>;
}

/**
 * Trains to the end, from the saved state of the run if there is one.
 * @returns the record of each epoch
 * @throws UsageError when another process works in the run folder or the saved state is of another training
 */
export async function trainInRun<Row>(
  run: Run,
  { learner, trainer, plan, subject, keepEpochs = true, writeCheckpoint }: RunTraining<Row>,
  reporter: Reporter,
): Promise<readonly EpochRecord[]> {
  await using held = await lock(run.lockPath, "The run folder");
  await removeUnfinishedFiles(run.dir, { recursive: true });
  const saved = await restoreState(run.statePath, trainer, subject);
  await using log = await TrainingLog.open(run, saved?.log ?? { lines: 0, events: 0 });
  if (saved !== undefined) reporter.log.info(`continuing after step ${saved.position.step}`);
  // Awaited here: the log and the lock must outlive the loop.
  return await runTraining(
    learner,
    plan,
    {
      step: (record) => held.write(() => log.step(record)),
      epoch: (record) =>
        held.write(async () => {
          await log.epoch(record);
          if (keepEpochs) await writeCheckpoint(run.epochCheckpointPath(record.epoch), record);
          if (record.isBest) await writeCheckpoint(run.bestCheckpointPath, record);
          reporter.log.info(describeEpoch(record, plan.epochs));
        }),
      save: (position) =>
        held.write(async () => writeState(run.statePath, trainer, subject, { position, log: await log.sync() })),
    },
    reporter,
    saved?.position,
  );
}

function describeEpoch({ epoch, trainLoss, validationLoss, perplexity, isBest }: EpochRecord, epochs: number): string {
  const losses = `training loss ${trainLoss.toFixed(4)}, validation loss ${validationLoss.toFixed(4)}`;
  return `epoch ${epoch}/${epochs}: ${losses}, perplexity ${perplexity.toFixed(2)}${isBest ? " (best so far)" : ""}`;
}
