/** How a long-running station talks to whoever called it; the command line's context is one. */

/** A running count towards a known total. */
export interface ProgressReport {
  /** Moves on by `count` (1 when absent); `note` replaces the short remark shown behind the numbers. */
  advance(count?: number, note?: string): void;
  done(): void;
}

export interface Reporter {
  readonly log: { info(message: string): void; warn(message: string): void };
  /** Aborted when the user asks to stop: finish the step, save, then throw. */
  readonly signal: AbortSignal;
  progress(label: string, total: number): ProgressReport;
}

/** Says nothing and is never interrupted: for library calls and tests. */
export const silentReporter: Reporter = {
  log: { info: () => {}, warn: () => {} },
  signal: new AbortController().signal,
  progress: () => ({ advance: () => {}, done: () => {} }),
};
