import type { BackendChange, BackendKey } from "../ports/backend.ts";
import type { ReportChanges } from "./settings/settings.ts";

/** Finds out which live values have changed since the last look. */
export interface ChangeReporter {
  /** From here on changes are reported; how things are now is none. */
  start(report: ReportChanges): void;
  stop(): void;
  /** Reports what differs from the last look. Does nothing unless started. */
  look(): void;
}

export function createChangeReporter(
  keys: readonly BackendKey[],
  read: (key: BackendKey) => string | undefined,
): ChangeReporter {
  let last = new Map<BackendKey, string | undefined>();
  let report: ReportChanges | null = null;

  function takeChanges(): BackendChange[] {
    const before = last;
    last = new Map(keys.map((key) => [key, read(key)]));
    return keys
      .map((key) => ({ key, before: before.get(key), after: last.get(key) }))
      .filter((change) => change.before !== change.after);
  }

  return {
    start(onChange) {
      takeChanges();
      report = onChange;
    },
    stop() {
      report = null;
    },
    look() {
      if (report === null) return;
      const changes = takeChanges();
      if (changes.length > 0) report(changes);
    },
  };
}
