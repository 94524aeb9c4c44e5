/** Feature caches of the public code (REFERENCE §5): a pickle with vectors, and captions that point into them. */
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { unitBox } from "../../images/index.ts";
import { ArrayView, materialise, type PickleValue } from "../../weights/index.ts";
import { readPickleFile } from "../../weights/node/index.ts";
import type { CachedRow } from "../cached-features.ts";

const captionSchema = z.object({
  image_id: z.string(),
  caption: z.string(),
  boxes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])),
  clip_embedding: z.number().int().nonnegative(),
  clip_mask_embedding: z.number().int().nonnegative(),
});

/** @throws DataError when the file is damaged, is no such cache, or names Python objects that are not read */
export async function readReferenceCache(path: string): Promise<CachedRow[]> {
  const cache = await readPickleFile(path);
  const vectors = vectorsOf(cache instanceof Map ? cache.get("clip_embedding") : undefined, path);
  const captions = cache instanceof Map ? cache.get("captions") : undefined;
  if (!Array.isArray(captions)) throw unusable(path, 'a list "captions"');
  return captions.map((entry, i) => {
    const parsed = captionSchema.safeParse(plain(entry));
    if (!parsed.success) throw unusable(`${path}, caption ${i}`, "image_id, caption, boxes and two vector numbers");
    const { image_id: imageId, caption, clip_embedding: image, clip_mask_embedding: mask } = parsed.data;
    const boxes = parsed.data.boxes.map((corners) => unitBox(...corners));
    const vector = (index: number) => {
      const found = vectors[index];
      if (found === undefined) throw unusable(`${path}, caption ${i}`, `numbers below ${vectors.length}`);
      return found;
    };
    return { imageId, caption, boxes, image: vector(image), mask: vector(mask) };
  });
}

/** One vector each, [C] or [1, C]; or one table [n, C]. */
function vectorsOf(value: PickleValue | undefined, path: string): Float32Array[] {
  const vectors = Array.isArray(value) ? value.flatMap((item) => rowsOf(item, path)) : rowsOf(value, path);
  if (vectors.every(({ length }) => length === vectors[0]?.length)) return vectors;
  throw unusable(path, "vectors of one width");
}

function rowsOf(value: PickleValue | undefined, path: string): Float32Array[] {
  const array = value instanceof ArrayView ? materialise(value, path) : undefined;
  if (array?.dtype !== "float32" || array.shape.length < 1 || array.shape.length > 2) {
    throw unusable(path, '"clip_embedding" with float vectors');
  }
  const width = array.shape.at(-1)!;
  const count = width === 0 ? 0 : array.data.length / width;
  return Array.from({ length: count }, (_, row) => array.data.slice(row * width, (row + 1) * width));
}

/** A dict as an object, its lists as they are. */
function plain(value: PickleValue): unknown {
  return value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [String(key), item])) : value;
}

function unusable(where: string, expected: string): DataError {
  return new DataError("The file is not a feature cache of the public code.", { where, expected, found: "other data" });
}
