/** A real browser for tests: the one that CHROMIUM names, else Debian's. */
import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { it } from "vitest";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Tests that need a browser. Without one they are reported as skipped, and under `CI=true` they fail. */
export function itInBrowser(name: string, body: (page: Page) => Promise<void>): void {
  const isSkipped = !existsSync(executablePath) && process.env.CI !== "true";
  it.skipIf(isSkipped)(name, async () => {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    try {
      await body(await browser.newPage());
    } finally {
      await browser.close();
    }
  });
}
