import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { float32 } from "../../base/arrays.ts";
import { DataError, ModelError } from "../../base/errors.ts";
import { hashModelFolder, openModelFolder, writeModelFolder } from "./model-folder.ts";
import { readSafetensors, SafetensorsFile, writePlannedTensors, writeSafetensors } from "./safetensors.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "model-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
const weights = new Map([["w", float32([2], [1, 2])]]);
const putWeights = () => writeSafetensors(join(folder, "model.safetensors"), weights);

async function refusal(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error("nothing was refused"),
    (error: Error) => error,
  );
}

describe("a model folder that cannot be opened", () => {
  it.each<[string, () => Promise<unknown>, typeof ModelError | typeof DataError, RegExp]>([
    ["does not exist", () => rm(folder, { recursive: true }), ModelError, /not exist/],
    ["has no config.json", putWeights, ModelError, /no config\.json/],
    ["has a cut config.json", () => Promise.all([put("config.json", '{"a":'), putWeights()]), DataError, /JSON object/],
    [
      "has a list as config.json",
      () => Promise.all([put("config.json", "[]"), putWeights()]),
      DataError,
      /JSON object/,
    ],
    ["has a folder as config.json", () => mkdir(join(folder, "config.json")), DataError, /EISDIR/],
    ["has no weights", () => put("config.json", "{}"), ModelError, /no model\.safetensors/],
    [
      "has PyTorch's weights only",
      () => Promise.all([put("config.json", "{}"), put("pytorch_model.bin", "")]),
      ModelError,
      /pytorch_model\.bin.*save_pretrained/s,
    ],
    [
      "has shards",
      () => Promise.all([put("config.json", "{}"), put("model.safetensors.index.json", "{}")]),
      ModelError,
      /shards/,
    ],
    [
      "has damaged weights",
      () => Promise.all([put("config.json", "{}"), put("model.safetensors", "not a weights file")]),
      DataError,
      /model\.safetensors/,
    ],
    [
      "has a folder as weights",
      () => Promise.all([put("config.json", "{}"), mkdir(join(folder, "model.safetensors"))]),
      DataError,
      /no file/,
    ],
  ])("%s", async (_, arrange, kind, message) => {
    await arrange();
    const error = await refusal(openModelFolder(folder));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });
});

describe("a model folder's hash", () => {
  it("depends on configuration and weights, and on nothing else", async () => {
    const hash = async () => hashModelFolder(await openModelFolder(folder));
    await put("config.json", "{}");
    await putWeights();
    const first = await hash();
    await put("README.md", "anything");
    expect(await hash()).toBe(first);
    await put("config.json", "{ }");
    const second = await hash();
    expect(second).not.toBe(first);
    await writeSafetensors(join(folder, "model.safetensors"), new Map([["w", float32([2], [1, 3])]]));
    expect(await hash()).not.toBe(second);
  });
});

describe("writing", () => {
  it("leaves nothing of the weights behind when it fails", async () => {
    const failing = {
      name: "z",
      dtype: "float32" as const,
      shape: [1],
      data: () => {
        throw new Error("no more");
      },
    };
    const good = { name: "a", dtype: "float32" as const, shape: [1], data: () => Float32Array.of(1) };
    const error = await refusal(writeModelFolder(folder, { "config.json": {} }, [good, failing]));
    expect(error.message).toBe("no more");
    expect(await readdir(folder)).toEqual(["config.json"]);
  });

  it("refuses data that do not fill their shape", async () => {
    const short = { name: "a", dtype: "float32" as const, shape: [2], data: () => Float32Array.of(1) };
    const error = await refusal(writePlannedTensors(join(folder, "x.safetensors"), [short]));
    expect(error.message).toMatch(/"a".*8 bytes.*4 bytes/s);
  });
});

describe("a weights file", () => {
  it("that is missing is an error with its path", async () => {
    const error = await refusal(readSafetensors(join(folder, "none.safetensors")));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/none\.safetensors.*ENOENT/s);
  });

  it("says so when a tensor that is asked for is not there", async () => {
    await putWeights();
    await using file = await SafetensorsFile.open(join(folder, "model.safetensors"));
    const error = await refusal(file.read("v"));
    expect(error).toBeInstanceOf(ModelError);
    expect(error.message).toMatch(/tensor "v"/);
  });

  it("that became shorter after its header was read is noticed", async () => {
    await putWeights();
    const path = join(folder, "model.safetensors");
    await using file = await SafetensorsFile.open(path);
    await writeFile(path, "short");
    const error = await refusal(file.read("w"));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(/became shorter/);
  });
});
