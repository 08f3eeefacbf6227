import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsForInform } from "../../../src/agent/events/event-list.ts";
import type { CwmpEvent, EventCode } from "../../../src/cwmp/events.ts";
import { createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { userSets } from "../../helpers/calls.ts";
import { rpc, UNREACHABLE } from "../../helpers/scripted-acs.ts";

const many = (code: EventCode, count: number): readonly CwmpEvent[] =>
  Array.from({ length: count }, (_, at) => ({ code, commandKey: String(at) }));
const one = (code: EventCode): CwmpEvent => ({ code, commandKey: "" });

test("C-085 an Inform carries 64 events, 4 VALUE CHANGE among them", () => {
  const reboots = many("M Reboot", 70);
  assert.equal(eventsForInform(reboots, false).length, 64);
  assert.equal(eventsForInform(reboots, true).length, 63);
});

test("C-087 what is told with its causes waits for the first of them", () => {
  const pending = [one("1 BOOT"), one("3 SCHEDULED"), one("7 TRANSFER COMPLETE"), ...many("M Reboot", 61)];
  const codes = (causes: readonly CwmpEvent[]) =>
    eventsForInform([...pending, ...causes], false)
      .map(({ code }) => code)
      .filter((code) => code !== "M Reboot");
  assert.deepEqual(codes([]), ["1 BOOT", "3 SCHEDULED", "7 TRANSFER COMPLETE"]);
  assert.deepEqual(codes(many("M ScheduleInform", 2)), ["1 BOOT", "7 TRANSFER COMPLETE"]);
  assert.deepEqual(codes([...many("M ScheduleInform", 1), ...many("M Upload", 2)]), ["1 BOOT"]);
});

test("C-086 C-189 seventy Reboots in one session: one reboot, and each is told, the rest in a session of its own", async () => {
  const under = createAgentUnderTest();
  under.acs.plan({ rpcs: Array.from({ length: 70 }, (_, at) => rpc("Reboot", { commandKey: `r${at}` })) });
  await under.agent.start();
  await under.time.advance(10_000);
  const told = under.acs.sessions.slice(1).map(({ inform }) => inform.event);
  assert.deepEqual(
    told.map(({ length }) => length),
    [64, 7],
  );
  assert.equal(told[0]?.[0]?.eventCode, "1 BOOT");
  const keys = told.flat().flatMap(({ eventCode, commandKey }) => (eventCode === "M Reboot" ? [commandKey] : []));
  assert.deepEqual(
    keys,
    Array.from({ length: 70 }, (_, at) => `r${at}`),
  );
  await under.time.advance(86_400_000);
  assert.equal(under.acs.sessions.length, 3);
});

test("C-086 C-193 where the first of them fails nothing is lost, with a change to tell and scheduled Informs", async () => {
  const under = createAgentUnderTest();
  const schedule = Array.from({ length: 32 }, (_, at) =>
    rpc("ScheduleInform", { delaySeconds: 1, commandKey: `s${at}` }),
  );
  const reboot = Array.from({ length: 60 }, (_, at) => rpc("Reboot", { commandKey: `r${at}` }));
  under.acs.plan({ rpcs: [...schedule, ...reboot] }, UNREACHABLE, UNREACHABLE);
  await under.agent.start();
  await under.time.advance(2_000);
  await userSets(under, "Config.TR069.DeviceInfo.ProvisioningCode", "changed");
  await under.time.advance(120_000);
  const told = under.acs.sessions.slice(1).flatMap(({ inform }) => [inform.event]);
  const keys = told.flat().flatMap(({ commandKey }) => (commandKey === "" ? [] : [commandKey]));
  assert.equal(new Set(keys).size, 92);
  for (const events of told) {
    assert.ok(events.length <= 64);
    const codes = events.map(({ eventCode }) => eventCode);
    assert.equal(codes.includes("3 SCHEDULED"), codes.includes("M ScheduleInform"));
  }
});
