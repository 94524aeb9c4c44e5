/** `describe` says what a run cannot know of the boxes that it was given, or was not. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { type InputMode, visualWidth } from "../../src/models/captioner/index.ts";
import { initialMapperWeights } from "../../src/models/mapper/index.ts";
import { loadEncoder, locateModel, readCheckpoint, writeCheckpoint } from "../../src/models/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-describe-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The embedded run as one that was never trained, of another mode. */
async function untrained(mode: InputMode): Promise<string> {
  const { info, notes } = await readCheckpoint(join(locateModel("tiny-regionformer"), "checkpoints/best.safetensors"));
  const input = { ...info.input, mode };
  const { projectionWidth } = (await loadEncoder("tiny-clip")).config;
  const mapper = { ...info.mapper, inputWidth: visualWidth(projectionWidth, input) };
  const run = join(dir, mode);
  const weights = initialMapperWeights(mapper, 0);
  await writeCheckpoint(join(run, "checkpoints/best.safetensors"), {
    weights,
    info: { ...info, mapper, input },
    notes,
  });
  await writeFile(join(run, "config.yaml"), "# made by a test\n");
  return run;
}

it.each([
  ["image", ["--box", "0.1,0.1,0.5,0.5"], "the run reads films alone: its sentence is not about the boxes"],
  ["image", [], ""],
  ["image+box", [], "no --box given: its numbers are zeros"],
] as const)("a run of mode %s with %j", async (mode, boxes, warning) => {
  const argv = ["describe", "docs/images/film.png", "--run", await untrained(mode), ...boxes, "--json"];
  const { exitCode, stdout, stderr } = await captureCli(registry, argv);
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout).mode).toBe(mode);
  if (warning === "") expect(stderr).toBe("");
  else expect(stderr).toContain(warning);
});
