/** Figures as PNG: the SVG drawn with the font that comes with the package, so that every machine draws the same. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** `fonts/` of the package, from the sources and from their compiled form alike. */
const fontPath = fileURLToPath(new URL("../../../fonts/roboto/Roboto-Regular.ttf", import.meta.url));

let ready: Promise<Uint8Array> | undefined;

/** Starts the renderer once a process; gives the font. */
async function start(): Promise<Uint8Array> {
  await initWasm(await readFile(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm")));
  return readFile(fontPath);
}

/** @param width of the picture in pixels */
export async function figurePng(svg: string, width: number): Promise<Uint8Array> {
  ready ??= start();
  const font = await ready;
  const renderer = new Resvg(svg, {
    background: "#fff",
    fitTo: { mode: "width", value: width },
    font: { fontBuffers: [font], defaultFontFamily: "Roboto", sansSerifFamily: "Roboto" },
  });
  try {
    return renderer.render().asPng();
  } finally {
    renderer.free();
  }
}
