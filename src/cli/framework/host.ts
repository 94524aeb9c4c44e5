/** The process around the command line: its signals and its pipes. */
import { InterruptedError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";

/** The part of `process` that signals need. */
export interface SignalHost {
  on(event: "SIGINT" | "SIGTERM", listener: () => void): unknown;
  exit(code: number): unknown;
}

/**
 * A signal that Ctrl-C aborts, or SIGTERM, by which clusters and services announce a kill; a second Ctrl-C exits at
 * once with 130.
 * @param announce tells the person what happens now
 */
export function abortOnInterrupt(host: SignalHost, announce: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  host.on("SIGINT", () => {
    if (controller.signal.aborted) {
      host.exit(130);
      return;
    }
    announce("Stopping after the current step. Press Ctrl-C again to stop at once.");
    controller.abort(new InterruptedError("Interrupted.", { where: "Ctrl-C" }));
  });
  host.on("SIGTERM", () => {
    if (controller.signal.aborted) return;
    announce("Stopping after the current step: asked to by SIGTERM.");
    controller.abort(new InterruptedError("Interrupted.", { where: "SIGTERM" }));
  });
  return controller.signal;
}

/** Lets a reader that went away (`| head`) go quietly; any other error of the stream is thrown. */
export function ignoreBrokenPipe(stream: { on(event: "error", listener: (error: Error) => void): unknown }): void {
  stream.on("error", (error) => {
    if (fileErrorCode(error) !== "EPIPE") throw error;
  });
}
