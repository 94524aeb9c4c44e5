/** The package's own entry, for Node: what a program needs to write findings. The rest is the command line's. */
import { silentReporter } from "./base/reporter.ts";
import { type Describer, paperSearch } from "./generate/index.ts";
import { type DescriberOptions, openDescriber as openFromDisk } from "./generate/node/index.ts";
import { locateModel } from "./models/node/index.ts";
import { openDevice, type RuntimeOptions } from "./runtime/node/index.ts";
import { Run } from "./train/node/index.ts";

export { type Caption, Describer, type Description } from "./generate/index.ts";
export { type Film, type ImageSize, pixelBox, pixelToUnit, type UnitBox, unitBox } from "./images/index.ts";
export { readFilm } from "./images/node/index.ts";

export interface OpenDescriberOptions extends RuntimeOptions, Omit<Partial<DescriberOptions>, "settings"> {
  /** Run folder of a training; the embedded tiny models when absent, which know synthetic films only. */
  readonly run?: string;
  /** What differs from the paper's search: beams, most tokens, … */
  readonly settings?: Partial<DescriberOptions["settings"]>;
}

/**
 * Opens the models that turn a film and boxes into a sentence. Whoever opens them releases them (`await using`).
 * @throws UsageError when the folder is no run, ModelError when a model is missing or another than in the training
 */
export async function openDescriber(options: OpenDescriberOptions = {}): Promise<Describer> {
  const run = await Run.open(locateModel(options.run ?? "tiny-regionformer"));
  const settings = { ...paperSearch, ...options.settings };
  const runtime = await openDevice(options, silentReporter);
  return openFromDisk(runtime, run.bestCheckpointPath, { ...options, settings });
}
