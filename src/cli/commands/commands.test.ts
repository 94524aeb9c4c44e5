import { expect, it } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { registry } from "./index.ts";

it("every command loads, has a summary, and shows its help", async () => {
  const paths = registry.commands.map(({ path }) => path.join(" "));
  expect(new Set(paths).size).toBe(paths.length);
  for (const { path, summary } of registry.commands) {
    expect(summary).toMatch(/^[A-Z].*\.$/);
    if (path.length === 2) expect(registry.groups).toHaveProperty(path[0]);
    const { exitCode, stdout } = await captureCli(registry, [...path, "--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage: regionformer ${path.join(" ")}`);
    expect(stdout).toContain("Examples:\n");
  }
});
