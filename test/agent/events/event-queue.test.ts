import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openEventQueue } from "../../../src/agent/events/event-queue.ts";
import type { CwmpEvent, EventCode } from "../../../src/cwmp/events.ts";
import { createMemoryStateStore } from "../../../src/storage/memory-state-store.ts";
import { durableState } from "../../helpers/durable-state.ts";

const event = (code: EventCode, commandKey = ""): CwmpEvent => ({ code, commandKey });
const codes = (events: readonly CwmpEvent[]): readonly string[] => events.map(({ code }) => code);

describe("the event queue", () => {
  test("C-086 a single event stands once however often it is raised, M Reboot once per cause", async () => {
    const queue = await openEventQueue(durableState());
    await queue.add(event("2 PERIODIC"), event("M Reboot", "a"), event("2 PERIODIC"), event("M Reboot", "b"));
    await queue.add(event("2 PERIODIC"));
    assert.deepEqual(queue.pending(), [event("2 PERIODIC"), event("M Reboot", "a"), event("M Reboot", "b")]);
  });

  test("C-089 an event is gone once its response has come, and those raised since stay", async () => {
    const queue = await openEventQueue(durableState());
    await queue.add(event("1 BOOT"), event("M Reboot", "a"));
    const sent = queue.pending();
    await queue.add(event("M Reboot", "a"), event("2 PERIODIC"));
    await queue.delivered(sent, "InformResponse");
    assert.deepEqual(queue.pending(), [event("2 PERIODIC"), event("M Reboot", "a")]);
  });

  test("C-089 a transfer's events are not confirmed by the InformResponse", async () => {
    const queue = await openEventQueue(durableState());
    await queue.add(event("7 TRANSFER COMPLETE"), event("M Download", "d"), event("1 BOOT"));
    await queue.delivered(queue.pending(), "InformResponse");
    assert.deepEqual(codes(queue.pending()), ["7 TRANSFER COMPLETE", "M Download"]);
  });

  test("C-091 BOOTSTRAP drops all that is undelivered but the BOOT of this start", async () => {
    const queue = await openEventQueue(durableState());
    await queue.add(event("2 PERIODIC"), event("M Reboot", "a"), event("1 BOOT"));
    await queue.bootstrap();
    assert.deepEqual(codes(queue.pending()), ["0 BOOTSTRAP", "1 BOOT"]);
  });

  test("C-223 a failed session drops the connection request and keeps the rest", async () => {
    const queue = await openEventQueue(durableState());
    await queue.add(event("6 CONNECTION REQUEST"), event("2 PERIODIC"));
    await queue.failed();
    assert.deepEqual(codes(queue.pending()), ["2 PERIODIC"]);
  });

  test("C-092 a reboot drops an undelivered BOOT and keeps what must never be discarded", async () => {
    const state = createMemoryStateStore();
    const before = await openEventQueue(durableState(state));
    await before.add(event("1 BOOT"), event("2 PERIODIC"), event("M Reboot", "a"), event("0 BOOTSTRAP"));
    const after = await openEventQueue(durableState(state));
    await after.rebooted();
    assert.deepEqual(codes(after.pending()), ["0 BOOTSTRAP", "2 PERIODIC", "M Reboot"]);
  });

  test("what no restart would keep is not written", async () => {
    const state = createMemoryStateStore();
    let saves = 0;
    const save: typeof state.save = (document, value) => {
      saves++;
      return state.save(document, value);
    };
    const queue = await openEventQueue(durableState({ ...state, save }));
    await queue.add(event("6 CONNECTION REQUEST"), event("1 BOOT"), event("4 VALUE CHANGE"));
    await queue.delivered(queue.pending(), "InformResponse");
    assert.equal(saves, 0);
    await queue.add(event("2 PERIODIC"), event("6 CONNECTION REQUEST"));
    assert.equal(saves, 1);
    assert.deepEqual(codes((await openEventQueue(durableState(state))).pending()), ["2 PERIODIC"]);
    await queue.delivered(queue.pending(), "InformResponse");
    assert.equal(saves, 2);
    assert.deepEqual((await openEventQueue(durableState(state))).pending(), []);
  });

  test("C-086 events that an Inform did not carry wait, and SCHEDULED with the last of its causes", async () => {
    const queue = await openEventQueue(durableState());
    await queue.add(event("3 SCHEDULED"), ...[1, 2, 3].map((at) => event("M ScheduleInform", String(at))));
    await queue.delivered(queue.pending().slice(0, 3), "InformResponse");
    assert.deepEqual(queue.pending(), [event("3 SCHEDULED"), event("M ScheduleInform", "3")]);
    await queue.delivered(queue.pending(), "InformResponse");
    assert.deepEqual(queue.pending(), []);
  });
});
