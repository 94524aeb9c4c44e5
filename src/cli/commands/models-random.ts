/** `regionformer models random`: a model folder with fresh weights. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { requireEmpty } from "../../base/node/claim-folder.ts";
import { architectureNames, findArchitecture, randomModel } from "../../models/architectures/index.ts";
import { gpt2TokenizerFiles } from "../../text/node/index.ts";
import { writeModelFolder } from "../../weights/node/index.ts";
import { defineCommand } from "../framework/index.ts";

/** `key=value` as the sizes of a configuration. */
function parseSizes(settings: readonly string[]): Record<string, number> {
  const entries = settings.map((setting) => {
    const [, key, value] = /^(\w+)=(\d+)$/.exec(setting) ?? [];
    if (key !== undefined) return [key, Number(value)] as const;
    throw new UsageError("The size is not understood.", { where: `--set ${setting}`, expected: "name=number" });
  });
  return Object.fromEntries(entries);
}

export const modelsRandom = defineCommand({
  description:
    `Writes a model folder with random weights, drawn as the original's were before its ` +
    `training: ${architectureNames.join(", ")}. For trying out and for measuring; it knows nothing.`,
  arguments: [
    {
      name: "architecture",
      summary: "The hub's name of the architecture, or OpenAI's of an image encoder.",
      required: true,
    },
  ],
  options: z.object({
    out: z.string().describe("Folder to write"),
    seed: z.number().int().nonnegative().default(0).describe("Seed of the weights"),
    set: z
      .array(z.string())
      .default([])
      .describe("A size other than the original's, under its name in the configuration"),
  }),
  examples: [
    "models random openai/clip-vit-base-patch32 --out models/clip",
    "models random RN50x4 --out models/rn50x4",
    "models random openai-community/gpt2 --out models/tiny-gpt2 --seed 1 --set n_embd=64 --set n_layer=2 --set n_head=4",
  ],
  async run({ arguments: { architecture: name }, options }) {
    const architecture = findArchitecture(name);
    const { files, tensors } = randomModel(architecture, options.seed, parseSizes(options.set));
    await requireEmpty(options.out, "The model folder", "Choose another --out, or remove the old model first.");
    const tokenizer = architecture.tokenizer === "gpt2" ? await gpt2TokenizerFiles() : {};
    await writeModelFolder(options.out, { ...files, ...tokenizer }, tensors, architecture.layout.weights);
    const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    return {
      document: { out: options.out, architecture: name, seed: options.seed, parameters, tensors: tensors.length },
      text: `${options.out}: ${name} with ${parameters} random parameters (seed ${options.seed})`,
    };
  },
});
