/** What a bundler keeps of `regionformer/metrics` when a program uses one metric of it. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Size of the minified bundle in bytes, the modules in it, and what it would import. */
async function bundled(program: string) {
  const entry = {
    name: "program",
    resolveId: (id: string) => (id === "program" ? `${root}program.js` : undefined),
    load: (id: string) => (id === `${root}program.js` ? program : undefined),
  };
  const bundle = await rolldown({ input: "program", plugins: [entry], platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  const chunks = output.flatMap((file) => (file.type === "chunk" ? [file] : []));
  return {
    size: chunks.reduce((sum, { code }) => sum + code.length, 0),
    modules: chunks.flatMap(({ modules }) => Object.keys(modules).map((id) => id.replace(root, ""))),
    imports: chunks.flatMap(({ imports }) => imports),
  };
}

describe("a program that imports from regionformer/metrics", () => {
  it("bleu alone has BLEU and little else in its bundle", async () => {
    const { size, modules, imports } = await bundled('import { bleu } from "regionformer/metrics"; console.log(bleu);');
    expect(imports).toEqual([]); // no module of Node, no engine
    expect(modules.some((id) => id.endsWith("metrics/bleu/bleu.js"))).toBe(true);
    expect(
      modules.filter((id) => !/^dist\/(metrics\/(bleu|ngram-trie)|text\/python-strings)|^program/.test(id)),
    ).toEqual([]);
    expect(size).toBeLessThan(8_000);
  });

  it("all text metrics with a profile's tokenizer has no package in its bundle", async () => {
    const { size, modules, imports } = await bundled(
      'import { bleu, cider, rougeL, cocoRougeL, labelF1, pairedBootstrap } from "regionformer/metrics";' +
        "console.log(bleu, cider, rougeL, cocoRougeL, labelF1, pairedBootstrap);",
    );
    expect(imports).toEqual([]);
    expect(modules.filter((id) => id.includes("node_modules") && !id.includes("pure-rand"))).toEqual([]);
    expect(size).toBeLessThan(60_000);
  });
});

it("no file is imported for what it does when it is loaded, as package.json promises", () => {
  const files = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(300);
  const bare = files.filter((name) => /^import\s*["']/m.test(readFileSync(`${root}src/${name}`, "utf8")));
  expect(bare).toEqual([]);
  expect(JSON.parse(readFileSync(`${root}package.json`, "utf8")).sideEffects).toBe(false);
});
