/** Features on disk: DESIGN §5. One safetensors file, vectors by key, so that a second run computes only what is new. */
import { z } from "zod";
import { float32 } from "../../base/arrays.ts";
import { DataError } from "../../base/errors.ts";
import { readSafetensors, writeSafetensors } from "../../weights/node/index.ts";
import { encoderIdentitySchema } from "../encoder-identity.ts";
import { type Features, type FilmEntry, filmViews } from "../features.ts";

const format = "regionformer-features-1";

const filmSchema = z.union([
  z.object({
    key: z.string(),
    width: z.number(),
    height: z.number(),
    colourModel: z.enum(["grey", "grey-alpha", "rgb", "rgba", "palette", "cmyk"]),
  }),
  z.object({ key: z.string(), colourModel: z.literal("grey") }),
]);

/** The safetensors metadata; each value is JSON text in the file. */
const metadataSchema = z.object({
  encoder: encoderIdentitySchema,
  filmView: z.enum(filmViews).optional(),
  films: z.record(z.string(), filmSchema),
  imageKeys: z.array(z.string()),
  maskKeys: z.array(z.string()),
});

/** Vectors of one table, [n, C], in the order of the keys. */
function stack(vectors: ReadonlyMap<string, Float32Array>, width: number) {
  const data = new Float32Array(vectors.size * width);
  [...vectors.values()].forEach((vector, i) => {
    data.set(vector, i * width);
  });
  return float32([vectors.size, width], data);
}

/** Writes the features atomically; keys are sorted, so the same content gives the same bytes. */
export async function writeFeatures(path: string, features: Features): Promise<void> {
  const sorted = <T>(map: ReadonlyMap<string, T>) => new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  const images = sorted(features.imageVectors);
  const masks = sorted(features.maskVectors);
  const metadata: z.infer<typeof metadataSchema> = {
    encoder: features.encoder,
    ...(features.filmView && { filmView: features.filmView }),
    films: Object.fromEntries(sorted(features.films)),
    imageKeys: [...images.keys()],
    maskKeys: [...masks.keys()],
  };
  const text = Object.entries(metadata).map(([key, value]) => [key, JSON.stringify(value)]);
  const arrays = new Map([
    ["image", stack(images, features.width)],
    ["mask", stack(masks, features.width)],
  ]);
  await writeSafetensors(path, arrays, { format, ...Object.fromEntries(text) });
}

function damaged(path: string, found: string): DataError {
  return new DataError("The features file cannot be used.", {
    where: path,
    expected: "a file written by `regionformer encode`",
    found,
    remedy: "Run `encode` again.",
  });
}

function parseMetadata(path: string, metadata: Readonly<Record<string, string>>) {
  if (metadata.format !== format) throw damaged(path, `format ${metadata.format ?? "missing"}`);
  const values = Object.entries(metadata).filter(([key]) => key !== "format");
  const parsed = metadataSchema.safeParse(
    Object.fromEntries(values.map(([key, text]) => [key, parseJson(path, text)])),
  );
  if (!parsed.success) throw damaged(path, z.prettifyError(parsed.error));
  return parsed.data;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, "metadata that is not JSON");
  }
}

/** @throws DataError when the file is missing or damaged */
export async function readFeatures(path: string): Promise<Features> {
  const { weights, metadata } = await readSafetensors(path);
  const { encoder, filmView, films, imageKeys, maskKeys } = parseMetadata(path, metadata);
  const width = weights.get("image")?.shape[1] ?? 0;
  const vectors = (name: string, keys: readonly string[]): Map<string, Float32Array> => {
    const array = weights.get(name);
    if (array?.dtype !== "float32" || array.shape[0] !== keys.length || array.shape[1] !== width) {
      throw damaged(path, `table "${name}" [${array?.shape}] for ${keys.length} keys`);
    }
    const odd = array.data.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0)
      throw damaged(path, `table "${name}", row ${Math.floor(odd / width)}: a value that is no finite number`);
    return new Map(keys.map((key, i) => [key, array.data.subarray(i * width, (i + 1) * width)]));
  };
  return {
    encoder,
    ...(filmView && { filmView }),
    width,
    films: new Map<string, FilmEntry>(Object.entries(films)),
    imageVectors: vectors("image", imageKeys),
    maskVectors: vectors("mask", maskKeys),
  };
}
