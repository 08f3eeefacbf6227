import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import { assertValidEnvelopes, SCHEMAS_MISSING } from "../../helpers/schema.ts";
import { download, scheduleDownload, transferTest, URL_OF_FILE, window } from "../../helpers/transfers.ts";

const CONFIG = "Config.Account1.GENERAL.UserName = 1001\n";

describe("ScheduleDownload", () => {
  for (const [what, timeWindowList] of [
    ["no window", []],
    ["three windows", [window(0, 1), window(1, 2), window(2, 3)]],
    ["a window that ends where it starts", [window(5, 5)]],
    ["windows that overlap", [window(0, 10), window(9, 20)]],
    ["windows out of order", [window(50, 60), window(0, 10)]],
    ["MaxRetries below -1", [window(0, 10, -2)]],
    ["an unknown mode", [window(0, 10, 0, "5 Whenever")]],
    ["Confirmation Needed: nobody can be asked", [window(0, 10, 0, "4 Confirmation Needed")]],
  ] as const) {
    test(`C-194 ${what} is fault 9003`, async () => {
      const run = await transferTest();
      const { outcomes } = await run.call(scheduleDownload({ timeWindowList }));
      assert.equal(outcomes[0]?.kind === "fault" && outcomes[0].faultCode, 9003);
    });
  }

  for (const mode of ["1 At Any Time", "2 Immediately", "3 When Idle"]) {
    test(`C-194 C-195 in mode ${mode} it begins with its window and is told with M ScheduleDownload`, {
      skip: SCHEMAS_MISSING,
    }, async () => {
      const run = await transferTest();
      const { acs, server, time } = run.under;
      server.serve(URL_OF_FILE, CONFIG);
      const timeWindowList = [window(100, 200, 0, mode), window(300, 400, 0, mode)];
      const { outcomes } = await run.call(scheduleDownload({ timeWindowList }));
      assert.deepEqual(outcomes, [{ kind: "response", name: "ScheduleDownload", response: {} }]);
      await time.advance(99_000);
      assert.equal(server.requests.length, 0);
      await time.advance(1_000);
      assert.deepEqual(acs.last.eventCodes, ["7 TRANSFER COMPLETE", "M ScheduleDownload"]);
      assert.deepEqual(
        run.reports().map(({ commandKey, faultStruct }) => [commandKey, faultStruct.faultCode]),
        [["s", 0]],
      );
      await time.advance(600_000);
      assert.equal(run.reports().length, 1);
      await assertValidEnvelopes(acs.envelopes);
    });
  }

  test("C-195 a failed try is repeated as often as each window allows, then the last fault is told", async () => {
    const run = await transferTest();
    const { server, time } = run.under;
    server.serve(URL_OF_FILE, new CwmpFault(9016, "x"));
    await run.call(scheduleDownload({ timeWindowList: [window(0, 300, 2), window(400, 500, 0)] }));
    await time.advance(399_000);
    assert.equal(server.requests.length, 3, "one try and two more");
    await time.advance(1_000);
    assert.equal(server.requests.length, 4);
    assert.deepEqual(
      run.reports().map(({ faultStruct }) => faultStruct.faultCode),
      [9016],
    );
  });

  test("C-195 what is not done at the end of the last window is 9020, even in the middle of a transfer", async () => {
    const run = await transferTest();
    const { server, time } = run.under;
    server.hold();
    await run.call(scheduleDownload({ timeWindowList: [window(10, 60, -1)] }));
    await time.advance(59_000);
    assert.deepEqual(run.reports(), []);
    await time.advance(1_000);
    assert.deepEqual(
      run.reports().map(({ faultStruct }) => faultStruct.faultCode),
      [9020],
    );
    assert.doesNotMatch(run.reports()[0]?.faultStruct.faultString ?? "", /Internal/);
  });

  test("C-195 a phone that was off through all windows tells 9020 when it is back", async () => {
    const run = await transferTest();
    await run.call(scheduleDownload({ timeWindowList: [window(100, 200)] }), download({ delaySeconds: 1000 }));
    await run.under.agent.stop();
    await run.under.time.advance(300_000);
    await run.restart();
    assert.deepEqual(
      run.reports().map(({ faultStruct }) => faultStruct.faultCode),
      [9020],
    );
    assert.deepEqual(run.under.acs.last.eventCodes.slice(-2), ["7 TRANSFER COMPLETE", "M ScheduleDownload"]);
  });

  test("C-195 the second window is used when the first was missed", async () => {
    const run = await transferTest();
    run.under.server.serve(URL_OF_FILE, CONFIG);
    await run.call(scheduleDownload({ timeWindowList: [window(100, 200), window(400, 500)] }));
    await run.under.agent.stop();
    await run.under.time.advance(300_000);
    await run.restart();
    await run.under.time.advance(99_000);
    assert.equal(run.under.server.requests.length, 0);
    await run.under.time.advance(1_000);
    assert.deepEqual(
      run.reports().map(({ faultStruct }) => faultStruct.faultCode),
      [0],
    );
  });
});
