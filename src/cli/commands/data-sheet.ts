/** `regionformer data sheet`: one synthetic film per finding in one picture. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { findingSheet } from "../../data/synthetic/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const dataSheet = defineCommand({
  description:
    "Writes a contact sheet (JPEG): a normal synthetic film, then one for each finding that can be drawn, with its " +
    "boxes. For research and testing; not a medical device, no clinical conclusions.",
  arguments: [],
  options: z.object({
    out: z.string().describe("File to write"),
    seed: z.number().int().nonnegative().default(1).describe("Seed of the patients and findings"),
    size: z.number().int().min(64).max(1024).default(224).describe("Width of each film in pixels"),
  }),
  examples: ["data sheet --out synthetic.jpg", "data sheet --out large.jpg --size 512 --seed 7"],
  async run({ options: { out, seed, size } }) {
    if (!/\.jpe?g$/i.test(out)) {
      throw new UsageError("The sheet is a JPEG.", { where: `--out ${out}`, expected: "a name that ends in .jpg" });
    }
    const sheet = await findingSheet(seed, size);
    await writeFileAtomic(out, sheet);
    return { document: { out, seed, size, bytes: sheet.length }, text: `${out}: a synthetic film for each finding` };
  },
});
