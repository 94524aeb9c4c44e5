import { ModelError, UsageError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Architecture } from "./architecture.ts";
import { bertArchitecture, distilbertArchitecture, robertaArchitecture } from "./bert.ts";
import { clipArchitecture } from "./clip.ts";
import { gpt2Architecture } from "./gpt2.ts";
import { openAiArchitectures } from "./openai-clip.ts";

const architectures: readonly Architecture[] = [
  clipArchitecture,
  gpt2Architecture,
  bertArchitecture,
  distilbertArchitecture,
  robertaArchitecture,
  ...openAiArchitectures,
];

/** The names that `findArchitecture` knows. */
export const architectureNames: readonly string[] = architectures.map(({ name }) => name);

/** @throws UsageError for a name that is not among `architectureNames` */
export function findArchitecture(name: string): Architecture {
  const found = architectures.find((architecture) => architecture.name === name);
  if (found !== undefined) return found;
  throw new UsageError("There is no such architecture here.", {
    where: "architecture",
    expected: architectureNames.join(" or "),
    found: name,
  });
}

/**
 * The architecture that a configuration belongs to.
 * @param where the file, for errors
 * @throws ModelError when none reads its `model_type`
 */
export function architectureOf(config: JsonObject, where: string): Architecture {
  const modelType = config.model_type;
  const found = architectures.find(({ modelTypes }) => modelTypes.some((known) => known === modelType));
  if (found !== undefined) return found;
  throw new ModelError("The folder holds a model of an architecture that is not supported.", {
    where: `${where}, key "model_type"`,
    expected: architectures.flatMap(({ modelTypes }) => modelTypes).join(", "),
    found: typeof modelType === "string" ? modelType : "no text",
  });
}
