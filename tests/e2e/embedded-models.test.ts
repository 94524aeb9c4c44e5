/** The models that come with the package: they are small, fit together, and read masks. */
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/base/errors.ts";
import { Random } from "../../src/base/random.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { openEncoder, preprocessingVersion } from "../../src/features/index.ts";
import { maskInput } from "../../src/images/index.ts";
import { openDescriber, pixelBox, unitBox } from "../../src/index.ts";
import { embeddedNames, loadDecoder, loadEncoder, locateModel } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { loadTokenizer } from "../../src/text/node/index.ts";
import { randomBox } from "../../src/train/pretrain/index.ts";
import { probeMasks } from "../../src/train/pretrain/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";

describe("the embedded models", () => {
  it("are small, have cards, and name no place of the machine that trained them", async () => {
    let total = 0;
    for (const name of embeddedNames) {
      const files = await readdir(locateModel(name), { recursive: true, withFileTypes: true });
      const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
      for (const path of paths) {
        const { size } = await stat(path);
        expect(size, path).toBeLessThanOrEqual(8e6);
        total += size;
        const head = (await readFile(path)).subarray(0, 100_000).toString("latin1");
        expect(head, path).not.toMatch(/"path":"[/\\]|\/(home|root|tmp|work|Users)\//);
      }
      const card = await readFile(join(locateModel(name), "README.md"), "utf8");
      for (const text of ["synthetic", "not a medical device", "seed"]) expect(card).toContain(text);
    }
    expect(total).toBeLessThanOrEqual(24e6);
  });

  it("record the versions they were trained with", async () => {
    expect((await loadEncoder("tiny-clip")).preprocessing).toBe(preprocessingVersion);
    const { config } = await loadDecoder("tiny-gpt2");
    const tokenizer = await loadTokenizer(locateModel("tiny-gpt2"), config.vocabularySize);
    const [stop, ...more] = tokenizer.encode(".");
    expect(more).toEqual([]);
    expect(tokenizer.encode("Right pleural effusion.").at(-1)).toBe(stop);
  });

  it("read the place and the size of a box off its mask", async () => {
    const { config, weights } = await loadEncoder("tiny-clip");
    const random = new Random(77);
    const view = { fit: "crop", side: config.imageSize } as const;
    const boxes = Array.from({ length: 2000 }, () => [randomBox(random)]);
    const batchSize = 50;
    await using encoder = await openEncoder(openRuntime(), config, weights, batchSize);
    const vectors: Float32Array[] = [];
    for (let start = 0; start < boxes.length; start += batchSize) {
      const batch = boxes.slice(start, start + batchSize);
      vectors.push(...(await encoder.encode(batch.map((of) => maskInput(of, { width: 512, height: 512 }, view)))));
    }
    const masks = boxes.map((of, i) => ({ vector: vectors[i]!, boxes: of }));
    const { centreX, centreY, area } = probeMasks(masks.slice(0, 1500), masks.slice(1500));
    expect(Math.min(centreX, centreY, area)).toBeGreaterThanOrEqual(0.9);
  });

  it("open through the package's entry", async () => {
    await using describer = await openDescriber();
    expect(describer.info.input.mode).toBe("image+mask");
    const film = {
      width: 200,
      height: 200,
      colourModel: "grey",
      depth: 8,
      pixels: new Uint8Array(40_000).fill(90),
    } as const;
    const { captions } = await describer.describe(film, []);
    expect(captions[0].text).not.toBe("");
    for (const box of [unitBox(60, 60, 120, 120), unitBox(0.5, 0.5, 0.4, 0.6), pixelBox(60, 60, 120, 120) as never]) {
      await expect(describer.describe(film, [box])).rejects.toThrow(/no area on the film[\s\S]*pixelToUnit/);
    }
  });

  it.each([{ beams: 0 }, { beams: 1.5 }, { maxTokens: 0 }, { temperature: Number.NaN }])(
    "refuse a search with %o",
    async (settings) => {
      await expect(openDescriber({ settings })).rejects.toThrow(UsageError);
    },
  );

  it("stand by their names where a model folder or a run is asked for", async () => {
    const dir = await mkdtemp(join(tmpdir(), "regionformer-embedded-"));
    const into = (name: string) => join(dir, name);
    const run = (line: string) => captureCli(registry, line.split(" "));
    const mustRun = async (line: string) => {
      const { exitCode, stderr } = await run(line);
      expect(exitCode, `${line}\n${stderr}`).toBe(0);
    };
    try {
      for (const name of ["tiny-clip", "tiny-gpt2"]) await mustRun(`models info ${name}`);
      await mustRun(`data synth --out ${into("data")} --studies 10 --seed 1 --size 128`);
      await mustRun(`encode ${into("data")} --encoder-model tiny-clip --out ${into("features.safetensors")}`);
      const generate = `generate ${into("data")} --run tiny-regionformer --features ${into("features.safetensors")}`;
      await mustRun(`${generate} --out ${into("predictions.csv")}`);
      const refused = await run(generate);
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain("--out");
      await mustRun(`models export tiny-regionformer --onnx ${into("onnx")}`);
      const sizes =
        "--image-size 32 --width 32 --layers 1 --text-layers 1 --projection-width 16 --epochs 1 --batch-size 4";
      await mustRun(`pretrain clip ${into("data")} --tokenizer tiny-gpt2 --out ${into("clip")} ${sizes}`);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
