/** Pretraining from scratch in small: the folders that come out serve every later station. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { loadDecoder, loadEncoder } from "../../src/models/node/index.ts";
import { loadTokenizer } from "../../src/text/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";

let dir: string;
const into = (name: string) => join(dir, name);

async function run(...argv: string[]) {
  const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--json"]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown> & { epochs: { trainLoss: number; validationLoss: number }[] };
}

const gpt2 = (out: string) =>
  `pretrain gpt2 ${into("data")} --out ${into(out)} --language both --vocabulary 400 --width 32 --layers 1 --epochs 4 --batch-size 16 --warmup-steps 2`;
const clip = (out: string) =>
  `pretrain clip ${into("data")} --tokenizer ${into("gpt2")} --out ${into(out)} --image-size 32 --width 32 --layers 1 --text-layers 1 --projection-width 16 --epochs 4 --batch-size 32 --warmup-steps 2`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-pretrain-"));
  await run(..."data synth --studies 80 --seed 9 --size 128 --out".split(" "), into("data"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("pretraining", () => {
  it("makes a GPT-2 with its tokenizer, the same bytes each time", async () => {
    const first = await run(...gpt2("gpt2").split(" "));
    expect(first.epochs.at(-1)!.validationLoss).toBeLessThan(first.epochs[0]!.validationLoss - 0.3);
    const { config } = await loadDecoder(into("gpt2"));
    const tokenizer = await loadTokenizer(into("gpt2"), config.vocabularySize);
    expect(tokenizer.vocabularySize).toBe(config.vocabularySize);
    expect(tokenizer.encode(".")).toHaveLength(1);
    expect(tokenizer.decode(tokenizer.encode("Small right pleural effusion."))).toBe("Small right pleural effusion.");
    await run(...gpt2("gpt2-again").split(" "));
    for (const file of ["model.safetensors", "tokenizer.json", "config.json"]) {
      expect((await readFile(join(into("gpt2"), file))).equals(await readFile(join(into("gpt2-again"), file)))).toBe(
        true,
      );
    }
  });

  it("refuses a block that is longer than the model's sequences, and sentences that are longer to train on", async () => {
    const refused = await captureCli(registry, `${gpt2("long")} --positions 32`.split(" "));
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/--block-length[\s\S]*at most 32/);
    await run(...`${gpt2("short")} --epochs 1 --positions 16 --block-length 16`.split(" "));
    await run(...`data synth --studies 16 --seed 2 --size 128 --out ${into("few")}`.split(" "));
    await run(..."encode --encoder-model tiny-clip --out".split(" "), into("of-tiny.safetensors"), into("few"));
    const training = `train ${into("few")} --features ${into("of-tiny.safetensors")} --decoder-model ${into("short")}`;
    const small = "--prefix-length 4 --latent-length 4 --mapper-layers 1 --mapper-heads 4 --batch-size 8";
    const { exitCode, stderr } = await captureCli(registry, `${training} --out ${into("run")} ${small}`.split(" "));
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/longer than the decoder[\s\S]*image [\s\S]*at most 13 tokens after a prefix of 4/);
  });

  it("makes a CLIP that learns, the same bytes each time, with probes in its card", async () => {
    const first = await run(...clip("clip").split(" "));
    expect(first.epochs.at(-1)!.trainLoss).toBeLessThan(first.epochs[0]!.trainLoss);
    const { config, preprocessing } = await loadEncoder(into("clip"));
    expect(config).toMatchObject({ imageSize: 32, width: 32, projectionWidth: 16 });
    expect(preprocessing).toBe("1");
    const card = await readFile(join(into("clip"), "README.md"), "utf8");
    for (const text of ["centreX", "cardiomegaly", "seed 0", "not a medical device"]) expect(card).toContain(text);
    await run(...clip("clip-again").split(" "));
    const [a, b] = await Promise.all(
      ["clip", "clip-again"].map((name) => readFile(join(into(name), "model.safetensors"))),
    );
    expect(a!.equals(b!)).toBe(true);
  });

  it("serves encoding, and is refused when its versions are others", async () => {
    const encode = ["encode", into("data"), "--encoder-model", into("clip"), "--out", into("features.safetensors")];
    expect((await run(...encode)).films).toBe(80);
    const preprocessor = join(into("clip"), "preprocessor_config.json");
    const text = await readFile(preprocessor, "utf8");
    await writeFile(
      preprocessor,
      text.replace('"regionformer_preprocessing": "1"', '"regionformer_preprocessing": "0"'),
    );
    const refused = await captureCli(registry, encode);
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain("another version of the preprocessing");
    const tokenizer = join(into("gpt2"), "tokenizer_config.json");
    const config = await readFile(tokenizer, "utf8");
    await writeFile(tokenizer, config.replace('"regionformer_tokenizer": "1"', '"regionformer_tokenizer": "0"'));
    await expect(loadTokenizer(into("gpt2"), 400)).rejects.toThrow("another version of the program");
  });
});
