import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateStore } from "../../../src/ports/state-store.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { assertValidEnvelopes, SCHEMAS_MISSING } from "../../helpers/schema.ts";
import { rpc, UNREACHABLE } from "../../helpers/scripted-acs.ts";

const schedule = (delaySeconds: number, commandKey: string) => rpc("ScheduleInform", { delaySeconds, commandKey });

async function started(
  calls: readonly ReturnType<typeof rpc>[],
  options: AgentUnderTestOptions = {},
): Promise<AgentUnderTest> {
  const under = createAgentUnderTest(options);
  under.acs.plan({ rpcs: calls });
  await under.agent.start();
  await under.settle();
  return under;
}

const told = ({ acs }: AgentUnderTest): readonly string[] =>
  acs.last.inform.event.map(({ eventCode, commandKey }) => `${eventCode}:${commandKey}`);
const results = ({ acs }: AgentUnderTest): readonly (number | string)[] =>
  (acs.sessions[0]?.outcomes ?? []).map((outcome) => (outcome.kind === "fault" ? outcome.faultCode : outcome.name));

describe("ScheduleInform", () => {
  test("C-192 C-087 C-083 after the delay a session carries SCHEDULED and M ScheduleInform with the CommandKey", async () => {
    const under = await started([schedule(90, "look ✓")]);
    assert.deepEqual(results(under), ["ScheduleInform"]);
    await under.time.advance(89_999);
    assert.equal(under.acs.sessions.length, 1);
    await under.time.advance(1);
    assert.equal(under.acs.sessions.length, 2);
    assert.deepEqual(told(under), ["3 SCHEDULED:", "M ScheduleInform:look ✓"]);
    await under.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length, 2, "told once");
    assert.deepEqual(under.time.pendingTimers(), []);
  });

  test("C-192 several pending ones are independent, and those due together are one session with a cause each", async () => {
    const under = await started([schedule(30, "b"), schedule(10, "a"), schedule(30, "c")]);
    await under.time.advance(10_000);
    assert.deepEqual(told(under), ["3 SCHEDULED:", "M ScheduleInform:a"]);
    await under.time.advance(20_000);
    assert.deepEqual(told(under), ["3 SCHEDULED:", "M ScheduleInform:b", "M ScheduleInform:c"]);
    assert.equal(under.acs.sessions.length, 3);
  });

  test("C-192 no delay and an overlong CommandKey are 9003, one too many is 9004, and none of them is kept", async () => {
    const full = Array.from({ length: 32 }, (_, at) => schedule(60, `k${at}`));
    const under = await started([schedule(0, ""), schedule(1, "x".repeat(33)), ...full, schedule(60, "too many")]);
    assert.deepEqual(results(under).slice(0, 2), [9003, 9003]);
    assert.deepEqual(
      results(under).slice(2, 34),
      full.map(() => "ScheduleInform"),
    );
    assert.equal(results(under)[34], 9004);
    await under.time.advance(60_000);
    assert.deepEqual(
      under.acs.last.inform.event.slice(1).map(({ commandKey }) => commandKey),
      full.map((_, at) => `k${at}`),
    );
  });

  test("C-193 what is pending survives a restart, and what fell due meanwhile is told with the boot", async () => {
    const under = await started([schedule(100, "past"), schedule(500, "future")]);
    const again = await under.restarted();
    again.time.setWallClock(again.time.clock.now() + 200_000);
    again.acs.plan(UNREACHABLE);
    await again.agent.start();
    await again.time.advance(60_000);
    assert.deepEqual(told(again), ["1 BOOT:", "3 SCHEDULED:", "M ScheduleInform:past"]);
    await again.time.advance(240_000);
    assert.deepEqual(told(again), ["3 SCHEDULED:", "M ScheduleInform:future"]);
  });

  test("C-192 setting the clock makes a delay neither shorter nor longer, nor does a restart after that", async () => {
    const under = await started([schedule(7200, "in two hours")], { now: 86_400_000 });
    under.time.setWallClock(Date.UTC(2026, 0, 1));
    await under.time.advance(3_600_000);
    assert.equal(under.acs.sessions.length, 1);
    const again = await under.restarted();
    await again.agent.start();
    await again.time.advance(3_599_999);
    assert.deepEqual(told(again), ["1 BOOT:"]);
    await again.time.advance(1);
    assert.deepEqual(told(again), ["3 SCHEDULED:", "M ScheduleInform:in two hours"]);
  });

  test("C-193 a clock that went back while the phone was off makes nobody wait longer than was asked", async () => {
    const under = await started([schedule(60, "soon")]);
    const again = await under.restarted();
    again.time.setWallClock(Date.UTC(2020, 0, 1));
    await again.agent.start();
    await again.time.advance(60_000);
    assert.deepEqual(told(again), ["3 SCHEDULED:", "M ScheduleInform:soon"]);
  });

  test("C-190 a FactoryReset forgets them", async () => {
    const under = await started([schedule(60, "gone"), rpc("FactoryReset", {})]);
    await under.time.advance(600_000);
    assert.deepEqual(
      under.acs.sessions.map(({ eventCodes }) => eventCodes.join()),
      ["0 BOOTSTRAP,1 BOOT", "0 BOOTSTRAP,1 BOOT"],
    );
  });

  test("a full disk silences none, and the next start does not tell it again once there was room", async () => {
    const disk = { full: false };
    const under = await started([schedule(60, "late")], { wrapState: (inner) => onDisk(inner, disk) });
    disk.full = true;
    await under.time.advance(120_000);
    assert.deepEqual(told(under), ["3 SCHEDULED:", "M ScheduleInform:late"]);
    disk.full = false;
    await under.time.advance(300_000);
    const again = await under.crashed();
    await again.agent.start();
    await again.time.advance(120_000);
    assert.deepEqual(told(again), ["1 BOOT:"]);
  });

  test("C-087 a power cut between the saves of the event and of the list tells none twice, nor one of the same CommandKey less", async () => {
    let isCut = false;
    const wrapState = (inner: StateStore): StateStore => ({
      ...inner,
      load: (document) => inner.load(document),
      save: (document, value) =>
        isCut && document.name === "scheduled-informs" ? new Promise(() => {}) : inner.save(document, value),
      erase: () => inner.erase(),
    });
    const under = await started([schedule(60, "key"), schedule(90, "key")], { wrapState });
    isCut = true;
    await under.time.advance(60_000);
    isCut = false;
    const again = await under.crashed();
    await again.agent.start();
    await again.settle();
    await again.time.advance(600_000);
    const all = again.acs.sessions.flatMap(({ inform }) => inform.event.map(({ eventCode }) => eventCode));
    assert.equal(all.filter((code) => code === "M ScheduleInform").length, 2);
    assert.ok(all.includes("3 SCHEDULED"));
  });

  test("one that was told on a full disk is told again after a restart: rather twice than never", async () => {
    const disk = { full: false };
    const under = await started([schedule(60, "late")], { wrapState: (inner) => onDisk(inner, disk) });
    disk.full = true;
    await under.time.advance(120_000);
    const again = await under.crashed();
    disk.full = false;
    await again.agent.start();
    await again.time.advance(120_000);
    assert.deepEqual(told(again), ["3 SCHEDULED:", "M ScheduleInform:late"]);
  });

  test("what is said about them validates against the official schemas, in every version", {
    skip: SCHEMAS_MISSING,
  }, async () => {
    for (const version of ["1.0", "1.1", "1.4"] as const) {
      const under = await started([schedule(60, "key"), schedule(0, "")], { version });
      await under.time.advance(60_000);
      assert.deepEqual(told(under), ["3 SCHEDULED:", "M ScheduleInform:key"]);
      await assertValidEnvelopes(under.acs.envelopes);
    }
  });
});

function onDisk(inner: StateStore, disk: { readonly full: boolean }): StateStore {
  return {
    ...inner,
    async save(document, value) {
      if (disk.full) throw new Error("no space left");
      await inner.save(document, value);
    },
  };
}
