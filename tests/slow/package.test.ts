/** The packed tarball in an empty folder: installs without network to anything but the registry, and runs. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const exec = promisify(execFile);
let dir: string;
const film = join(process.cwd(), "docs/images/film.png");
const box = "0.678,0.588,0.873,0.667";

/** Runs a program in the folder where the package is installed. */
async function run(file: string, ...argv: string[]): Promise<string> {
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", NODE_OPTIONS: "" };
  const { stdout } = await exec(file, argv, { cwd: dir, env, maxBuffer: 1 << 26 });
  return stdout;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-package-"));
  const { stdout } = await exec("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", dir]);
  const [{ filename, unpackedSize }] = JSON.parse(stdout) as [{ filename: string; unpackedSize: number }];
  expect(unpackedSize).toBeLessThan(40e6);
  await writeFile(join(dir, "package.json"), '{"name":"user","private":true,"type":"module"}');
  await run("npm", "install", "--no-audit", "--no-fund", `./${filename}`);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("the installed package", () => {
  it("has the command and the embedded models", async () => {
    const document = JSON.parse(await run("npx", "regionformer", "describe", film, "--box", box, "--json"));
    expect(document.finding).toMatch(/laminar/);
    expect(document.notice).toContain("not a medical device");
    expect(await run("npx", "regionformer", "--version")).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("has the typed entry of the README", async () => {
    const readme = await readFile("README.md", "utf8");
    const [, snippet] = /```ts\n(.*?)```/s.exec(readme)!;
    const script = snippet!.replace('"film.png"', JSON.stringify(film)).replace("0.38, 0.42, 0.82, 0.72", box);
    await writeFile(join(dir, "readme.ts"), script);
    const compiler = join(process.cwd(), "node_modules/typescript/bin/tsc");
    const flags =
      "--strict --module nodenext --moduleResolution nodenext --target es2023 --lib es2023,esnext.disposable --skipLibCheck";
    await run(process.execPath, compiler, ...flags.split(" "), "--types", "", "readme.ts").catch((error) => {
      // `console` belongs to the user's own types; nothing else may be wrong.
      const lines = String((error as { stdout?: string }).stdout)
        .trim()
        .split("\n");
      expect(lines.filter((line) => !line.includes("Cannot find name 'console'"))).toEqual([]);
    });
    expect(await run(process.execPath, "readme.js")).toMatch(/laminar/);
  });

  it("has the metrics alone", async () => {
    const script = `import { bleu, valuesOf } from "regionformer/metrics";
      console.log(valuesOf(bleu.measure([{ hypothesis: "a b c d", references: ["a b c d"] }]))[0].toFixed(6));`;
    await writeFile(join(dir, "metrics.mjs"), script);
    expect(await run(process.execPath, "metrics.mjs")).toBe("1.000000\n");
  });
});
