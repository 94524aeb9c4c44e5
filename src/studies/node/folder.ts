/** The folder of studies: what is where in it. Studies in one folder share data, features, runs and cells. */
import { join } from "node:path";

export class StudyFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** What the folder holds and how far it is. */
  get manifestPath(): string {
    return join(this.dir, "manifest.json");
  }

  /** There while a process works on the folder. */
  get lockPath(): string {
    return join(this.dir, "study.lock");
  }

  /** Synthetic films, where no data set was given. */
  get syntheticPath(): string {
    return join(this.dir, "data");
  }

  get featuresDir(): string {
    return join(this.dir, "features");
  }
  featuresPath(name: string): string {
    return join(this.featuresDir, `${name}.safetensors`);
  }

  /** The run folder of a training. */
  runPath(folder: string): string {
    return join(this.dir, "runs", folder);
  }

  /** What a training's best checkpoint wrote about some test rows. */
  cellPath(folder: string): string {
    return join(this.dir, "cells", folder);
  }

  /** What metrics with weights read in texts, for all studies. */
  get readingsPath(): string {
    return join(this.dir, "readings");
  }

  /** Tables, figures and page of a study. */
  reportPath(study: string, ...names: readonly string[]): string {
    return join(this.dir, study, ...names);
  }
}
