/** A page of this package in a real browser: bundled, served from this machine with the headers that threads need. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";

const top = fileURLToPath(new URL("../../", import.meta.url));
const types = { html: "text/html", js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" };

/** What a page does: opens the describer from fetched bytes, and describes a film as often as it is asked. */
const program = `
import * as ort from "onnxruntime-web/webgpu";
import { openDescriber, openWebRuntime, unitBox } from "${top}dist/web.js";
const silent = { log: { info() {}, warn() {} } };
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const text = async (path) => (await fetch(path)).text();
const model = async (dir) => ({
  weights: await bytes(dir + "/model.safetensors"),
  config: await text(dir + "/config.json"),
});
globalThis.describeAll = async ({ device, threads, film, boxes, rounds }) => {
  const start = performance.now();
  const runtime = await openWebRuntime(ort, { device, threads, wasmPaths: "/engine/" }, silent);
  const describer = await openDescriber(runtime, {
    checkpoint: await bytes("/models/tiny-regionformer/checkpoints/best.safetensors"),
    encoder: { ...(await model("/models/tiny-clip")), preprocessor: await text("/models/tiny-clip/preprocessor_config.json") },
    decoder: {
      ...(await model("/models/tiny-gpt2")),
      tokenizer: await text("/models/tiny-gpt2/tokenizer.json"),
      tokenizerConfig: await text("/models/tiny-gpt2/tokenizer_config.json"),
    },
  });
  const loadSeconds = (performance.now() - start) / 1000;
  const pixels = new Uint16Array((await bytes("/film")).buffer);
  const places = boxes.map((box) => unitBox(...box));
  const seconds = [];
  let description;
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    description = await describer.describe({ ...film, pixels }, places);
    seconds.push((performance.now() - before) / 1000);
  }
  const [best] = description.captions;
  return { runtime: runtime.description, loadSeconds, seconds, text: best.text, score: best.score };
};
`;

async function bundle() {
  const entry = {
    name: "program",
    resolveId: (id) => (id === "program" ? `${top}program.js` : null),
    load: (id) => (id === `${top}program.js` ? program : null),
  };
  const built = await rolldown({ input: "program", plugins: [entry], platform: "browser", logLevel: "silent" });
  const { output } = await built.generate({ format: "esm", minify: true });
  return Buffer.from(output[0].code);
}

/** @returns a page whose `describeAll` answers, the bytes it loads by kind, and how to close it all */
export async function openPage(film) {
  const code = await bundle();
  const loaded = new Map();
  const files = async (path) => {
    if (path === "/") return ["html", Buffer.from('<!doctype html><script type="module" src="/page.js"></script>')];
    if (path === "/page.js") return ["js", code];
    if (path === "/film")
      return ["bin", Buffer.from(film.pixels.buffer, film.pixels.byteOffset, film.pixels.byteLength)];
    const [, place, name] = /^\/(engine|models)\/([\w./-]+)$/.exec(path) ?? [];
    if (place === undefined || name.includes("..")) return undefined;
    const at = place === "engine" ? `${top}node_modules/onnxruntime-web/dist/${name}` : `${top}models/${name}`;
    return [name.split(".").at(-1), await readFile(at)];
  };
  const server = createServer((request, response) => {
    files(request.url).then(
      (found) => {
        if (found === undefined) return response.writeHead(404).end();
        const [kind, body] = found;
        loaded.set(request.url, body.length);
        response.writeHead(200, {
          "Content-Type": types[kind] ?? "application/octet-stream",
          "Cross-Origin-Opener-Policy": "same-origin",
          "Cross-Origin-Embedder-Policy": "require-corp",
        });
        return response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
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
  return {
    run: (options) => page.evaluate((options) => globalThis.describeAll(options), options),
    version: browser.version(),
    loaded: () => ({ code: sum("/page.js"), engine: sum("/engine/"), models: sum("/models/") }),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
