/**
 * Training: batches, schedule, one step, the loop. `trainer.ts` reads from forward to AdamW, `training.ts` from the
 * first step to the last.
 *
 * Not here: the networks (models), layers and the optimiser's formula (nn), generation.
 */
export type { Example } from "./batches.ts";
export { CaptionLearner, type CaptionLearnerOptions } from "./caption-learner.ts";
export {
  type ProtocolName,
  protocolNames,
  protocolPresets,
  protocolShape,
  type Recipe,
  recipeShape,
} from "./recipe.ts";
export { type Task, Trainer, type TrainerOptions, type TrainerState } from "./trainer.ts";
export {
  type EpochRecord,
  type Evaluation,
  type Learner,
  runTraining,
  type StepRecord,
  scheduleOf,
  startOfTraining,
  stepsPerEpoch,
  type TrainingPlan,
  type TrainingPosition,
  type TrainingSink,
} from "./training.ts";
