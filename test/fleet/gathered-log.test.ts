import assert from "node:assert/strict";
import { test } from "node:test";
import { PhoneLog } from "../../src/daemon/phones/phone-ports.ts";
import { gatherErrors } from "../../src/fleet/gathered-log.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

const FULL = "The state cannot be saved: it is kept in memory, retrying";

test("an error that all phones have is told once, then how often more; another reason is another error", async () => {
  const log = createMemoryLogger();
  const { scheduler, advance } = createFakeTime({ inMemory: true });
  const gathered = gatherErrors(log, scheduler);
  for (let at = 0; at < 500; at++)
    new PhoneLog(gathered, `phones-${at}`).child({ part: "state" }).error({ reason: "no space left" }, FULL);
  new PhoneLog(gathered, "phones-7").error({ reason: "read-only" }, FULL);
  assert.deepEqual(
    log.at("error").map(({ fields }) => [fields.phone, fields.reason]),
    [
      ["phones-0", "no space left"],
      ["phones-7", "read-only"],
    ],
  );
  await advance(10_000);
  assert.deepEqual(
    log
      .at("error")
      .slice(2)
      .map(({ message, fields }) => [message, fields.times]),
    [[`${FULL}: 499 more times, at other phones or again`, 499]],
  );
  gathered.error({ reason: "no space left" }, FULL);
  gathered.error({ reason: "no space left" }, FULL);
  gathered.close();
  assert.equal(log.at("error").length, 5);
  await advance(60_000);
  assert.equal(log.at("error").length, 5);
});

test("what is no error is told of each phone, and what nobody could count is told too", () => {
  const log = createMemoryLogger();
  const gathered = gatherErrors(log, createFakeTime({ inMemory: true }).scheduler);
  for (let at = 0; at < 3; at++) for (const level of ["debug", "info", "warn"] as const) gathered[level]({}, "same");
  assert.equal(log.lines.length, 9);
  for (let at = 0; at < 300; at++) gathered.error({}, `error ${at}`);
  for (let at = 0; at < 300; at++) gathered.error({}, `error ${at}`);
  assert.equal(log.at("error").length, 300 + 200);
});
