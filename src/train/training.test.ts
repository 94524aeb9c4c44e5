import { describe, expect, it } from "vitest";
import { silentReporter } from "../base/reporter.ts";
import {
  type EpochRecord,
  type Learner,
  runTraining,
  scheduleOf,
  type TrainingPlan,
  type TrainingPosition,
} from "./training.ts";

/** A learner without a network: its losses are given, and it notes the rows of each step. */
class ScriptedLearner implements Learner<number> {
  stepsDone: number;
  readonly seen: string[] = [];
  readonly #validation: readonly number[];
  #evaluations: number;

  constructor(validation: readonly number[], stepsDone = 0, evaluations = 0) {
    this.#validation = validation;
    this.stepsDone = stepsDone;
    this.#evaluations = evaluations;
  }
  async step(rows: readonly number[], learningRate: number): Promise<number> {
    this.seen.push(`${this.stepsDone++} ${rows} ${learningRate}`);
    return rows[0]! / 10;
  }
  async evaluate() {
    return { loss: this.#validation[this.#evaluations++]!, targets: 1 };
  }
}

const plan: TrainingPlan<number> = {
  train: [1, 2, 3, 4, 5, 6, 7],
  selection: [1],
  batchSize: 2,
  validationBatchSize: 1,
  epochs: 5,
  learningRate: 1,
  warmupSteps: 2,
  seed: 3,
  saveEvery: 2,
};

async function train(learner: ScriptedLearner, more: Partial<TrainingPlan<number>> = {}, from?: TrainingPosition) {
  const saved: TrainingPosition[] = [];
  const log: string[] = [];
  const sink = {
    step: async ({ step, epoch, loss }: { step: number; epoch: number; loss: number }) =>
      void log.push(`${step} ${epoch} ${loss}`),
    epoch: async (record: EpochRecord) => void log.push(JSON.stringify(record)),
    save: async (position: TrainingPosition) => void saved.push(JSON.parse(JSON.stringify(position))),
  };
  const epochs = await runTraining(learner, { ...plan, ...more }, sink, silentReporter, from);
  return { epochs, saved, log };
}

describe("the training loop", () => {
  const validation = [5, 4, 6, 4, 3];

  it("goes on from every position it saved as if it had never stopped", async () => {
    const whole = new ScriptedLearner(validation);
    const { saved, epochs, log } = await train(whole);
    expect(saved.map(({ step }) => step)).toEqual([2, 3, 4, 6, 6, 8, 9, 10, 12, 12, 14, 15]);
    for (const position of saved) {
      const { step, epochs: done } = position;
      const rest = new ScriptedLearner(validation, step, done.length);
      const again = await train(rest, {}, position);
      expect(rest.seen).toEqual(whole.seen.slice(step));
      expect(again.epochs).toEqual(epochs);
      expect(again.log).toEqual(log.slice(step + done.length));
    }
  });

  it("marks strictly lower losses as best", async () => {
    const { epochs } = await train(new ScriptedLearner(validation));
    expect(epochs.map(({ isBest }) => isBest)).toEqual([true, true, false, false, true]);
  });

  it("stops after so many epochs without a lower loss", async () => {
    expect((await train(new ScriptedLearner(validation), { earlyStopping: 2 })).epochs).toHaveLength(4);
    expect((await train(new ScriptedLearner(validation), { earlyStopping: 1 })).epochs).toHaveLength(3);
    expect((await train(new ScriptedLearner(validation), { earlyStopping: 3 })).epochs).toHaveLength(5);
  });

  it("stops where the validation loss is no number", async () => {
    await expect(train(new ScriptedLearner([5, Number.NaN]))).rejects.toThrow(/validation loss is not a number/);
  });

  it("takes whole batches only: the rows left over in an epoch are in none of its steps", async () => {
    const learner = new ScriptedLearner(validation);
    await train(learner);
    const steps = learner.seen.map((line) => line.split(" ")[1]!.split(","));
    expect(steps).toHaveLength(15);
    for (const rows of steps) expect(rows).toHaveLength(2);
    for (let epoch = 0; epoch < 5; epoch++) expect(new Set(steps.slice(3 * epoch, 3 * epoch + 3).flat()).size).toBe(6);
  });

  it("has the paper's number of steps on the paper's number of rows", () => {
    const train = Array.from({ length: 7315 }, (_, i) => i);
    expect(scheduleOf({ ...plan, train, batchSize: 40, epochs: 20 }).totalSteps).toBe(3640);
  });

  it("refuses fewer rows than a batch, with which no step would be taken", async () => {
    await expect(train(new ScriptedLearner(validation), { batchSize: 8 })).rejects.toThrow(/at least 8 rows[\s\S]*7/);
  });

  it("warms up for a number or a share of its steps", () => {
    expect(scheduleOf(plan)).toEqual({ learningRate: 1, warmupSteps: 2, totalSteps: 15 });
    expect(scheduleOf({ ...plan, warmupFraction: 0.2 }).warmupSteps).toBe(3);
    expect(scheduleOf({ ...plan, warmupFraction: 0 }).warmupSteps).toBe(0);
  });
});
