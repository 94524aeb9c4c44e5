/** The README's commands, as they stand there. `npm ci && npm run demo` and `npm ci && npm test` are run by .ci/run. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";

it("every command of the street runs", { timeout: 240_000 }, async () => {
  const readme = await readFile("README.md", "utf8");
  const shell = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) => block!.trim().split("\n"));
  const commands = shell.filter((line) => line.startsWith("npx regionformer "));
  expect(shell.filter((line) => !commands.includes(line))).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  expect(commands.length).toBeGreaterThanOrEqual(7);
  const work = await mkdtemp(join(tmpdir(), "regionformer-readme-"));
  try {
    for (const command of commands) {
      const argv = command
        .replaceAll(/\bwork\//g, `${work}/`)
        .split(" ")
        .slice(2);
      const { exitCode, stdout, stderr } = await captureCli(registry, argv);
      expect(exitCode, `${command}\n${stderr}`).toBe(0);
      expect(stdout, command).not.toBe("");
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
