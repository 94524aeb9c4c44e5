import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileHeader, scalars } from "../tensorboard/events.ts";
import { Run } from "./run.ts";
import { TrainingLog } from "./training-log.ts";

let run: Run;
beforeEach(async () => {
  run = new Run(await mkdtemp(join(tmpdir(), "training-log-")));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(run.dir, { recursive: true, force: true });
});

const record = (step: number) => ({ step, epoch: 1, loss: 1 / step, learningRate: 0, seconds: 0.5 });
const values = (step: number) => ({ "train/loss": 1 / step, "train/learning rate": 0, "train/seconds per step": 0.5 });

describe("a training's log", () => {
  it("is cut back to an earlier moment and goes on from there", async () => {
    const start = { lines: 0, events: 0 };
    const log = await TrainingLog.open(run, start);
    await log.step(record(1));
    const moment = await log.sync();
    await log.step(record(2));
    await log[Symbol.asyncDispose]();
    await using again = await TrainingLog.open(run, moment);
    await again.step(record(3));
    const lines = (await readFile(run.logPath, "utf8")).trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([1, 3]);
  });

  it("has times that never go back, even when the machine's clock does", async () => {
    const clock = vi.spyOn(Date, "now").mockReturnValue(5_000_000);
    await using log = await TrainingLog.open(run, { lines: 0, events: 0 });
    clock.mockReturnValue(1_000_000);
    await log.step(record(1));
    clock.mockReturnValue(6_000_000);
    await log.step(record(2));
    const expected = [fileHeader(5000), scalars(5000, 1, values(1)), scalars(6000, 2, values(2))];
    expect(await readFile(run.eventsPath)).toEqual(Buffer.concat(expected));
  });
});
