/** Which rows are wanted, as options and configurations say it. */
import { z } from "zod";
import type { RowChoice } from "./rows.ts";

export const rowChoiceShape = {
  language: z.enum(["en", "es", "both"]).default("en").describe("Language of the sentences; both gives two rows"),
  findings: z.enum(["all", "positive", "negative"]).default("all").describe("Which sentences"),
  reader: z
    .enum(["1", "2", "both", "intersection"])
    .default("1")
    .describe("Whose boxes: first radiologist, second, both, or what both marked"),
};

/** The same in the words of `rowsOf`. */
export function rowChoice({
  language,
  findings,
  reader,
}: z.output<z.ZodObject<typeof rowChoiceShape>>): Pick<RowChoice, "language" | "findings" | "reader"> {
  return { language, findings, reader: reader === "1" ? 1 : reader === "2" ? 2 : reader };
}
