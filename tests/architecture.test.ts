import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importTable } from "./architecture/import-table.ts";
import { cycles, fileEdges, folderEdges, importsOf, type SourceFiles, violations } from "./architecture/imports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

function readSources(): SourceFiles {
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return new Map(
    names.map((name) => [`src/${name.split(sep).join("/")}`, readFileSync(join(root, "src", name), "utf8")]),
  );
}

/** Made-up sources: each file with the specifiers it imports. */
function made(files: Readonly<Record<string, readonly string[]>>): SourceFiles {
  return new Map(
    Object.entries(files).map(([path, specifiers]) => [
      path,
      specifiers.map((specifier) => `import { x } from "${specifier}";`).join("\n"),
    ]),
  );
}

describe("the sources", () => {
  const files = readSources();

  it("are found", () => {
    expect(files.has("src/base/errors.ts")).toBe(true);
    expect(files.has("src/cli/main.ts")).toBe(true);
    expect([...fileEdges(files).values()].flatMap((targets) => [...targets]).length).toBeGreaterThan(20);
  });

  it("import only what the table allows", () => {
    expect(violations(files, importTable)).toEqual([]);
  });

  it("have no cycle of folders", () => {
    expect(cycles(folderEdges(files))).toEqual([]);
  });

  it("have no cycle of files", () => {
    expect(cycles(fileEdges(files))).toEqual([]);
  });

  it("have no folder called utils or helpers", () => {
    expect([...files.keys()].filter((path) => /\/(utils?|helpers?|common|misc)(\/|\.ts$)/.test(path))).toEqual([]);
  });
});

describe("the table", () => {
  it("has no cycle, names only its own folders, and lets every folder import base", () => {
    const folders = Object.entries(importTable.folders);
    expect(cycles(new Map(folders))).toEqual([]);
    for (const [folder, allowed] of folders) {
      expect(folder === "base" || allowed.includes("base")).toBe(true);
      for (const other of allowed) expect(importTable.folders).toHaveProperty(other);
    }
  });

  it("knows every dependency of the package", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(Object.keys(importTable.packages)).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  });
});

describe("the checker", () => {
  it("reads every form of import, and none from comments", () => {
    const text = `
      import a from "./a.ts"; import { b,
        c } from './b.ts';
      import type { D } from "./d.ts";
      import "./effect.ts";
      export { e } from "./e.ts"; export type { F } from "./f.ts"; export * from "./g.ts";
      const lazy = await import("./lazy.ts"), other = import(
        \`./other.ts\`);
      type T = import("./t.ts").T;
      const url = "https://example.org"; import h from "./h.ts";
      // import x from "./comment.ts"
      /* import y from "./block.ts" */
      new URL(".", import.meta.url);
    `;
    const names = ["a", "b", "d", "effect", "e", "f", "g", "lazy", "other", "t", "h"];
    expect(importsOf(text).map(({ specifier }) => specifier)).toEqual(names.map((name) => `./${name}.ts`));
    const ofTypes = importsOf(text).filter(({ isTypeOnly }) => isTypeOnly);
    expect(ofTypes.map(({ specifier }) => specifier)).toEqual(["./d.ts", "./f.ts"]);
  });

  it.each([
    ["a folder below another", "src/graph/x.ts", "../nn/linear.ts", /graph may not import nn/],
    ["base with a dependency", "src/base/x.ts", "../graph/graph.ts", /base may not import graph/],
    ["a neighbour that the table leaves out", "src/explain/x.ts", "../train/loop.ts", /explain may not import train/],
    ["the engine beside its folder", "src/nn/x.ts", "onnxruntime-node", /may not be imported here/],
    ["the engine in the command line", "src/cli/x.ts", "onnxruntime-node", /may not be imported here/],
    ["node: in the browser's part", "src/images/x.ts", "node:fs", /node: belongs/],
    ["a package of Node in the browser's part", "src/images/x.ts", "sharp", /sharp belongs/],
    ["a node/ folder from the browser's part", "src/images/x.ts", "./node/decode.ts", /reach node\//],
    ["another's node/ folder from the browser's part", "src/data/x.ts", "../images/node/decode.ts", /reach node\//],
    ["Commander outside the command line", "src/train/node/x.ts", "commander", /may not be imported here/],
    ["a development dependency", "src/text/x.ts", "gpt-3-encoder", /may not be imported here/],
    ["an unknown package", "src/text/x.ts", "left-pad/sub", /left-pad is not in the table/],
    ["a builtin without node:", "src/cli/x.ts", "fs", /fs is not in the table/],
    ["a test's helper", "src/nn/x.ts", "../../tests/support/expect-close.ts", /do not import tests/],
    ["a unit test", "src/nn/x.ts", "./linear.test.ts", /do not import tests/],
    ["an entry from inside", "src/nn/x.ts", "../index.ts", /entries are not imported/],
    ["a folder that the table does not know", "src/helpers/x.ts", "./y.ts", /helpers is not in the table/],
    ["a file that is not there", "src/nn/x.ts", "./missing.ts", /no such file/],
  ])("catches %s", (_, path, specifier, rule) => {
    expect(violations(made({ [path]: [specifier] }), importTable).join("\n")).toMatch(rule);
  });

  it("accepts what the table allows, and anything in a unit test", () => {
    const files = made({
      "src/index.ts": ["./nn/linear.ts", "./images/node/decode.ts"],
      "src/nn/linear.ts": ["../graph/graph.ts", "../base/errors.ts", "zod"],
      "src/graph/graph.ts": [],
      "src/base/errors.ts": [],
      "src/images/node/decode.ts": ["node:fs/promises", "sharp"],
      "src/nn/linear.test.ts": ["vitest", "../../tests/support/expect-close.ts", "../train/loop.ts"],
    });
    expect(violations(files, importTable)).toEqual([]);
  });

  it("catches a global of Node in the browser's part, but not in a comment or on Node's side", () => {
    const found = (path: string, text: string) => violations(new Map([[path, text]]), importTable);
    expect(found("src/text/x.ts", "export const x = Buffer.from(y);")).toEqual([
      "src/text/x.ts: Buffer belongs in node/ folders and cli",
    ]);
    expect(found("src/text/x.ts", "if (process.env.CI) stop();")).toHaveLength(1);
    expect(found("src/text/x.ts", "/** Not process.env. */ // nor Buffer.from\nreprocess.x = subprocess();")).toEqual(
      [],
    );
    expect(found("src/text/node/x.ts", "export const x = Buffer.from(y);")).toEqual([]);
  });

  it("catches cycles of files and of folders", () => {
    const files = made({
      "src/nn/a.ts": ["./b.ts"],
      "src/nn/b.ts": ["../graph/c.ts"],
      "src/graph/c.ts": ["../nn/a.ts", "../base/d.ts"],
      "src/base/d.ts": [],
    });
    expect(cycles(fileEdges(files))).toEqual(["src/nn/a.ts → src/nn/b.ts → src/graph/c.ts → src/nn/a.ts"]);
    expect(cycles(folderEdges(files))).toEqual(["nn → graph → nn"]);
    expect(cycles(fileEdges(made({ "src/nn/self.ts": ["./self.ts"] })))).toEqual(["src/nn/self.ts → src/nn/self.ts"]);
  });

  it("lets two files share types, and two folders not", () => {
    const files: SourceFiles = new Map([
      ["src/nn/a.ts", 'import type { B } from "./b.ts";\nimport { c, type D } from "../graph/c.ts";'],
      ["src/nn/b.ts", 'import { a, type A } from "./a.ts";'],
      ["src/graph/c.ts", 'export type { A } from "../nn/a.ts";'],
    ]);
    expect(cycles(fileEdges(files))).toEqual([]);
    expect(cycles(folderEdges(files))).toEqual(["nn → graph → nn"]);
  });

  it("finds a folder cycle that no file cycle makes", () => {
    const files = made({
      "src/nn/a.ts": ["../graph/b.ts"],
      "src/graph/b.ts": [],
      "src/graph/c.ts": ["../nn/d.ts"],
      "src/nn/d.ts": [],
    });
    expect(cycles(fileEdges(files))).toEqual([]);
    expect(cycles(folderEdges(files))).toEqual(["nn → graph → nn"]);
  });
});
