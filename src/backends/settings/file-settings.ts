import type { BackendChange } from "../../ports/backend.ts";
import { startPoll } from "../poll.ts";
import { createPhoneFile, type FileSettingsOptions } from "./phone-file.ts";
import type { ReportChanges, Settings } from "./settings.ts";
import { checkStaged } from "./staged-values.ts";

/** With the wait for a writer to end, an edit is noticed well within two seconds. */
const LOOK_EVERY_MS = 1_000;

/** Settings in the phone's own file, which people and firmware may edit at any time. */
export function createFileSettings(options: FileSettingsOptions): Settings {
  const { path, factory, scheduler } = options;
  const file = createPhoneFile(options);
  let listener: ReportChanges = () => {};
  let stopPoll = () => {};
  let last: Promise<unknown> = Promise.resolve();
  let lastWrite: Promise<unknown> = last;

  /** One at a time: a look at the file must not meet a write. */
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  function write<T>(work: () => Promise<T>): Promise<T> {
    const done = exclusively(work);
    lastWrite = last;
    return done;
  }

  function report(changes: readonly BackendChange[]): void {
    if (changes.length > 0) listener(changes);
  }

  async function rewrite(values: ReadonlyMap<string, string>): Promise<readonly BackendChange[]> {
    const { own, byOthers } = await file.rewrite(values);
    report(byOthers);
    return own;
  }

  return {
    supports: (key) => factory.has(key),
    async start(onChange) {
      checkStaged(factory, factory);
      await file.open();
      listener = onChange;
      const look = () => exclusively(async () => report(await file.look()));
      stopPoll = startPoll(scheduler, `look at ${path}`, LOOK_EVERY_MS, look);
    },
    async stop() {
      stopPoll();
      listener = () => {};
      // Not for a look, which may be waiting for somebody's editor.
      await lastWrite;
    },
    get: (key) => file.document().get(key),
    stage(changes) {
      checkStaged(factory, changes);
      const values = new Map(changes);
      return { apply: () => write(() => rewrite(values)) };
    },
    factoryReset: () => write(() => rewrite(factory)),
    touch: () => write(file.touch),
    text: () => file.document().toText(),
    locate: (key) => placeOf(path, file.document().lineOf(key)),
  };
}

function placeOf(path: string, line: number | null): string | null {
  return line === null ? null : `${path}:${line}`;
}
