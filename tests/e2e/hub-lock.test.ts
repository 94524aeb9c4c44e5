/** Two processes that pull the same repository: one downloads, the other is told so; a killed one leaves no lock behind. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startProgram } from "../support/child-program.ts";

const commit = "2".repeat(40);
const config = Buffer.from('{"model_type":"gpt2"}');
const weights = Buffer.alloc(200_000, 7);
const half = weights.length / 2;
const listing = {
  sha: commit,
  siblings: [
    { rfilename: "config.json", size: config.length, blobId: gitBlob(config) },
    {
      rfilename: "model.safetensors",
      size: weights.length,
      blobId: gitBlob(weights),
      lfs: { sha256: createHash("sha256").update(weights).digest("hex"), size: weights.length },
    },
  ],
};

function gitBlob(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

let folder: string;
let server: Server;
let env: Record<string, string>;
/** Answers to requests for the weights that have got one half and wait for the other. */
let waiting: ServerResponse[];
let onHalf: () => void;
let ranges: string[];

/** The hub's two routes; the first answer with weights stops in the middle. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hub-lock-"));
  waiting = [];
  ranges = [];
  server = createServer((request, response) => {
    const url = request.url!;
    if (url.startsWith("/api/models/owner/model/revision/main")) return response.end(JSON.stringify(listing));
    if (url.endsWith("/config.json")) return response.end(config);
    const range = request.headers.range;
    ranges.push(range ?? "whole");
    if (ranges.length === 1) {
      response.writeHead(200, { "content-length": weights.length }).write(weights.subarray(0, half), onHalf);
      return waiting.push(response);
    }
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const headers = { "content-range": `bytes ${from}-${weights.length - 1}/${weights.length}` };
    return response.writeHead(from > 0 ? 206 : 200, from > 0 ? headers : {}).end(weights.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  env = { HF_ENDPOINT: endpoint, HF_HUB_CACHE: join(folder, "hub"), HF_HUB_OFFLINE: "" };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const pull = () => startProgram(["models", "pull", "owner/model", "--json"], env);

/** A pull whose weights are half there. */
async function halfPulled() {
  const reached = new Promise<void>((resolve) => {
    onHalf = resolve;
  });
  const started = pull();
  await reached;
  return started;
}

async function expectPulled({ stdout }: { readonly stdout: string }): Promise<void> {
  const { folder: dir } = JSON.parse(stdout) as { folder: string };
  expect((await readFile(join(dir, "model.safetensors"))).equals(weights)).toBe(true);
}

describe("models pull", () => {
  it("refuses a second process, and the first one finishes", async () => {
    const first = await halfPulled();
    const second = await pull().ended;
    expect(second.exitCode).not.toBe(0);
    expect(second.stderr).toMatch(/The cache of owner\/model is in use by another process/);
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    waiting[0]!.end(weights.subarray(half));
    const ended = await first.ended;
    expect(ended.exitCode, ended.stderr).toBe(0);
    await expectPulled(ended);
    expect(ranges).toEqual(["whole"]);
  });

  it("goes on after a process that was killed", async () => {
    const first = await halfPulled();
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await pull().ended;
    expect(second.exitCode, second.stderr).toBe(0);
    await expectPulled(second);
    expect(ranges).toHaveLength(2);
  });
});
