/**
 * One Ctrl-C can arrive twice: from the terminal to the whole process group, and once more from npm. A second signal
 * within this time counts as the same.
 */
const SAME_WISH_MS = 1000;

/** Resolves with the first SIGTERM or SIGINT. A later one, while the shutdown runs, ends the process at once. */
export function untilShutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let signalledAt: number | null = null;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (signalledAt !== null && performance.now() - signalledAt > SAME_WISH_MS) process.exit(1);
        signalledAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}
