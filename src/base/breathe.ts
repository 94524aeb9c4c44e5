/** Long work on one thread: now and then it lets other work happen, such as hearing a Ctrl-C. */

/** @throws what the signal says when it is aborted */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}
