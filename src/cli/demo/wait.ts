import { setTimeout as delay } from "node:timers/promises";
import type { Child } from "./child.ts";

/** A claim of the demo that is not true, or a wait that timed out. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 10;

/** Polls until there is a result. Throws DemoFailure on timeout, or if `child` has ended meanwhile. */
export async function waitUntil<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  child?: Child,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let ended: number | string | null = null;
  void child?.ended.then((how) => {
    ended = how;
  });
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (ended !== null)
      throw new DemoFailure(`waited for ${what}, but the process ended (${ended}):\n${child?.errors()}`);
    if (performance.now() > deadline) throw new DemoFailure(`${what} did not come within ${patienceMs / 1000} s`);
    await delay(LOOK_EVERY_MS);
  }
}
