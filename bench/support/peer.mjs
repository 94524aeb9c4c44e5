/** A Python process beside the benchmark: one question and one answer a line, and the summary of a side's seconds. */
import { spawn } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { stdout, version } from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { median } from "./measure.mjs";

/** @param script a file of bench/peers; its first answer, unasked, tells its versions */
export function startPeer(python, script, ...args) {
  const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
  const child = spawn(python, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error("the peer ended");
    return JSON.parse(value);
  };
  const ask = (question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return answer();
  };
  return { versions: answer(), ask, end: () => child.stdin.end() };
}

export function summary(seconds) {
  return { medianSeconds: median(seconds), spread: [Math.min(...seconds), Math.max(...seconds)] };
}

/** Largest difference of two lists of numbers, and how many of them differ by more than a tolerance. */
export function difference(ours, theirs, tolerance) {
  const gaps = ours.map((value, i) => Math.abs(value - theirs[i]));
  const largest = gaps.reduce((most, gap) => Math.max(most, gap), 0);
  const beyond = gaps.filter((gap) => !(gap <= tolerance)).length;
  return { numbers: ours.length, sameCount: ours.length === theirs.length, largest, beyond };
}

/** A JSON line with what the figures depend on. */
export function print(row) {
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: version };
  stdout.write(`${JSON.stringify({ ...row, ...machine })}\n`);
}
