/**
 * The package's entry `regionformer/web`, for browsers: a film and boxes to a sentence, on onnxruntime-web. Nothing it
 * reaches needs Node; the page fetches the files of a model from its own origin and hands in their bytes.
 */
import { ModelError } from "./base/errors.ts";
import { parseJsonObject } from "./base/json.ts";
import { checkEncoder, encoderOfCheckpoint, identifyEncoder } from "./features/index.ts";
import { Describer, type GenerationSettings, paperSearch } from "./generate/index.ts";
import { parseCheckpoint } from "./models/captioner/index.ts";
import { parseClipConfig } from "./models/clip/index.ts";
import { decoderPrefix, gpt2Shapes, gpt2StoredName, parseGpt2Config } from "./models/gpt2/index.ts";
import type { Runtime } from "./runtime/index.ts";
import { createTokenizer } from "./text/index.ts";
import { parseSafetensors, type Weights } from "./weights/index.ts";

export { type Caption, Describer, type Description } from "./generate/index.ts";
export { type Film, type ImageSize, pixelBox, pixelToUnit, type UnitBox, unitBox } from "./images/index.ts";
export { openWebRuntime, type WebEngine, type WebRuntimeOptions } from "./runtime/web/index.ts";

/** The files of a training and of its two models. */
export interface DescriberFiles {
  /** `checkpoints/best.safetensors` of the run. */
  readonly checkpoint: Uint8Array;
  /** `model.safetensors` and, as texts, `config.json` and `preprocessor_config.json` of the encoder. */
  readonly encoder: { readonly weights: Uint8Array; readonly config: string; readonly preprocessor: string };
  /** `model.safetensors` and, as texts, `config.json`, `tokenizer.json` and `tokenizer_config.json` of the decoder. */
  readonly decoder: {
    readonly weights: Uint8Array;
    readonly config: string;
    readonly tokenizer: string;
    readonly tokenizerConfig: string;
  };
}

function json(text: string, where: string) {
  const object = parseJsonObject(text);
  if (object === undefined) throw new ModelError("The file does not hold a JSON object.", { where });
  return object;
}

/** SHA-256 as 64 hexadecimal digits. */
async function sha256(bytes: Uint8Array): Promise<string> {
  // What is shared between threads is not hashed in place; half a gigabyte is not copied without need.
  const own = bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", own));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** As a model folder is named on disk: by the hashes of its configuration and its weights. */
async function hashOf({ config, weights }: { readonly config: string; readonly weights: Uint8Array }): Promise<string> {
  const encoder = new TextEncoder();
  const hashes = [await sha256(encoder.encode(config)), await sha256(weights)];
  return sha256(encoder.encode(hashes.join("")));
}

/**
 * Opens the models that turn a film and boxes into a sentence.
 * @param settings what differs from the paper's search
 * @throws DataError or ModelError naming the file that is damaged or belongs to another model
 */
export async function openDescriber(
  runtime: Runtime,
  files: DescriberFiles,
  settings: Partial<Omit<GenerationSettings, "batchSize">> = {},
): Promise<Describer> {
  const {
    weights: trained,
    info,
    notes,
  } = parseCheckpoint(parseSafetensors(files.checkpoint, "checkpoint"), "checkpoint");
  const view = encoderOfCheckpoint("checkpoint", notes);
  const encoderConfig = parseClipConfig(
    json(files.encoder.config, "the encoder's config.json"),
    "the encoder's config.json",
  );
  const { regionformer_preprocessing: version } = json(files.encoder.preprocessor, "preprocessor_config.json");
  const identity = { name: view.name, path: "the encoder", hash: await hashOf(files.encoder) };
  const preprocessing = version === undefined ? undefined : String(version);
  checkEncoder("checkpoint", identifyEncoder({ identity, config: encoderConfig, preprocessing }, view.view.fit), view);
  const decoderConfig = parseGpt2Config(
    json(files.decoder.config, "the decoder's config.json"),
    "the decoder's config.json",
  );
  if ((await hashOf(files.decoder)) !== info.decoder.hash) {
    throw new ModelError("The decoder is not the one this checkpoint was trained for.", {
      where: "the decoder",
      expected: info.decoder.name,
    });
  }
  const stored = parseSafetensors(files.decoder.weights, "the decoder's weights").weights;
  const storedName = gpt2StoredName(stored);
  const decoder: Weights = new Map(
    [...gpt2Shapes(decoderConfig).keys()].map((name) => [`${decoderPrefix}.${name}`, stored.get(storedName(name))!]),
  );
  const tokenizer = createTokenizer(
    json(files.decoder.tokenizer, "tokenizer.json"),
    json(files.decoder.tokenizerConfig, "tokenizer_config.json"),
    "tokenizer.json",
  );
  return Describer.open(runtime, {
    captioner: {
      config: { mapper: info.mapper, decoder: decoderConfig },
      weights: new Map([...decoder, ...trained]),
      info,
    },
    encoder: {
      config: encoderConfig,
      weights: parseSafetensors(files.encoder.weights, "the encoder's weights").weights,
    },
    view: view.view,
    tokenizer,
    settings: { ...paperSearch, ...settings },
  });
}
