/** `models pull` against a server that speaks the hub's routes, and everything that can go wrong on the way. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError, InterruptedError, ModelError, UsageError } from "../../../base/errors.ts";
import { silentReporter } from "../../../base/reporter.ts";
import { type PullOptions, pullModel } from "./pull.ts";
import { hubSettings } from "./settings.ts";

const name = "owner/model";
const commit = "1".repeat(40);
const weights = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24));
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const gitBlob = (bytes: Uint8Array) => createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

const stored: Record<string, Buffer> = {
  "config.json": Buffer.from('{"model_type":"gpt2"}'),
  "tokenizer.json": Buffer.from("{}"),
  "model.safetensors": weights,
  "pytorch_model.bin": Buffer.from("the same weights in another format"),
  "onnx/model.onnx": Buffer.from("something else"),
  "README.md": Buffer.from("# model"),
};
const large = new Set(["model.safetensors", "pytorch_model.bin"]);

const listing = () => ({
  sha: commit,
  tags: ["license:mit", "gpt2"],
  siblings: Object.entries(stored).map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    blobId: gitBlob(bytes),
    ...(large.has(rfilename) ? { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {}),
  })),
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let address: string;
let seen: IncomingMessage[];
/** What a test puts in front of the well-behaved routes; true when it has answered. */
let trouble: (request: IncomingMessage, response: ServerResponse) => boolean;

const refuse =
  (status: number, code?: string): Handler =>
  (_, response) => {
    response.writeHead(status, code === undefined ? {} : { "x-error-code": code }).end();
  };

const hub: Handler = (request, response) => {
  seen.push(request);
  if (trouble(request, response)) return;
  const { pathname } = new URL(request.url!, address);
  if (pathname === `/api/models/${name}/revision/main` || pathname === `/api/models/${name}/revision/${commit}`) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(listing()));
    return;
  }
  const [, path] = new RegExp(`^/${name}/resolve/${commit}/(.+)$`).exec(pathname) ?? [];
  const bytes = path === undefined ? undefined : stored[decodeURIComponent(path)];
  if (bytes === undefined) return refuse(404, "RepoNotFound")(request, response);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const range = from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
  response
    .writeHead(from > 0 ? 206 : 200, { ...range, "content-length": bytes.length - from })
    .end(bytes.subarray(from));
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hub-"));
  seen = [];
  trouble = () => false;
  server = createServer(hub);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const settings = (more: Partial<PullOptions["settings"]> = {}) => ({
  endpoint: address,
  token: undefined,
  cacheDir: join(folder, "hub"),
  offline: false,
  ...more,
});

const pull = (options: Partial<PullOptions> = {}, repository = name) =>
  pullModel(repository, {
    revision: "main",
    everything: false,
    settings: settings(),
    reporter: silentReporter,
    connection: { patience: 1 },
    ...options,
  });

const cached = (...parts: string[]) => join(folder, "hub", "models--owner--model", ...parts);
const isWeights = ({ url }: IncomingMessage) => url!.endsWith("/model.safetensors");

describe("a pull", () => {
  it("makes a model folder in the layout that Hugging Face's tools share, of the files that are used", async () => {
    const pulled = await pull();
    expect(pulled).toMatchObject({ commit, license: "mit", folder: cached("snapshots", commit) });
    const files = ["README.md", "config.json", "model.safetensors", "tokenizer.json"];
    expect((await readdir(pulled.folder)).sort()).toEqual(files);
    expect((await readFile(join(pulled.folder, "model.safetensors"))).equals(weights)).toBe(true);
    expect(await readlink(join(pulled.folder, "config.json"))).toBe(`../../blobs/${gitBlob(stored["config.json"]!)}`);
    expect(await readFile(cached("refs", "main"), "utf8")).toBe(commit);
    expect(existsSync(cached("blobs", sha256(weights)))).toBe(true);
    expect(pulled.downloaded).toBe(files.reduce((sum, file) => sum + stored[file]!.length, 0));
  });

  it("asks only for the listing when everything is there", async () => {
    await pull();
    seen = [];
    expect((await pull()).downloaded).toBe(0);
    expect(seen).toHaveLength(1);
  });

  it("takes every file when asked to, in folders too", async () => {
    const { folder: dir } = await pull({ everything: true });
    expect(await readFile(join(dir, "onnx", "model.onnx"), "utf8")).toBe("something else");
  });

  it("takes one file alone when asked to", async () => {
    const pulled = await pull({ file: "onnx/model.onnx" });
    expect(pulled.files).toEqual(["onnx/model.onnx"]);
    expect(await readdir(pulled.folder)).toEqual(["onnx"]);
    await expect(pull({ file: "model.onnx" })).rejects.toThrow(/no such file[\s\S]*expected: model\.onnx/);
  });

  it("reports progress in megabytes up to the total", async () => {
    const counts: number[] = [];
    let announced = 0;
    const progress = (_: string, total: number) => {
      announced = total;
      return { advance: (count = 1) => counts.push(count), done: () => {} };
    };
    await pull({ reporter: { ...silentReporter, progress } });
    expect(announced).toBe(4);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(3);
  });

  it("sends the token to the hub, and not to the host that a file is redirected to", async () => {
    const elsewhere: IncomingMessage[] = [];
    const store = createServer((request, response) => {
      elsewhere.push(request);
      response.end(weights);
    });
    await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
    trouble = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(302, { location: `http://localhost:${(store.address() as AddressInfo).port}/x` }).end();
      return true;
    };
    await pull({ settings: settings({ token: "hf_secret" }) });
    store.closeAllConnections();
    store.close();
    expect(new Set(seen.map(({ headers }) => headers.authorization))).toEqual(new Set(["Bearer hf_secret"]));
    expect(elsewhere.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });
});

describe("offline", () => {
  it("finds what was pulled, by branch and by commit, and asks nobody", async () => {
    await pull();
    seen = [];
    const offline = settings({ offline: true });
    expect((await pull({ settings: offline })).folder).toBe(cached("snapshots", commit));
    expect((await pull({ settings: offline, revision: commit })).folder).toBe(cached("snapshots", commit));
    expect(seen).toEqual([]);
    await expect(pull({ settings: offline, revision: "other" })).rejects.toThrow(/not in the cache/);
  });

  it("does not take a snapshot of other files for the model, or for another file", async () => {
    const offline = settings({ offline: true });
    await pull({ file: "onnx/model.onnx" });
    await expect(pull({ settings: offline })).rejects.toThrow(/a file of weights[\s\S]*onnx\/model\.onnx in/);
    await expect(pull({ settings: offline, file: "config.json" })).rejects.toThrow(/expected: config\.json/);
    expect((await pull({ settings: offline, file: "onnx/model.onnx" })).files).toEqual(["onnx/model.onnx"]);
    await pull();
    expect((await pull({ settings: offline })).files).toContain("model.safetensors");
  });
});

describe("a connection", () => {
  it("that is cut goes on where it stopped, within a pull", async () => {
    let cuts = 0;
    trouble = (request, response) => {
      if (!isWeights(request) || cuts === 3) return false;
      cuts++;
      const from = Number(/(\d+)/.exec(request.headers.range ?? "0")![1]);
      const range = from > 0 ? { "content-range": `bytes ${from}-${weights.length - 1}/${weights.length}` } : {};
      response.writeHead(from > 0 ? 206 : 200, { ...range, "content-length": weights.length - from });
      response.write(weights.subarray(from, from + 700_000), () => setTimeout(() => response.destroy(), 20));
      return true;
    };
    const { folder: dir } = await pull();
    const ranges = seen.filter(isWeights).map(({ headers }) => headers.range);
    expect(ranges).toHaveLength(4);
    expect(ranges[0]).toBeUndefined();
    for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=[1-9]\d+-$/);
    expect((await readFile(join(dir, "model.safetensors"))).equals(weights)).toBe(true);
  });

  it("that breaks before any answer is tried again, and given up in the end", async () => {
    let broken = 0;
    trouble = (request, response) => {
      if (!isWeights(request)) return false;
      broken++;
      response.destroy();
      return true;
    };
    await expect(pull({ connection: { patience: 1, retries: 2 } })).rejects.toThrow(/broke again and again/);
    expect(broken).toBeGreaterThanOrEqual(3);
    expect(existsSync(cached("blobs", sha256(weights)))).toBe(false);
  });

  it("without a byte for too long counts as broken", async () => {
    let silent = true;
    trouble = (request, response) => {
      if (!isWeights(request) || !silent) return false;
      silent = false;
      response.writeHead(200, { "content-length": weights.length });
      response.write(weights.subarray(0, 1000));
      return true;
    };
    await pull({ connection: { patience: 1, idle: 100 } });
    expect(seen.filter(isWeights)).toHaveLength(2);
  });

  it("to a server without ranges starts again from the first byte", async () => {
    await mkdir(cached("blobs"), { recursive: true });
    await writeFile(cached("blobs", `${sha256(weights)}.incomplete`), weights.subarray(0, 1_000_000));
    trouble = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(200, { "content-length": weights.length }).end(weights);
      return true;
    };
    const { folder: dir } = await pull();
    expect((await readFile(join(dir, "model.safetensors"))).equals(weights)).toBe(true);
  });

  it("goes on with what an earlier pull left behind", async () => {
    await mkdir(cached("blobs"), { recursive: true });
    await writeFile(cached("blobs", `${sha256(weights)}.incomplete`), weights.subarray(0, 1_000_000));
    await pull();
    expect(seen.find(isWeights)!.headers.range).toBe("bytes=1000000-");
  });

  it("that the user interrupts keeps what has come", async () => {
    const stop = new AbortController();
    trouble = (request, response) => {
      if (!isWeights(request)) return false;
      response.writeHead(200, { "content-length": weights.length });
      response.write(weights.subarray(0, 500_000), () => setTimeout(() => stop.abort(), 50));
      return true;
    };
    await expect(pull({ reporter: { ...silentReporter, signal: stop.signal } })).rejects.toThrow(InterruptedError);
    expect((await readFile(cached("blobs", `${sha256(weights)}.incomplete`))).length).toBe(500_000);
  });
});

describe("what is refused", () => {
  it("bytes with another hash: they are removed, and a later pull succeeds", async () => {
    let wrong = true;
    trouble = (request, response) => {
      if (!isWeights(request) || !wrong) return false;
      wrong = false;
      const bytes = Buffer.from(weights);
      bytes[1_500_000]! ^= 1;
      response.writeHead(200, { "content-length": bytes.length }).end(bytes);
      return true;
    };
    const error = await pull().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toMatch(/not the one the hub announced.*model\.safetensors.*sha256/s);
    expect((await readdir(cached("blobs"))).some((file) => file.startsWith(sha256(weights)))).toBe(false);
    await pull();
    expect((await readFile(cached("blobs", sha256(weights)))).equals(weights)).toBe(true);
  });

  it("a full disk: the error names the file and what to do", async () => {
    await mkdir(cached("blobs"), { recursive: true });
    await symlink("/dev/full", cached("blobs", `${sha256(weights)}.incomplete`)); // every write to it fails with ENOSPC
    const error = await pull().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toMatch(/could not be written.*\.incomplete.*ENOSPC.*Make room/s);
  });

  it.each<[string, Handler, RegExp]>([
    ["a gated repository", refuse(401, "GatedRepo"), /gated.*no token.*Ask for access at .*owner\/model/s],
    ["a repository that is not there", refuse(404, "RepoNotFound"), /no such repository/],
    ["a private repository without a token", refuse(401, "RepoNotFound"), /no such repository, or it is private/],
    ["a wrong token", refuse(401), /refuses access.*status 401/s],
    ["a revision that is not there", refuse(404, "RevisionNotFound"), /no such revision/],
  ])("%s", async (_, handler, message) => {
    trouble = (request, response) => {
      handler(request, response);
      return true;
    };
    const error = await pull().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ModelError);
    expect(String(error)).toMatch(message);
  });

  it("a gated repository says so to a token without access, and does not show the token", async () => {
    trouble = (request, response) => {
      refuse(403, "GatedRepo")(request, response);
      return true;
    };
    const error = await pull({ settings: settings({ token: "hf_secret" }) }).catch((error: unknown) => error);
    expect(String(error)).toMatch(/a token whose owner has no access/);
    expect(String(error)).not.toContain("hf_secret");
  });

  it("a hub that fails, one that cannot be reached, and an answer that is none", async () => {
    trouble = (request, response) => {
      refuse(503)(request, response);
      return true;
    };
    await expect(pull()).rejects.toThrow(/hub failed.*503/s);
    trouble = (_, response) => {
      response.end("<html>");
      return true;
    };
    await expect(pull()).rejects.toThrow(/not understood/);
    const nobody = settings({ endpoint: "http://127.0.0.1:9" });
    await expect(pull({ settings: nobody })).rejects.toThrow(/cannot be reached/);
  });

  it("a repository without weights", async () => {
    trouble = (_, response) => {
      const answer = listing();
      response.end(
        JSON.stringify({ ...answer, siblings: answer.siblings.filter(({ rfilename }) => rfilename === "README.md") }),
      );
      return true;
    };
    await expect(pull()).rejects.toThrow(/no weights that can be read/);
  });

  it.each(["../outside", "/etc/passwd", "a/../../b", "a\\b", "a//b", "C:x"])("a file called %s", async (path) => {
    trouble = (_, response) => {
      const answer = listing();
      response.end(JSON.stringify({ ...answer, siblings: [{ ...answer.siblings[0], rfilename: path }] }));
      return true;
    };
    await expect(pull({ everything: true })).rejects.toThrow(/name that is not usable/);
  });

  it.each(["a/b/c", "../x", "a/..", "", "a--b", "a b"])("the repository name %s", async (repository) => {
    await expect(pull({}, repository)).rejects.toThrow(UsageError);
    await expect(pull({ revision: `${repository}/..` })).rejects.toThrow(UsageError);
  });
});

describe("settings", () => {
  it("come from the variables of Hugging Face's tools", async () => {
    const home = join(folder, "home");
    await mkdir(home);
    expect(await hubSettings({ HF_HOME: home })).toEqual({
      endpoint: "https://huggingface.co",
      token: undefined,
      cacheDir: join(home, "hub"),
      offline: false,
    });
    await writeFile(join(home, "token"), "hf_saved\n");
    const all = { HF_HOME: home, HF_ENDPOINT: "https://mirror.example/hub/", HF_HUB_OFFLINE: "1", HF_HUB_CACHE: "/c" };
    expect(await hubSettings(all)).toEqual({
      endpoint: "https://mirror.example/hub",
      token: "hf_saved",
      cacheDir: "/c",
      offline: true,
    });
    expect((await hubSettings({ HF_HOME: home, HF_TOKEN: "hf_given" })).token).toBe("hf_given");
    await expect(hubSettings({ HF_ENDPOINT: "huggingface.co" })).rejects.toThrow(/HF_ENDPOINT/);
  });
});
