/** The entry for browsers: the same sentence as on Node, from bytes alone, and nothing in it that needs Node. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { silentReporter } from "../../src/base/reporter.ts";
import { openDescriber, readFilm, unitBox } from "../../src/index.ts";
import { locateModel } from "../../src/models/node/index.ts";
import * as web from "../../src/web.ts";
import { reachableFrom } from "../architecture/reachable.ts";

const file = (model: string, name: string) => readFile(join(locateModel(model), name));
const text = async (model: string, name: string) => (await file(model, name)).toString("utf8");

async function embeddedFiles(): Promise<web.DescriberFiles> {
  return {
    checkpoint: await file("tiny-regionformer", "checkpoints/best.safetensors"),
    encoder: {
      weights: await file("tiny-clip", "model.safetensors"),
      config: await text("tiny-clip", "config.json"),
      preprocessor: await text("tiny-clip", "preprocessor_config.json"),
    },
    decoder: {
      weights: await file("tiny-gpt2", "model.safetensors"),
      config: await text("tiny-gpt2", "config.json"),
      tokenizer: await text("tiny-gpt2", "tokenizer.json"),
      tokenizerConfig: await text("tiny-gpt2", "tokenizer_config.json"),
    },
  };
}

describe("the entry regionformer/web", () => {
  it("reaches no Node module", () => {
    const { files, packages } = reachableFrom("src/web.ts");
    expect(files.size).toBeGreaterThan(60);
    expect([...files].filter((path) => path.split("/").includes("node"))).toEqual([]);
    expect([...packages].sort()).toEqual(["@bufbuild/protobuf", "@huggingface/tokenizers", "pure-rand", "zod"]);
  });

  it("gives these names", () => {
    expect(Object.keys(web).sort()).toEqual([
      "Describer",
      "openDescriber",
      "openWebRuntime",
      "pixelBox",
      "pixelToUnit",
      "unitBox",
    ]);
  });

  it("writes on WebAssembly what Node writes", async () => {
    const film = await readFilm("docs/images/film.png");
    const boxes = [unitBox(0.678, 0.588, 0.873, 0.667)];
    const runtime = await web.openWebRuntime(ort, { device: "wasm" }, silentReporter);
    await using there = await web.openDescriber(runtime, await embeddedFiles());
    await using here = await openDescriber();
    const [a, b] = [await there.describe(film, boxes), await here.describe(film, boxes)];
    expect(a.captions.map(({ text }) => text)).toEqual(b.captions.map(({ text }) => text));
    for (const [i, { score }] of a.captions.entries()) expect(score).toBeCloseTo(b.captions[i]!.score, 4);
  });

  it("refuses files of another model", async () => {
    const files = await embeddedFiles();
    const runtime = await web.openWebRuntime(ort, { device: "wasm" }, silentReporter);
    const other = { ...files, decoder: { ...files.decoder, config: files.decoder.config.replace("\n", " \n") } };
    await expect(web.openDescriber(runtime, other)).rejects.toThrow("not the one this checkpoint was trained for");
    const cut = { ...files, checkpoint: files.checkpoint.subarray(0, 1000) };
    await expect(web.openDescriber(runtime, cut)).rejects.toThrow(/checkpoint/);
  });
});
