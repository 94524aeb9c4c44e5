/** A run folder at full size: random models, a few training steps, ready for `describe`. */
import { join } from "node:path";
import { runCli } from "./measure.mjs";

export async function fullRun(dir) {
  const at = (name) => join(dir, name);
  await runCli("models", "random", "openai/clip-vit-base-patch32", "--out", at("clip"));
  await runCli("models", "random", "openai-community/gpt2", "--out", at("gpt2"));
  await runCli("data", "synth", "--out", at("data"), "--studies", "12", "--seed", "3", "--size", "256");
  const encode = ["encode", at("data"), "--encoder-model", at("clip"), "--out", at("features.safetensors")];
  await runCli(...encode);
  const train = ["train", at("data"), "--features", at("features.safetensors"), "--decoder-model", at("gpt2")];
  const little = ["--epochs", "1", "--batch-size", "8", "--warmup-steps", "1", "--save-every", "1000"];
  await runCli(...train, ...little, "--out", at("run"));
  return at("run");
}
