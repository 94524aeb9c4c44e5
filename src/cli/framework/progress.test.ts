import { describe, expect, it } from "vitest";
import { CapturedStream } from "../../../tests/support/capture-cli.ts";
import { describeTask, formatDuration, LINE_INTERVAL, ProgressDisplay } from "./progress.ts";

/** A display with a clock that the test moves, in seconds. */
function display({ isTTY = false, quiet = false } = {}) {
  const stream = new CapturedStream(isTTY);
  const clock = { seconds: 0 };
  return { stream, clock, display: new ProgressDisplay(stream, { quiet, now: () => clock.seconds * 1000 }) };
}

it("writes durations as people say them", () => {
  expect([0.4, 59, 65, 3599.6, 7500].map(formatDuration)).toEqual([
    "0 s",
    "59 s",
    "1 min 05 s",
    "1 h 00 min",
    "2 h 05 min",
  ]);
});

it("gives rate and time left, and the time taken at the end", () => {
  const task = { label: "encode", total: 40, started: 0, note: "" };
  expect(describeTask({ ...task, done: 0 }, 5000)).toBe("encode 0/40 (0%)");
  expect(describeTask({ ...task, done: 10 }, 5000)).toBe("encode 10/40 (25%), 2.0/s, 15 s left");
  expect(describeTask({ ...task, done: 2, note: "loss 3.1" }, 5000)).toBe(
    "encode 2/40 (5%), 2.5 s each, 1 min 35 s left, loss 3.1",
  );
  expect(describeTask({ ...task, done: 40 }, 20_000)).toBe("encode 40/40 (100%), 2.0/s, took 20 s");
  expect(describeTask({ ...task, total: 0, done: 0 }, 20_000)).toBe("encode 0/0");
});

describe("off a terminal", () => {
  it("writes a line at most every interval, and one at the end", () => {
    const { stream, clock, display: shown } = display();
    const progress = shown.start("train", 100);
    for (let step = 0; step < 100; step++) {
      clock.seconds += (2.5 * LINE_INTERVAL) / 1000 / 100;
      progress.advance(1, `loss ${step}`);
    }
    progress.done();
    progress.done();
    expect(stream.text.split("\n")).toEqual([
      "train 40/100 (40%), 4.0/s, 15 s left, loss 39",
      "train 80/100 (80%), 4.0/s, 5 s left, loss 79",
      "train 100/100 (100%), 4.0/s, took 25 s, loss 99",
      "",
    ]);
  });

  it("writes nothing under --quiet", () => {
    const { stream, display: shown } = display({ quiet: true });
    shown.start("train", 1).advance();
    shown.close();
    expect(stream.text).toBe("");
  });
});

describe("on a terminal", () => {
  it("draws a bar, puts messages above it, and gives the cursor back", () => {
    const { stream, clock, display: shown } = display({ isTTY: true });
    const progress = shown.start("encode", 4);
    clock.seconds = 2;
    progress.advance(2);
    shown.write("warning: a film is odd\n");
    shown.write("another line\n");
    clock.seconds = 4;
    progress.advance(2);
    shown.close();
    const hideCursor = "\u001b[?25l";
    const showCursor = "\u001b[?25h";
    expect(stream.text.startsWith(hideCursor)).toBe(true);
    expect(stream.text).toMatch(/warning: a film is odd\n[\s\S]*\[=+-+\] encode 2\/4 \(50%\), 1\.0\/s, 2 s left/);
    expect(stream.text).toMatch(/\[={24}\] encode 4\/4 \(100%\), 1\.0\/s, took 4 s/);
    expect(stream.text.lastIndexOf(showCursor)).toBeGreaterThan(stream.text.lastIndexOf(hideCursor));
    expect(stream.text.endsWith("\n")).toBe(true);
  });
});

it("draws without colours, so NO_COLOR has nothing to switch off", () => {
  const stream = new CapturedStream(true);
  const display = new ProgressDisplay(stream, { quiet: false, now: () => 0 });
  const progress = display.start("train", 2);
  display.write("warning: a message\n");
  progress.advance(2, "loss 1.0");
  display.close();
  expect(stream.text).toContain("train 2/2");
  expect(stream.text.includes(`${String.fromCharCode(27)}[3`)).toBe(false);
});
