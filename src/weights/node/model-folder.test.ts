import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { float32 } from "../../base/arrays.ts";
import { DataError, ModelError } from "../../base/errors.ts";
import { hashModelFolder, openModelFolder, readWeights, writeModelFolder } from "./model-folder.ts";
import { readSafetensors, SafetensorsFile, writePlannedTensors, writeSafetensors } from "./safetensors.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "model-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
const weights = new Map([["w", float32([2], [1, 2])]]);
const putWeights = () => writeSafetensors(join(folder, "model.safetensors"), weights);

const putIndex = (map: Record<string, string>) =>
  put("model.safetensors.index.json", JSON.stringify({ metadata: { total_size: 16 }, weight_map: map }));
const putShards = async () => {
  await writeSafetensors(join(folder, "a.safetensors"), weights);
  await writeSafetensors(join(folder, "b.safetensors"), new Map([["v", float32([2], [3, 4])]]));
};

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
      "has an empty pytorch_model.bin",
      () => Promise.all([put("config.json", "{}"), put("pytorch_model.bin", "")]),
      DataError,
      /pytorch_model\.bin/,
    ],
    [
      "has an index without a map",
      () => Promise.all([put("config.json", "{}"), put("model.safetensors.index.json", "{}")]),
      DataError,
      /index.*weight_map/s,
    ],
    [
      "has an index that leads out of the folder",
      () => Promise.all([put("config.json", "{}"), putIndex({ w: "../w.safetensors" })]),
      DataError,
      /beside it/,
    ],
    [
      "has an index with a file that is not there",
      () => Promise.all([put("config.json", "{}"), putIndex({ w: "part.safetensors" })]),
      DataError,
      /part\.safetensors.*ENOENT/s,
    ],
    [
      "has an index with a tensor that its file does not have",
      () => Promise.all([put("config.json", "{}"), putShards(), putIndex({ w: "a.safetensors", v: "a.safetensors" })]),
      DataError,
      /a\.safetensors, tensor "v"/,
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

describe("weights in several files", () => {
  it("are read as one, and all of them make the hash", async () => {
    await put("config.json", "{}");
    await putShards();
    await putIndex({ w: "a.safetensors", v: "b.safetensors" });
    const opened = await openModelFolder(folder);
    expect([...opened.entries.keys()]).toEqual(["w", "v"]);
    const read = await readWeights(opened, new Map([["v", [2]]]));
    expect([...read.get("v")!.data]).toEqual([3, 4]);
    const before = await hashModelFolder(opened);
    await writeSafetensors(join(folder, "b.safetensors"), new Map([["v", float32([2], [3, 5])]]));
    expect(await hashModelFolder(await openModelFolder(folder))).not.toBe(before);
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
