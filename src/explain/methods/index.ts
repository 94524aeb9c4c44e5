/** The spatial methods: from words back to the patches of film and mask. */

import type { Question } from "../subject.ts";
import type { ExplainedSystem } from "../system.ts";
import { type Attribution, type Method, type MethodName, type MethodOptions, methodNames } from "./attribution.ts";
import { gradientInput } from "./gradient-input.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { legrad } from "./legrad.ts";
import { occlusion } from "./occlusion.ts";

export {
  type Attribution,
  completenessGap,
  defaultMethodOptions,
  isSigned,
  type MethodName,
  type MethodOptions,
  methodNames,
  methodUnits,
} from "./attribution.ts";

const methods: Readonly<Record<MethodName, Method>> = {
  legrad,
  "gradient-input": gradientInput,
  "integrated-gradients": integratedGradients,
  occlusion,
};

/**
 * Answers many questions by one method.
 * @returns an attribution for each, in order
 * @throws ModelError when the method does not fit the encoder
 */
export function attribute(
  method: MethodName,
  system: ExplainedSystem,
  questions: readonly Question[],
  options: MethodOptions,
): Promise<Attribution[]> {
  return methods[method](system, questions, options);
}

/** The methods that an encoder can be asked by: a residual network has no attention layers for LeGrad. */
export function methodsFor({ kind }: { readonly kind: "vit" | "resnet" }): readonly MethodName[] {
  return kind === "vit" ? methodNames : methodNames.filter((name) => name !== "legrad");
}
