import { UsageError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { type PlannedTensor, randomValues } from "../../weights/index.ts";
import type { Architecture } from "./architecture.ts";

/** A model folder that is still to be written; see `writeModelFolder`. */
export interface RandomModel {
  readonly files: Readonly<Record<string, JsonObject>>;
  readonly tensors: readonly PlannedTensor[];
}

/**
 * A model with fresh weights, drawn as the originals were before their training; same seed, same bytes.
 * @param chosen sizes that differ from the best-known model's, under the names that the architecture gives them
 * @throws UsageError for a size that the architecture does not have or that is no positive whole number
 * @throws ModelError when the sizes do not fit together
 */
export function randomModel(
  architecture: Architecture,
  seed: number,
  chosen: Readonly<Record<string, number>> = {},
): RandomModel {
  checkSizes(architecture, chosen);
  const files = architecture.files({ ...architecture.sizes, ...chosen });
  const { shapes, spread } = architecture.parameters(
    files[architecture.layout.config] ?? {},
    architecture.layout.config,
  );
  const tensors = [...shapes].map(
    ([name, shape]): PlannedTensor => ({
      name,
      dtype: "float32",
      shape,
      data: () => randomValues(seed, name, shape, spread(name)),
    }),
  );
  return { files, tensors };
}

function checkSizes({ name, sizes }: Architecture, chosen: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(chosen)) {
    if (!Object.hasOwn(sizes, key)) {
      throw new UsageError(`${name} has no such size.`, {
        where: key,
        expected: `one of ${Object.keys(sizes).join(", ")}`,
      });
    }
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new UsageError("A size is a whole number of at least 1.", { where: key, found: String(value) });
    }
  }
}
