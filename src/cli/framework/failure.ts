/** The edge where errors become an exit code and words. */
import { InterruptedError, RegionFormerError } from "../../base/errors.ts";
import { packageInfo } from "./package-info.ts";

/** A failed call: its exit code, the words for stderr, and the document for stdout under `--json`. */
export interface Failure {
  readonly exitCode: number;
  readonly text: string;
  readonly document: object;
}

const BUG_EXIT_CODE = 70;

function isInterruption(error: unknown, signal: AbortSignal): boolean {
  if (error instanceof InterruptedError || !signal.aborted) return error instanceof InterruptedError;
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

function bug(error: unknown): Failure {
  const { version, bugs } = packageInfo();
  const versions = `regionformer ${version}, Node ${process.version}, ${process.platform} ${process.arch}`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const address = bugs === undefined ? "in the project's issue tracker" : `at ${bugs.url}`;
  return {
    exitCode: BUG_EXIT_CODE,
    text: `This is a bug in regionformer. Please report it ${address}, with these lines:\n${versions}\n${stack}`,
    document: { error: { kind: "Bug", exitCode: BUG_EXIT_CODE, what: "Unexpected error, see stderr.", versions } },
  };
}

/** The failure for whatever a command threw. The stack is for bugs only. */
export function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (isInterruption(error, signal)) {
    const { what, parts, message } =
      error instanceof InterruptedError ? error : { what: "Interrupted.", parts: {}, message: "" };
    const failed = { kind: "InterruptedError", exitCode: 130, what };
    // Where and what to do are worth saying when a station saved something.
    return "remedy" in parts
      ? { exitCode: 130, text: message, document: { error: { ...failed, ...parts } } }
      : { exitCode: 130, text: what, document: { error: failed } };
  }
  if (!(error instanceof RegionFormerError)) return bug(error);
  const { name, exitCode, what, parts, message } = error;
  return { exitCode, text: message, document: { error: { kind: name, exitCode, what, ...parts } } };
}
