/** The table of commands. Each is imported only when it is called. */
import type { Registry } from "../framework/index.ts";

export const registry: Registry = {
  program: "regionformer",
  summary: "Draw boxes on a chest X-ray, get the finding in words: encode, train, generate, evaluate.",
  groups: {
    data: "Check and make data sets.",
    models: "Make and inspect model folders.",
  },
  commands: [
    {
      path: ["doctor"],
      summary: "Check that this machine can run the program.",
      load: async () => (await import("./doctor.ts")).doctor,
    },
  ],
};
