/** From a film's file to its embedding, against Pillow, torchvision and transformers' CLIP ViT-B/32: 210 films, 50 masks. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode as encodePng } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Encoder, openEncoder } from "../../src/features/index.ts";
import { filmInput, type GreyImage, maskInput, unitBox } from "../../src/images/index.ts";
import { readFilm } from "../../src/images/node/index.ts";
import { encoderShapes, parseClipConfig } from "../../src/models/clip/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectWithin } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { mulberry32, portableWeights } from "../support/portable.ts";

interface Films {
  readonly boxes: [number, number, number, number][][];
  readonly drawn: readonly {
    readonly seed: number;
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 2 | 3 | 4;
    readonly bits: 8 | 16;
  }[];
}

const fixture = (name: string) => fileURLToPath(new URL(`../golden/images/${name}`, import.meta.url));
const { boxes, drawn } = JSON.parse(readFileSync(fixture("manifest.json"), "utf8")) as Films;
const golden = readGolden<{ seed: string; config: object; files: string[]; drawn: number }>("embeddings");
const { seed, files } = golden.manifest;
const config = parseClipConfig({ model_type: "clip_vision_model", ...golden.manifest.config }, seed);
const C = config.projectionWidth;
const view = { fit: "crop", side: config.imageSize } as const;

function expectCosines(found: readonly Float32Array[], expected: Float32Array): void {
  expect(found.length * C).toBe(expected.length);
  const cosines = found.map((vector, i) => vector.reduce((sum, value, j) => sum + value * expected[i * C + j]!, 0));
  const ones = cosines.map(() => 1);
  expectWithin(cosines, ones, "cosine");
}

describe("embeddings of the golden films", () => {
  let folder: string;
  let encoder: Encoder;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "embeddings-"));
    const weights = portableWeights(seed, Object.fromEntries(encoderShapes(config)));
    encoder = await openEncoder(openRuntime(), config, weights, 8);
  });
  afterAll(async () => {
    await encoder[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  async function embed(squares: readonly GreyImage[]): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let i = 0; i < squares.length; i += 8) vectors.push(...(await encoder.encode(squares.slice(i, i + 8))));
    return vectors;
  }

  it("have a cosine of one with those of the PyTorch pipeline", async () => {
    const squares: GreyImage[] = [];
    for (const file of files) squares.push(filmInput(await readFilm(fixture(file)), view));
    for (const { seed, width, height, channels, bits } of drawn) {
      const values = mulberry32(seed, width * height * channels).map((draw) => draw % 2 ** bits);
      const data = bits === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
      const path = join(folder, `${seed}.png`);
      await writeFile(path, encodePng({ width, height, channels, depth: bits, data }));
      squares.push(filmInput(await readFilm(path), view));
    }
    const vectors = await embed(squares);
    expect(vectors).toHaveLength(files.length + drawn.length);
    expectCosines(vectors, golden.array("films").data);
  });

  it("of masks too", async () => {
    const squares: GreyImage[] = [];
    for (const [i, file] of files.entries()) {
      const film = await readFilm(fixture(file));
      const drawn = boxes[i % boxes.length]!.map((corners) => unitBox(...corners));
      squares.push(maskInput(drawn, film, view));
    }
    expectCosines(await embed(squares), golden.array("masks").data);
  });

  it("tell films apart: the cosine of neighbours is below the tolerance", () => {
    const { data } = golden.array("films");
    const row = (i: number) => data.subarray(i * C, (i + 1) * C);
    const neighbours = Array.from({ length: files.length + drawn.length - 1 }, (_, i) =>
      row(i).reduce((sum, v, j) => sum + v * row(i + 1)[j]!, 0),
    );
    const alike = neighbours.filter((cosine) => cosine >= 1 - 1e-5);
    // Flat films are black, and some files are made to give the same levels.
    expect(alike.length).toBeLessThan(15);
  });
});
