/** A page of this package in a real browser: bundled, served from this machine with the headers that threads need. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";

const top = fileURLToPath(new URL("../../", import.meta.url));
const types = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

/** The build of the engine for each device: WebAssembly alone is half as large as with WebGPU. */
const engines = { wasm: "onnxruntime-web/wasm", webgpu: "onnxruntime-web/webgpu" };

/** What a page does: opens the describer from fetched bytes, and describes a film as often as it is asked. */
const program = (device) => `
import * as ort from "${engines[device]}";
import { openDescriber, openWebRuntime, unitBox } from "${top}dist/web.js";
const silent = { log: { info() {}, warn() {} } };
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const text = async (path) => (await fetch(path)).text();
const model = async (dir) => ({
  weights: await bytes(dir + "/model.safetensors"),
  config: await text(dir + "/config.json"),
});
const secondsFrom = (start) => (performance.now() - start) / 1000;
globalThis.describeAll = async ({ threads, film, boxes, rounds }) => {
  const start = performance.now();
  const runtime = await openWebRuntime(ort, { device: "${device}", threads, wasmPaths: "/engine/" }, silent);
  const files = {
    checkpoint: await bytes("/models/checkpoints/best.safetensors"),
    encoder: { ...(await model("/models/encoder")), preprocessor: await text("/models/encoder/preprocessor_config.json") },
    decoder: {
      ...(await model("/models/decoder")),
      tokenizer: await text("/models/decoder/tokenizer.json"),
      tokenizerConfig: await text("/models/decoder/tokenizer_config.json"),
    },
  };
  const fetchSeconds = secondsFrom(start);
  const describer = await openDescriber(runtime, files);
  const loadSeconds = secondsFrom(start);
  const pixels = new Uint16Array((await bytes("/film")).buffer);
  const places = boxes.map((box) => unitBox(...box));
  const seconds = [];
  let description;
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    description = await describer.describe({ ...film, pixels }, places);
    seconds.push(secondsFrom(before));
  }
  const [best] = description.captions;
  return { runtime: runtime.description, loadSeconds, fetchSeconds, seconds, text: best.text, score: best.score };
};
`;

async function bundle(device) {
  const entry = {
    name: "program",
    resolveId: (id) => (id === "program" ? `${top}program.js` : null),
    load: (id) => (id === `${top}program.js` ? program(device) : null),
  };
  const built = await rolldown({ input: "program", plugins: [entry], platform: "browser", logLevel: "silent" });
  const { output } = await built.generate({ format: "esm", minify: true });
  return Buffer.from(output[0].code);
}

/** Peak memory of a process in GB, where the system tells. */
async function peakOf(process) {
  const status = await readFile(`/proc/${process}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1e6;
}

/**
 * @param models a folder of `models bundle`
 * @param device "wasm" or "webgpu"
 * @returns a page whose `describeAll` answers, what it took, and how to close it all
 */
export async function openPage(film, models, device) {
  const code = await bundle(device);
  const pixels = Buffer.from(film.pixels.buffer, film.pixels.byteOffset, film.pixels.byteLength);
  const loaded = new Map();
  const made = {
    "/": ["html", Buffer.from('<!doctype html><script type="module" src="/page.js"></script>')],
    "/page.js": ["js", code],
    "/film": ["bin", pixels],
  };
  const pathOf = (url) => {
    const [, place, name] = /^\/(engine|models)\/([\w./-]+)$/.exec(url) ?? [];
    if (place === undefined || name.includes("..")) return undefined;
    return place === "engine" ? `${top}node_modules/onnxruntime-web/dist/${name}` : `${models}/${name}`;
  };
  const answer = async ({ url }, response) => {
    const path = pathOf(url);
    const [kind, body] = made[url] ?? [path?.split(".").at(-1)];
    const size = body?.length ?? (path && (await stat(path).catch(() => undefined))?.size);
    if (size === undefined) return response.writeHead(404).end();
    loaded.set(url, size);
    response.writeHead(200, {
      "Content-Type": types[kind] ?? "application/octet-stream",
      "Content-Length": size,
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    return body === undefined ? createReadStream(path).pipe(response) : response.end(body);
  };
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"],
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => globalThis.describeAll !== undefined);
  const sum = (prefix) => [...loaded].reduce((total, [path, size]) => total + (path.startsWith(prefix) ? size : 0), 0);
  const system = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  };
  return {
    run: (options) => page.evaluate((options) => globalThis.describeAll(options), options),
    version: browser.version(),
    /** Peak memory in GB of the process that the page runs in. */
    peakGB: async () => Math.max(...(await Promise.all((await renderers()).map(peakOf)))),
    /** Bytes that the page loaded, by kind. */
    loaded: () => ({ code: sum("/page.js"), engine: sum("/engine/"), models: sum("/models/") }),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
