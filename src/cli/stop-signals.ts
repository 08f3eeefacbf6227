/**
 * One Ctrl-C can arrive twice: from the terminal to the whole process group, and once more from npm. A second signal within
 * this time is the same wish.
 */
const SAME_WISH_MS = 1000;

/** Resolves with the first SIGTERM or SIGINT. A later one, given while that takes too long, ends the process at once. */
export function untilShutdownSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let toldAt: number | null = null;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (toldAt !== null && performance.now() - toldAt > SAME_WISH_MS) process.exit(1);
        toldAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}
