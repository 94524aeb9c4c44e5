import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { InterruptedError } from "../../base/errors.ts";
import { abortOnInterrupt, ignoreBrokenPipe } from "./host.ts";

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

it("aborts on the first Ctrl-C with a reason, and exits on the second", () => {
  const host = new FakeProcess();
  const said: string[] = [];
  const signal = abortOnInterrupt(host, (message) => said.push(message));
  expect(signal.aborted).toBe(false);
  host.emit("SIGINT");
  expect(() => signal.throwIfAborted()).toThrow(InterruptedError);
  expect(host.exits).toEqual([]);
  expect(said).toHaveLength(1);
  host.emit("SIGINT");
  expect(host.exits).toEqual([130]);
  expect(said).toHaveLength(1);
});

it("aborts on SIGTERM, which may come twice, and then exits on Ctrl-C", () => {
  const host = new FakeProcess();
  const said: string[] = [];
  const signal = abortOnInterrupt(host, (message) => said.push(message));
  host.emit("SIGTERM");
  host.emit("SIGTERM");
  expect(signal.reason).toBeInstanceOf(InterruptedError);
  expect(host.exits).toEqual([]);
  expect(said).toHaveLength(1);
  host.emit("SIGINT");
  expect(host.exits).toEqual([130]);
});

it("lets a closed pipe go quietly, and nothing else", () => {
  const stream = new EventEmitter();
  ignoreBrokenPipe(stream);
  expect(() => stream.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))).not.toThrow();
  expect(() => stream.emit("error", Object.assign(new Error("no space"), { code: "ENOSPC" }))).toThrow("no space");
});
