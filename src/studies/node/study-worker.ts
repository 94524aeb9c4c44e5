/** Entry of a process that trains for a study: it plans for itself, then does the trainings it is told, one at a time. */
import { InterruptedError, RegionFormerError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { reopenStudy } from "./prepare.ts";
import { isCellDone, runTraining } from "./run-training.ts";
import type { FromWorker, ToWorker } from "./study-messages.ts";

const stop = new AbortController();

function say(message: FromWorker): void {
  process.send?.(message);
}

let current = "";

const reporter: Reporter = {
  log: {
    info: (message) => say({ kind: "log", level: "info", message: `${current}: ${message}` }),
    warn: (message) => say({ kind: "log", level: "warn", message: `${current}: ${message}` }),
  },
  signal: stop.signal,
  progress: () => ({ advance: () => {}, done: () => {} }),
};

type Start = Extract<ToWorker, { kind: "start" }>;

async function open({ request, engine }: Start) {
  const runtime = await openDevice(engine, reporter);
  const { plan, folder, features } = await reopenStudy(request, reporter);
  return async (id: string) => {
    const training = plan.trainings.find((each) => each.id === id);
    if (training === undefined) throw new Error("The worker's plan lacks a training of the study's.");
    current = training.folder;
    const cells = [];
    for (const cell of training.cells) if (!(await isCellDone(folder, cell))) cells.push(cell);
    await runTraining(folder, training, cells, features.get(training.features)!, runtime, reporter);
  };
}

function tell(error: unknown): void {
  if (error instanceof InterruptedError) say({ kind: "interrupted" });
  else if (error instanceof RegionFormerError) {
    const known = ["UsageError", "DataError"] as const;
    const type = known.find((name) => name === error.name) ?? "ModelError";
    say({ kind: "refused", type, what: error.what, parts: error.parts });
  } else say({ kind: "bug", stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

let work: ((id: string) => Promise<void>) | undefined;

async function answer(message: ToWorker): Promise<void> {
  if (message.kind === "stop") stop.abort(new InterruptedError("Interrupted.", { where: "the study" }));
  else if (message.kind === "start") {
    work = await open(message);
    say({ kind: "ready" });
  } else {
    await work!(message.training);
    say({ kind: "done", training: message.training });
  }
}

process.on("message", (message: ToWorker) => void answer(message).catch(tell));
// Ctrl-C, and a cluster's SIGTERM, reach the whole group; the study tells us when to stop.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
// Nobody is there any more: what was saved is saved, as after a kill.
process.on("disconnect", () => process.exit(1));
