/** Progress on stderr: bars on a terminal, an occasional line elsewhere, nothing under `--quiet`. */
import cliProgress, { type MultiBar } from "cli-progress";
import type { Progress } from "./context.ts";

/** A text stream, perhaps a terminal. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** A line of progress off a terminal at most this often, in milliseconds. */
export const LINE_INTERVAL = 10_000;

interface Task {
  readonly label: string;
  readonly total: number;
  /** Milliseconds. */
  readonly started: number;
  done: number;
  note: string;
}

/** Where a task's progress is drawn. */
interface Drawing {
  moved(): void;
  ended(): void;
}

/** "9 s", "3 min 05 s", "2 h 05 min". */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** Count, share, rate and time left (or taken, once complete) of a task at a moment in milliseconds. */
export function describeTask({ label, total, started, done, note }: Task, now: number): string {
  const seconds = (now - started) / 1000;
  const parts = [`${label} ${done}/${total}`];
  if (total > 0) parts[0] += ` (${Math.floor((100 * done) / total)}%)`;
  if (done > 0 && seconds > 0) {
    const rate = done / seconds;
    parts.push(rate >= 1 ? `${rate.toFixed(1)}/s` : `${(1 / rate).toFixed(1)} s each`);
    parts.push(done < total ? `${formatDuration((total - done) / rate)} left` : `took ${formatDuration(seconds)}`);
  }
  if (note !== "") parts.push(note);
  return parts.join(", ");
}

/** Owns stderr while something runs: progress and messages share it without tearing each other. */
export class ProgressDisplay {
  readonly #stream: TextStream;
  readonly #quiet: boolean;
  readonly #now: () => number;
  readonly #open = new Set<Progress>();
  #bars: MultiBar | undefined;

  constructor(stream: TextStream, { quiet, now }: { readonly quiet: boolean; readonly now: () => number }) {
    this.#stream = stream;
    this.#quiet = quiet;
    this.#now = now;
  }

  /** Writes a message of whole lines, above the bars if there are any. */
  write(text: string): void {
    if (this.#bars === undefined) this.#stream.write(text);
    else {
      this.#bars.log(text);
      this.#bars.update();
    }
  }

  start(label: string, total: number): Progress {
    const task: Task = { label, total, started: this.#now(), done: 0, note: "" };
    const drawing = this.#draw(task);
    const progress: Progress = {
      advance: (count = 1, note = task.note) => {
        task.done += count;
        task.note = note;
        drawing.moved();
      },
      done: () => {
        if (!this.#open.delete(progress)) return;
        drawing.ended();
        if (this.#open.size > 0) return;
        this.#bars?.stop();
        this.#bars = undefined;
      },
    };
    this.#open.add(progress);
    return progress;
  }

  /** Ends what is still shown, and gives the cursor back. */
  close(): void {
    for (const progress of [...this.#open]) progress.done();
  }

  #draw(task: Task): Drawing {
    if (this.#quiet) return { moved: () => {}, ended: () => {} };
    return this.#stream.isTTY === true ? this.#drawBar(task) : this.#drawLines(task);
  }

  #drawLines(task: Task): Drawing {
    let shown = task.started;
    const show = () => {
      shown = this.#now();
      this.#stream.write(`${describeTask(task, shown)}\n`);
    };
    return { moved: () => void (this.#now() - shown >= LINE_INTERVAL && show()), ended: show };
  }

  #drawBar(task: Task): Drawing {
    this.#bars ??= new cliProgress.MultiBar({ stream: this.#stream, hideCursor: true, barsize: 24 });
    const bar = this.#bars.create(Math.max(task.total, 1), 0, undefined, {
      format: (options, { progress }) =>
        `[${cliProgress.Format.BarFormat(progress, options)}] ${describeTask(task, this.#now())}`,
    });
    return { moved: () => bar.update(Math.min(task.done, task.total)), ended: () => bar.stop() };
  }
}
