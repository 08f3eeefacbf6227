import { SerialQueue } from "../../durable/serial-queue.ts";
import type { BackendChange } from "../../ports/backend.ts";
import { startPoll } from "../poll.ts";
import { createPhoneFile, type FileSettingsOptions, type PhoneFile } from "./phone-file.ts";
import { knownKeys } from "./room.ts";
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
  /** A look at the file must not meet a write. */
  const queue = new SerialQueue();
  let lastWrite: Promise<unknown> = Promise.resolve();

  function write<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.run(work);
    lastWrite = done.catch(() => {});
    return done;
  }

  function report(changes: readonly BackendChange[]): void {
    if (changes.length > 0) listener(changes);
  }

  async function look(): Promise<void> {
    report(await file.look());
    await file.keepCopy();
  }

  async function rewrite(...change: Parameters<PhoneFile["rewrite"]>): Promise<readonly BackendChange[]> {
    const { own, byOthers } = await file.rewrite(...change);
    report(byOthers);
    return own;
  }

  return {
    supports: (key) => factory.has(key),
    async start(onChange) {
      checkStaged(factory, factory);
      await file.open();
      listener = onChange;
      stopPoll = startPoll(scheduler, `look at ${path}`, LOOK_EVERY_MS, () => queue.run(look));
    },
    async stop() {
      stopPoll();
      listener = () => {};
      // Not for a look, which may be waiting for somebody's editor.
      await lastWrite;
      await file.keepCopy();
    },
    get: (key) => file.document().get(key),
    stage(changes) {
      checkStaged(factory, changes);
      file.checkRoom(changes);
      const values = new Map(changes);
      return { apply: () => write(() => rewrite(values)) };
    },
    factoryReset: () => write(() => rewrite(factory, knownKeys(factory))),
    touch: () => write(file.touch),
    text: () => file.document().toText(),
    locate: (key) => placeOf(path, file.document().lineOf(key)),
  };
}

function placeOf(path: string, line: number | null): string | null {
  return line === null ? null : `${path}:${line}`;
}
