/** What package.json says about this program. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const schema = z.object({ version: z.string(), bugs: z.object({ url: z.string() }).optional() });

/** The package's version, and where to report bugs. The path is the same from src/ and dist/. */
export function packageInfo(): z.output<typeof schema> {
  return schema.parse(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")));
}
