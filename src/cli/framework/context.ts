/** What the framework hands to a command besides its input. */

/** Messages for people, on stderr. `--quiet` silences `info`, never `warn`. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** A running count towards a known total. */
export interface Progress {
  /** Moves on by `count` (1 when absent); `note` replaces the short remark shown behind the numbers. */
  advance(count?: number, note?: string): void;
  /** Ends the display. What a command leaves open, the framework ends. */
  done(): void;
}

export interface Context {
  readonly log: Log;
  /** True when one JSON document is all that may reach stdout; the framework prints it from the command's result. */
  readonly json: boolean;
  /** Aborted by Ctrl-C: finish the step, save, then `throwIfAborted()`. */
  readonly signal: AbortSignal;
  /** Shows progress on stderr: a bar on a terminal, an occasional line elsewhere. */
  progress(label: string, total: number): Progress;
}
