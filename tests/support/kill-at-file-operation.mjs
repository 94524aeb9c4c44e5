/**
 * Preloaded into a child process: kills it with SIGKILL in the middle of its n-th file operation (KILL_AT), lets all
 * operations from the n-th on fail with an error code (FAIL_AT, FAIL_CODE), or counts the operations into a file
 * (COUNT_INTO). A write is half done when the kill or the failure comes.
 */
import { writeFileSync } from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";

const killAt = Number(process.env.KILL_AT ?? 0);
const failAt = Number(process.env.FAIL_AT ?? Number.POSITIVE_INFINITY);
const code = process.env.FAIL_CODE;
let operations = 0;

async function step(halfway) {
  operations++;
  if (operations >= failAt) {
    await halfway?.();
    throw Object.assign(new Error(`${code}: made to fail`), { code });
  }
  if (operations !== killAt) return;
  await halfway?.();
  process.kill(process.pid, "SIGKILL");
  await new Promise(() => {}); // the signal is on its way
}

const { rename } = promises;
promises.rename = async (...paths) => {
  await step();
  return rename(...paths);
};
syncBuiltinESMExports();

const probe = await promises.open(fileURLToPath(import.meta.url));
const handle = Object.getPrototypeOf(probe);
await probe.close();
for (const method of ["writeFile", "appendFile"]) {
  const original = handle[method];
  handle[method] = async function (content, ...rest) {
    await step(() => original.call(this, content.subarray(0, content.length >> 1)));
    return original.call(this, content, ...rest);
  };
}
for (const method of ["sync", "truncate"]) {
  const original = handle[method];
  handle[method] = async function (...args) {
    await step();
    return original.apply(this, args);
  };
}

process.on("exit", () => {
  if (process.env.COUNT_INTO !== undefined) writeFileSync(process.env.COUNT_INTO, String(operations));
});
