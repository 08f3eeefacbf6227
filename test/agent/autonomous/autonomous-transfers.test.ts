import assert from "node:assert/strict";
import { test } from "node:test";
import { AUTONOMOUS_REPORTS_DOCUMENT } from "../../../src/agent/autonomous/autonomous-transfers.ts";
import type { AutonomousTransfer } from "../../../src/agent/autonomous/transfer-report.ts";
import { openEventQueue } from "../../../src/agent/events/event-queue.ts";
import { createMemoryStateStore } from "../../../src/storage/memory-state-store.ts";
import { openAutonomousTransfers } from "../../helpers/autonomous-transfers.ts";
import { durableState } from "../../helpers/durable-state.ts";

const REPORT: AutonomousTransfer = {
  ...{ url: "http://files.example/a.cfg", isDownload: true, fileType: "3 Vendor Configuration File" },
  ...{ fileSize: 12, startedAt: 1000, completedAt: 2000, failure: null },
};

/** A start after a power cut that came once the report was durable and its event was not. */
async function startedAfterPowerCut(enabled: boolean, isFirstContact: boolean): Promise<readonly string[]> {
  const state = durableState(createMemoryStateStore());
  await (await state.open(AUTONOMOUS_REPORTS_DOCUMENT)).update(() => [REPORT]);
  const events = await openEventQueue(state);
  if (isFirstContact) await events.bootstrap();
  const transfers = await openAutonomousTransfers({ state, events, enabled, requestSession() {} });
  await transfers.start();
  return events.pending().map(({ code }) => code);
}

test("a report whose event was lost in a power cut has its event again after the start", async () => {
  assert.deepEqual(await startedAfterPowerCut(true, false), ["10 AUTONOMOUS TRANSFER COMPLETE"]);
});

test("a report raises nothing where the policy is off, nor at the first contact with an ACS", async () => {
  assert.deepEqual(await startedAfterPowerCut(false, false), []);
  assert.deepEqual(await startedAfterPowerCut(true, true), ["0 BOOTSTRAP"]);
});
