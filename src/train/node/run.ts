/** The run folder: what a training leaves behind, and where later stations find it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { requireEmpty } from "../../base/node/claim-folder.ts";
import { fileErrorCode, writeFileAtomic } from "../../base/node/files.ts";

/** A run folder on disk. */
export class Run {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The resolved configuration, in the form `--config` reads. */
  get configPath(): string {
    return join(this.dir, "config.yaml");
  }
  /** A line a step and a line an epoch. */
  get logPath(): string {
    return join(this.dir, "log.jsonl");
  }
  /** The same lines for TensorBoard; its name has the word by which TensorBoard finds it. */
  get eventsPath(): string {
    return join(this.dir, "tensorboard", "events.out.tfevents.0");
  }

  /** The last saved moment of the training. */
  get statePath(): string {
    return join(this.dir, "state", "latest.safetensors");
  }

  /** There while a process trains in this folder. */
  get lockPath(): string {
    return join(this.dir, "train.lock");
  }

  /** What the run was computed with. */
  get environmentPath(): string {
    return join(this.dir, "environment.json");
  }

  /** Rows that were left out, and why. */
  get skippedPath(): string {
    return join(this.dir, "skipped.json");
  }
  get bestCheckpointPath(): string {
    return join(this.dir, "checkpoints", "best.safetensors");
  }
  get predictionsPath(): string {
    return join(this.dir, "predictions.csv");
  }
  epochCheckpointPath(epoch: number): string {
    return join(this.dir, "checkpoints", `epoch-${String(epoch).padStart(3, "0")}.safetensors`);
  }

  /** A new run. @throws UsageError when the folder holds one already, DataError when it cannot be written */
  static async create(dir: string, configYaml: string): Promise<Run> {
    const run = new Run(dir);
    await requireEmpty(
      dir,
      "The run folder",
      "Choose another --out, or remove the old run first; a training is continued with --resume.",
    );
    await writeFileAtomic(run.configPath, configYaml);
    return run;
  }

  /** An existing run. @throws UsageError when the folder is none */
  static async open(dir: string): Promise<Run> {
    const run = new Run(dir);
    try {
      await readFile(run.configPath);
    } catch (error) {
      throw new UsageError("This is not a run folder.", {
        where: dir,
        expected: "a folder with config.yaml and checkpoints/, as `train` writes it",
        found: fileErrorCode(error) ?? "an unreadable config.yaml",
      });
    }
    return run;
  }
}
