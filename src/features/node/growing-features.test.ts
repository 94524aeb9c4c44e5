import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeTinyClip } from "../../../tests/support/tiny-models.ts";
import { type EncoderModel, loadEncoder } from "../../models/node/index.ts";
import { writeFeatures } from "./features-file.ts";
import { featuresBefore } from "./growing-features.ts";

let folder: string;
let model: EncoderModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "growing-"));
  await writeTinyClip(join(folder, "clip"));
  model = await loadEncoder(join(folder, "clip"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it.each([
  ["boxes drawn", "whole"],
  ["whole", "cropped to boxes"],
  ["cropped to boxes", "boxes drawn"],
] as const)("a file of films shown as %s does not grow by films shown as %s", async (film, other) => {
  const path = join(folder, "features.safetensors");
  await rm(path, { force: true });
  const nothing = await featuresBefore(path, model, { fit: "crop", film });
  const some = { ...nothing, maskVectors: new Map([["black", new Float32Array(nothing.width)]]) };
  await writeFeatures(path, some);
  expect((await featuresBefore(path, model, { fit: "crop", film })).maskVectors.size).toBe(1);
  await expect(featuresBefore(path, model, { fit: "crop", film: other })).rejects.toThrow(
    new RegExp(`expected: films shown: ${other}[\\s\\S]*found: films shown: ${film}`),
  );
});
