/** `regionformer models info`: what a model folder holds. */
import { z } from "zod";
import { describeModelFolder } from "../../models/architectures/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const modelsInfo = defineCommand({
  description: "Shows architecture, sizes, parameters and content hash of a model folder, and whether its weights fit.",
  arguments: [
    { name: "dir", summary: "Model folder of Hugging Face or open_clip, or a .pt file of OpenAI.", required: true },
  ],
  options: z.object({}),
  examples: ["models info models/clip", "models info RN50.pt", "models info models/gpt2 --json"],
  async run({ arguments: { dir } }) {
    const description = await describeModelFolder(dir);
    const sizes = Object.entries(description.config).map(([name, value]) => `  ${name}: ${value}`);
    return {
      document: description,
      text: [
        `${dir}: ${description.architecture} (${description.modelType})`,
        `${description.parameters} parameters in ${description.tensors} tensors, stored as ${description.storedAs.join(", ")}`,
        `tokenizer: ${description.hasTokenizer ? "yes" : "no"}`,
        `hash: ${description.hash}`,
        "sizes:",
        ...sizes,
      ].join("\n"),
    };
  },
});
