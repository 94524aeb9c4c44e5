/** `models export`, used as docs/interchange.md says: a search that keeps its own cache finds the beams of ours. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { silentReporter } from "../../src/base/reporter.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { BeamSearch } from "../../src/generate/beam-search.ts";
import { Captioner } from "../../src/generate/index.ts";
import { loadCaptioner, locateModel } from "../../src/models/node/index.ts";
import { openDevice } from "../../src/runtime/node/index.ts";
import { loadTokenizer } from "../../src/text/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { portableTensor } from "../support/portable.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-export-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const exported = (name: string, ...more: string[]) =>
  captureCli(registry, ["models", "export", "tiny-regionformer", "--onnx", join(dir, name), ...more]);

it.each([
  ["an encoder that is not the training's", ["--encoder-model", "other"], /encoder is not the one/],
  ["more tokens than the decoder holds", ["--max-tokens", "121"], /at most 120 after a prefix of 8/],
  ["more beams than tokens", ["--beams", "1165"], /at most 1164/],
  ["an empty stop text", ["--stop", ""], /--stop/],
])("refuses %s, and writes nothing", async (_, options, message) => {
  const other = join(dir, "other");
  if (!existsSync(other)) {
    const sizes =
      "projection_dim=128 image_size=32 patch_size=16 hidden_size=32 num_hidden_layers=1 num_attention_heads=2";
    const set = sizes.split(" ").flatMap((size) => ["--set", size]);
    await captureCli(registry, ["models", "random", "openai/clip-vit-base-patch32", "--out", other, ...set]);
  }
  const { exitCode, stderr } = await exported("refused", ...options.map((word) => (word === "other" ? other : word)));
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(message);
  expect(existsSync(join(dir, "refused"))).toBe(false);
});

it("gives files whose search finds the same beams", async () => {
  const [B, K, maxTokens] = [2, 3, 20];
  const sizes = ["--batch-size", `${B}`, "--beams", `${K}`, "--max-tokens", `${maxTokens}`, "--temperature", "2"];
  const { exitCode, stderr } = await exported("onnx", ...sizes);
  expect(exitCode, stderr).toBe(0);
  const { search, decoder, mapper } = JSON.parse(await readFile(join(dir, "onnx", "system.json"), "utf8"));
  const open = (name: string) => InferenceSession.create(join(dir, "onnx", `${name}.onnx`));
  const visual = portableTensor("visual", [B * mapper.inputWidth]).data as Float32Array;
  const { prefix } = await (await open("mapper")).run({
    visual: new Tensor("float32", visual, [B, mapper.inputWidth]),
  });
  const first = await (await open("decoder-prefill")).run({ prefix: prefix! });
  const step = await open("decoder-step");
  const prefixCache = Object.fromEntries(Object.entries(first).filter(([name]) => name.startsWith("prefix.")));

  const [H, D] = [decoder.heads, decoder.width / decoder.heads];
  const names = Object.keys(prefixCache).map((name) => name.replace("prefix.", "generated."));
  let cache = new Map(names.map((name) => [name, new Tensor("float32", new Float32Array(0), [B, H, 0, D])] as const));
  const candidates = ({ ids, logProbabilities }: InferenceSession.OnnxValueMapType, from: number) => ({
    ids: Array.from((ids!.data as BigInt64Array).subarray(from * K, (from + 1) * K), Number),
    logProbabilities: [...(logProbabilities!.data as Float32Array).subarray(from * K, (from + 1) * K)],
  });
  const searches = Array.from({ length: B }, () => new BeamSearch(K, search.stopId));
  let extensions = searches.map((beams, row) => beams.start(candidates(first, row)));
  /** For each beam of the batch, the places of the cache that it continues. */
  let paths: number[][] = Array.from({ length: B * K }, () => []);
  for (let t = 1; t < maxTokens && searches.some(({ isFinished }) => !isFinished); t++) {
    const places = (t - 1) * K;
    paths = extensions.flatMap(({ parents }, row) => parents.map((parent) => paths[row * K + parent]!));
    const bias = new Float32Array(B * K * places).fill(Number.NEGATIVE_INFINITY);
    for (const [beam, path] of paths.entries()) for (const place of path) bias[beam * places + place] = 0;
    const tokens = BigInt64Array.from(extensions.flatMap((extension) => extension.tokens.map(BigInt)));
    const outputs = await step.run({
      tokens: new Tensor("int64", tokens, [B * K]),
      position: new Tensor("int64", [BigInt(mapper.prefixLength + t - 1)], [1]),
      ...prefixCache,
      ...Object.fromEntries(cache),
      bias: new Tensor("float32", bias, [B, 1, K, places]),
    });
    cache = new Map([...cache].map(([name, old]) => [name, joined(old, outputs[`new.${name}`] as Tensor)]));
    paths = paths.map((path, beam) => [...path, places + (beam % K)]);
    extensions = searches.map((beams, row) =>
      beams.isFinished
        ? extensions[row]!
        : beams.advance(Array.from({ length: K }, (_, beam) => candidates(outputs, row * K + beam))),
    );
  }

  const model = await loadCaptioner(join(locateModel("tiny-regionformer"), "checkpoints", "best.safetensors"));
  const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
  const settings = { method: "beam", beams: K, maxTokens, temperature: 2, stop: ".", batchSize: B } as const;
  await using captioner = await Captioner.open(await openDevice({}, silentReporter), model, tokenizer, settings);
  const rows = [0, 1].map((row) => visual.slice(row * mapper.inputWidth, (row + 1) * mapper.inputWidth));
  for (const [row, ours] of (await captioner.search(rows)).entries()) {
    const theirs = searches[row]!.result();
    expect(theirs.map(({ tokens }) => tokens)).toEqual(ours.map(({ tokens }) => tokens));
    expect(theirs[0]!.score).toBeCloseTo(ours[0]!.score, 5);
  }
});

/** Along axis 2 of [B, H, places, D]. */
function joined(old: Tensor, fresh: Tensor) {
  const [B, H, before, D] = old.dims as [number, number, number, number];
  const places = before + fresh.dims[2]!;
  const data = new Float32Array(B * H * places * D);
  for (let head = 0; head < B * H; head++) {
    const at = head * places * D;
    data.set((old.data as Float32Array).subarray(head * before * D, (head + 1) * before * D), at);
    const size = (places - before) * D;
    data.set((fresh.data as Float32Array).subarray(head * size, (head + 1) * size), at + before * D);
  }
  return new Tensor("float32", data, [B, H, places, D]);
}
