/** What the numbers of explanations are and with which settings they were made, for JSON. */
import type { Explainer } from "../explainer.ts";
import { latentNotice } from "../latent/latent-map.ts";
import { methodUnits } from "../methods/index.ts";
import type { RowRequest } from "./explain-row.ts";

export function parametersDocument({ system, view, input }: Explainer, request: RowRequest) {
  const { methods, baseline, steps, window } = request;
  return {
    input,
    view,
    patchSize: system.patchSize,
    explained: "sum of the log-probabilities of the sentence's tokens, or of one token, in nats",
    methods: Object.fromEntries(methods.map((name) => [name, { unit: methodUnits[name] }])),
    baseline: { image: baseline, mask: "black" },
    integratedGradients: { steps, rule: "midpoint" },
    occlusion: { windowInPatches: window },
    latent: `${latentNotice}; scaled to 0..1 each`,
    maps: "rows of the encoder's square from its top, patches from the left",
  };
}
