/** `regionformer models pull`: a model of the hub onto this machine. */
import { z } from "zod";
import { hubSettings, pullModel } from "../../weights/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const modelsPull = defineCommand({
  description:
    "Downloads a model repository into the cache that Hugging Face's tools share, and prints the model folder. What " +
    "has come already is kept: an interrupted download goes on where it stopped. Every file is checked against its " +
    "hash. HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE work as they do there.",
  arguments: [{ name: "repository", summary: "owner/name on the hub.", required: true }],
  options: z.object({
    revision: z.string().default("main").describe("Branch, tag or commit"),
    offline: z.boolean().default(false).describe("Ask nobody; find it in the cache"),
    file: z.string().optional().describe("This file of the repository alone"),
    everything: z.boolean().default(false).describe("All files of the repository, not only those used here"),
  }),
  examples: [
    "models pull openai/clip-vit-base-patch32",
    "models pull openai-community/gpt2 --revision 607a30d783dfa663caf39e06633721c8d4cfcd7e",
    "models pull openai-community/gpt2 --offline",
    "models pull StanfordAIMI/RRG_scorers --file chexbert.pth",
  ],
  async run({ arguments: { repository }, options }, context) {
    const { revision, offline, everything, file } = options;
    const fromEnvironment = await hubSettings(process.env);
    const settings = { ...fromEnvironment, offline: offline || fromEnvironment.offline };
    const pulled = await pullModel(repository, {
      revision,
      everything,
      file,
      settings,
      reporter: context,
    });
    const license = pulled.license ?? (settings.offline ? "not known offline" : "not stated by the repository");
    return {
      document: pulled,
      text: [pulled.folder, `commit ${pulled.commit}`, `licence: ${license}`].join("\n"),
    };
  },
});
