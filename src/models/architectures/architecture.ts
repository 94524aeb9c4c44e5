import type { Shape } from "../../base/arrays.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Spread } from "../../weights/index.ts";

/** Names of the files that make a model folder. */
export interface FolderLayout {
  readonly config: string;
  readonly weights: string;
}

export const huggingFaceLayout: FolderLayout = { config: "config.json", weights: "model.safetensors" };
export const openClipLayout: FolderLayout = { config: "open_clip_config.json", weights: "open_clip_model.safetensors" };

/** A supported architecture: what a folder of it holds, as `models random` writes it and `models info` reads it. */
export interface Architecture {
  /** The hub's name of its best-known model. */
  readonly name: string;
  /** `model_type` of the configurations it reads. */
  readonly modelTypes: readonly string[];
  readonly layout: FolderLayout;
  /** The sizes that can be chosen, under their names in the configuration where it has them, with those of the best-known model. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Whose tokenizer files belong into the folder; the caller adds them. */
  readonly tokenizer: "gpt2" | "none";
  /** The JSON files of a folder of these sizes, by name; the layout's configuration is one of them. */
  files(sizes: Readonly<Record<string, number>>): Readonly<Record<string, JsonObject>>;
  /**
   * What a configuration means.
   * @param where the file, for errors
   * @throws ModelError naming the key that does not fit
   */
  parameters(config: JsonObject, where: string): ArchitectureParameters;
}

export interface ArchitectureParameters {
  /** The sizes as the model functions read them. */
  readonly config: Readonly<Record<string, number>>;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** How a weights file calls a parameter. */
  storedName(file: { has(name: string): boolean }): (name: string) => string;
  /** How a fresh parameter is drawn. */
  spread(name: string): Spread;
}
