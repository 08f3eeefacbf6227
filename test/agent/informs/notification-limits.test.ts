import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NotificationLimits } from "../../../src/agent/informs/notification-limits.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";

const ADDRESS = "Device.ManagementServer.UDPConnectionRequestAddress";
const LIMIT = `${ADDRESS}NotificationLimit`;
const STATUS = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.Status";

function limited(seconds: number) {
  const time = createFakeTime();
  const notified: number[] = [];
  const tree = { readSecrets: async () => new Map([[LIMIT, String(seconds)]]) };
  const throttle = { activeChange: () => void notified.push(time.clock.monotonic()) };
  const limits = new NotificationLimits({ ...time, log: createMemoryLogger(), tree }, throttle);
  const change = async (...paths: readonly string[]): Promise<void> => {
    limits.activeChange(paths);
    await time.advance(0);
  };
  return { time, notified, limits, change };
}

describe("limits per notified parameter", () => {
  test("C-207 between two active notifications of the parameter lie at least the limit's seconds", async () => {
    const { time, notified, limits, change } = limited(60);
    await change(ADDRESS);
    assert.deepEqual(notified, [0], "the first one at once");
    limits.reported([ADDRESS]);
    await time.advance(10_000);
    await change(ADDRESS);
    await change(ADDRESS);
    await time.advance(49_999);
    assert.deepEqual(notified, [0]);
    await time.advance(1);
    assert.deepEqual(notified, [0, 60_000], "several changes meanwhile are one notification");
    assert.deepEqual(time.pendingTimers(), []);
  });

  test("C-207 other parameters are not held back, and one that another session has told is no longer due", async () => {
    const { time, notified, limits, change } = limited(60);
    limits.reported([ADDRESS, STATUS]);
    await change(STATUS);
    assert.deepEqual(notified, [0]);
    await change(ADDRESS);
    limits.reported([ADDRESS]);
    await time.advance(600_000);
    assert.deepEqual(notified, [0]);
    await change(ADDRESS, STATUS);
    assert.equal(notified.length, 2);
  });

  test("C-207 a limit of 0 holds nothing back, and after the stop nothing is told", async () => {
    const free = limited(0);
    free.limits.reported([ADDRESS]);
    await free.change(ADDRESS);
    assert.equal(free.notified.length, 1);
    const { time, notified, limits, change } = limited(60);
    limits.reported([ADDRESS]);
    await change(ADDRESS);
    limits.stop();
    await time.advance(120_000);
    assert.deepEqual(notified, []);
  });
});
