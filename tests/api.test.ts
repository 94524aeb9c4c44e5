/** The package's public names: a change here is a change for everybody who uses it. */
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import * as entry from "../src/index.ts";

it("the entry exports exactly these values", () => {
  expect(Object.keys(entry).sort()).toEqual([
    "Describer",
    "openDescriber",
    "pixelBox",
    "pixelToUnit",
    "readFilm",
    "unitBox",
  ]);
});

it("package.json points to the built entry", async () => {
  const { exports } = JSON.parse(await readFile("package.json", "utf8")) as { exports: Record<string, object> };
  expect(Object.keys(exports)).toEqual([".", "./metrics", "./web", "./package.json"]);
  expect(exports["."]).toEqual({ types: "./dist/index.d.ts", default: "./dist/index.js" });
});
