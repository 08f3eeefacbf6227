import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SessionOutcome } from "../../../src/agent/core/session-history.ts";
import { openEventQueue } from "../../../src/agent/events/event-queue.ts";
import { openSteadyTime } from "../../../src/agent/time/steady-time.ts";
import type { TransfersOptions } from "../../../src/agent/transfers/parts.ts";
import { openTransferStore } from "../../../src/agent/transfers/transfer-store.ts";
import { createTransfers } from "../../../src/agent/transfers/transfers.ts";
import type { CwmpEvent } from "../../../src/cwmp/events.ts";
import type { Backend } from "../../../src/ports/backend.ts";
import type { FileTransfer } from "../../../src/ports/file-transfer.ts";
import { NO_METER } from "../../../src/ports/meter.ts";
import { durableState } from "../../helpers/durable-state.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { silentLogger } from "../../helpers/silent-logger.ts";

const BOOTSTRAP: CwmpEvent = { code: "0 BOOTSTRAP", commandKey: "" };
const SESSION: SessionOutcome = {
  successful: true,
  events: ["6 CONNECTION REQUEST"],
  startedAt: 0,
  durationMs: 1,
  served: 1,
  failure: null,
};
const LOG_UPLOAD = {
  commandKey: "u",
  fileType: "2 Vendor Log File",
  url: "http://files.example/log",
  username: "",
  password: "",
  delaySeconds: 0,
};

/** Transfers over a file server that takes everything; `settled` is waited for between a transfer's end and its events. */
async function transfersWith(settled: () => Promise<void>) {
  const state = durableState();
  const time = createFakeTime({ inMemory: true });
  const [store, events] = [await openTransferStore(state), await openEventQueue(state)];
  const fileTransfer: Partial<FileTransfer> = { upload: async () => {}, keepOnly: async () => {} };
  const transfers = createTransfers({
    time: await openSteadyTime({ ...time, state }),
    ...{ store, events, settled, clock: time.clock, scheduler: time.scheduler, log: silentLogger, meter: NO_METER },
    ...{
      requestSession: () => {},
      reboot: () => {},
      reloadSettings: () => {},
      recentLog: () => "a line",
      recorded: async () => {},
      completed: async () => {},
    },
    fileTransfer: fileTransfer as FileTransfer,
    backend: {} as Backend,
    // An upload of the log reads no parameter.
    tree: {} as TransfersOptions["tree"],
  });
  await transfers.start();
  return {
    transfers,
    events,
    store,
    time,
    /** A log that has been sent. */
    async upload() {
      await transfers.upload(LOG_UPLOAD);
      transfers.sessionEnded?.(SESSION, null);
      await time.advance(0);
    },
  };
}

describe("C-091 what 0 BOOTSTRAP drops", () => {
  test("a finished transfer whose events it has dropped is forgotten", async () => {
    const { transfers, events, store, time, upload } = await transfersWith(async () => {});
    await upload();
    assert.deepEqual(
      events.pending().map(({ code }) => code),
      ["7 TRANSFER COMPLETE", "M Upload"],
    );
    await events.bootstrap();
    transfers.requests(events.pending());
    await time.advance(0);
    assert.deepEqual(store.all, []);
  });

  test("a transfer that ends while the session with 0 BOOTSTRAP begins is told in the next one", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { transfers, events, store, time, upload } = await transfersWith(() => held);
    await events.bootstrap();
    const told = events.pending();
    assert.deepEqual(told, [BOOTSTRAP]);
    await upload();
    assert.deepEqual(
      store.all.map(({ step }) => step),
      ["reporting"],
    );
    transfers.requests(told);
    await time.advance(0);
    release();
    await time.advance(0);
    const [, ...later] = events.pending();
    assert.deepEqual(
      later.map(({ code }) => code),
      ["7 TRANSFER COMPLETE", "M Upload"],
    );
    // Also when the events came in between what the Inform tells and what is asked after it.
    transfers.requests(told);
    await time.advance(0);
    assert.equal(transfers.requests(events.pending()).length, 1, "its TransferComplete");
  });
});
