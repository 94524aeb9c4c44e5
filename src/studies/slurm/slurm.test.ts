import { describe, expect, it } from "vitest";
import { UsageError } from "../../base/errors.ts";
import { parseSacct, parseSqueue, phaseOf, sacctArguments, squeueArguments } from "./queue.ts";
import { batchScript, type ScriptFacts } from "./scripts.ts";
import { type KnownOfCell, statusOf } from "./status.ts";

const facts: ScriptFacts = {
  study: "grounding",
  folder: "/shared/it's 100% mine/slurm/grounding/001",
  out: "/shared/it's 100% mine",
  directory: "/home/a b",
  program: ["/usr/bin/node", "/opt/regionformer/main.js"],
  tasks: 6,
  resources: { partition: "short", time: "1:00:00", mem: "4G", cpusPerTask: 2, sbatchOptions: ["account=lab"] },
};

describe("batchScript", () => {
  it("is an array for the cells, whose paths survive sbatch and shell", () => {
    expect(batchScript("cells", facts)).toBe(`#!/bin/sh
#SBATCH --job-name="grounding-cells"
#SBATCH --output="/shared/it's 100%% mine/slurm/grounding/001/logs/cells-%a.log"
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --array=0-5
#SBATCH --partition="short"
#SBATCH --time="1:00:00"
#SBATCH --mem="4G"
#SBATCH --account=lab
# A training and everything it writes; an interrupted or requeued task continues where it stopped.
cd '/home/a b' || exit 1
exec '/usr/bin/node' '/opt/regionformer/main.js' 'study' 'task' '/shared/it'\\''s 100% mine/slurm/grounding/001' "$SLURM_ARRAY_TASK_ID"
`);
  });

  it("names what the other two jobs do, and only asks for what was said", () => {
    const plain = { ...facts, resources: { cpusPerTask: 1, sbatchOptions: [] } };
    expect(batchScript("features", plain)).toMatch(/'study' 'task' '.*001' 'features'\n$/);
    expect(batchScript("tables", plain)).toMatch(/'study' 'collect' '.*mine' '--study' 'grounding'\n$/);
    expect(batchScript("features", plain)).not.toMatch(/--(array|partition|time|mem)/);
  });

  it.each(["account=lab\n#SBATCH --uid=0", "rm -rf", "", "=x", "array=0-3%2", "--dependency=singleton"])(
    "refuses the option %j",
    (option) => {
      const resources = { ...facts.resources, sbatchOptions: [option] };
      expect(() => batchScript("cells", { ...facts, resources })).toThrow(UsageError);
    },
  );
});

/** squeue of Slurm 22.05, recorded: features (1), an array of two (2), tables (3); and later, one task killed. */
const early = "2|0|PENDING|Dependency\n2|1|PENDING|Dependency\n3|N/A|PENDING|Dependency\n1|N/A|RUNNING|None\n";
const late = "2|1|CANCELLED|None\n1|N/A|COMPLETED|None\n2|0|COMPLETED|None\n3|N/A|COMPLETED|None\n";

/**
 * sacct of Slurm 22.05, recorded: out of memory (2), an array with a task cancelled and one requeued (1), one of which
 * tasks were cancelled while they waited (6), a failed job (9), the array that waited for it (10) and what came after all
 * that (11), out of time (20), requeued (21), preempted (23).
 */
const accounts = `2|OUT_OF_MEMORY
1_0|CANCELLED by 0
1_2|RUNNING
1_3|RUNNING
1_1|PENDING
6_0|CANCELLED by 0
6_[2-4,8-9]|CANCELLED by 0
9|FAILED
10_[0-1]|CANCELLED
11|COMPLETED
20|TIMEOUT
21|PENDING
23|PENDING
`;

describe("what Slurm says", () => {
  it("is read by job and task", () => {
    const phases = (text: string) => [...parseSqueue(text)].map(([job, entry]) => `${job} ${phaseOf(entry)}`);
    expect(phases(early)).toEqual(["2_0 waiting", "2_1 waiting", "3 waiting", "1 running"]);
    expect(phases(late)).toEqual(["2_1 ended", "1 ended", "2_0 ended", "3 ended"]);
    expect(parseSqueue(early).get("2_0")).toEqual({ state: "PENDING", reason: "Dependency" });
    expect(parseSqueue(late).get("2_1")).toEqual({ state: "CANCELLED", reason: undefined });
    expect(parseSqueue("").size).toBe(0);
  });

  it("is read from the accounts, without who cancelled, and with the tasks that share a line", () => {
    const states = [...parseSacct(accounts)].map(([job, { state }]) => `${job} ${state}`);
    expect(states).toEqual([
      ...["2 OUT_OF_MEMORY", "1_0 CANCELLED", "1_2 RUNNING", "1_3 RUNNING", "1_1 PENDING"],
      ...["6_0 CANCELLED", "6_2 CANCELLED", "6_3 CANCELLED", "6_4 CANCELLED", "6_8 CANCELLED", "6_9 CANCELLED"],
      ...["9 FAILED", "10_0 CANCELLED", "10_1 CANCELLED", "11 COMPLETED", "20 TIMEOUT", "21 PENDING", "23 PENDING"],
    ]);
    expect([...parseSacct("7_[0,3-4%2]|PENDING\n").keys()]).toEqual(["7_0", "7_3", "7_4"]);
  });

  it("is asked of everybody's jobs, in words that Slurm 22.05 understands", () => {
    expect(squeueArguments).not.toContain("--me");
    expect(sacctArguments(["7", "8"])).toEqual([
      ...["--noheader", "--parsable2", "--allocations", "--format=JobID,State", "--jobs=7,8"],
    ]);
  });
});

describe("statusOf", () => {
  const open: KnownOfCell = { isDone: false, hasQueue: true, log: "cells-1.log" };
  const record = { job: "7_1", pid: 3, host: "n2", earlier: [] };
  const features = { log: "features.log", record: { ...record, job: "6" } };

  it.each<[string, KnownOfCell, string]>([
    ["files before everything", { ...open, isDone: true, entry: { state: "RUNNING" } }, "done "],
    [
      "a task that waits, and for what",
      { ...open, entry: { state: "PENDING", reason: "Dependency" } },
      "waiting Dependency",
    ],
    [
      "a task at work",
      { ...open, entry: { state: "RUNNING" }, record: { ...record, state: "running" } },
      "running on n2",
    ],
    [
      "its own last words",
      { ...open, entry: { state: "FAILED" }, record: { ...record, state: "failed", reason: "No room." } },
      "failed No room. (cells-1.log); Slurm: FAILED",
    ],
    [
      "a task that was killed",
      { ...open, entry: { state: "OUT_OF_MEMORY" }, record: { ...record, state: "running" } },
      "failed ended without a word on n2 (cells-1.log); Slurm: OUT_OF_MEMORY, --mem gives it more",
    ],
    [
      "a task that Slurm has forgotten",
      { ...open, record: { ...record, state: "running" } },
      "failed ended without a word on n2 (cells-1.log)",
    ],
    [
      "a task that saved when its time was over",
      { ...open, entry: { state: "TIMEOUT" }, record: { ...record, state: "failed", reason: "interrupted" } },
      "failed interrupted (cells-1.log); Slurm: TIMEOUT, --time gives it longer",
    ],
    [
      "a task that was done, whose files are gone",
      { ...open, entry: { state: "COMPLETED" }, record: { ...record, state: "done" } },
      "failed was done on n2, but its files are not there (cells-1.log)",
    ],
    [
      "features that failed",
      {
        ...open,
        entry: { state: "CANCELLED", reason: "DependencyNeverSatisfied" },
        features: {
          ...features,
          entry: { state: "FAILED", reason: "NonZeroExitCode" },
          record: { ...features.record, state: "failed", reason: "No films." },
        },
      },
      "failed no features: No films. (features.log); Slurm: FAILED",
    ],
    [
      "features that were killed",
      {
        ...open,
        entry: { state: "CANCELLED" },
        features: {
          ...features,
          entry: { state: "OUT_OF_MEMORY" },
          record: { ...features.record, state: "running" },
        },
      },
      "failed no features: ended without a word on n2 (features.log); Slurm: OUT_OF_MEMORY, --mem gives it more",
    ],
    [
      "features that were cancelled, and forgotten with all that waited for them",
      { ...open, features: { log: "features.log" } },
      "failed no features: ended before it started",
    ],
    [
      "a task that was cancelled while its features waited",
      { ...open, entry: { state: "CANCELLED" }, features: { log: "features.log", entry: { state: "PENDING" } } },
      "failed ended before it started; Slurm: CANCELLED",
    ],
    ["a state of a newer Slurm to be no end", { ...open, entry: { state: "POLISHING" } }, "running "],
    [
      "a requeued task, whatever it said before",
      { ...open, entry: { state: "PENDING" }, record: { ...record, state: "running" } },
      "waiting ",
    ],
    [
      "files alone: a start",
      { ...open, hasQueue: false, record: { ...record, state: "running" } },
      "running on n2, as far as the files say",
    ],
    ["files alone: nothing yet", { ...open, hasQueue: false }, "waiting as far as the files say"],
  ])("believes %s", (_, known, expected) => {
    const { state, reason } = statusOf(known);
    expect(`${state} ${reason}`).toBe(expected);
  });
});
