import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rpc } from "../../helpers/scripted-acs.ts";
import { download, scheduleDownload, type TransferTest, transferTest, window } from "../../helpers/transfers.ts";

const KEY = "Config.Settings.AUDIO.RingVol";
const file = (name: string): string => `http://files.example/${name}`;

/** One value three times, each file with another: the last one that is applied wins. */
async function withFiles(): Promise<TransferTest> {
  const test = await transferTest();
  for (const [name, volume] of [
    ["c1", 1],
    ["c2", 2],
    ["c3", 3],
  ] as const) {
    test.under.server.serve(file(name), `${KEY} = ${volume}\n`);
  }
  return test;
}

const order = ({ under }: TransferTest): readonly string[] =>
  under.server.requests.map(({ server }) => server.url.slice(-2));
const volume = async ({ under }: TransferTest) => (await under.agent.local.readSettings([KEY])).get(KEY);
const three = (...delays: readonly number[]) =>
  [1, 2, 3].map((n) => download({ commandKey: `c${n}`, url: file(`c${n}`), delaySeconds: delays[n - 1] ?? 0 }));

describe("the order of transfers", () => {
  for (const [what, delays, expected] of [
    ["without a delay", [], ["c1", "c2", "c3"]],
    ["with the same delay", [60, 60, 60], ["c1", "c2", "c3"]],
    ["with other delays: as they fall due", [60, 0, 30], ["c2", "c3", "c1"]],
  ] as const) {
    for (const restart of [
      "no restart",
      "a restart while they wait",
      "a restart in the middle of the first",
      "a power cut in the middle of the first",
    ]) {
      test(`${what}, ${restart}`, async () => {
        const test = await withFiles();
        const release = restart.includes("first") ? test.under.server.hold() : () => {};
        await test.call(...three(...delays));
        if (restart.includes("first")) await test.under.time.advance(60_000);
        if (!restart.includes("power")) release();
        // What the phone has asked for before the cut stays without an answer.
        else test.under.server.hold()();
        if (restart.includes("power")) await test.crash();
        else if (restart !== "no restart") await test.restart();
        await test.under.time.advance(200_000);
        const asked = order(test);
        assert.deepEqual(asked.slice(-3), expected);
        assert.equal(await volume(test), expected[2].slice(1));
        assert.deepEqual(
          test
            .reports()
            .map(({ commandKey }) => commandKey)
            .sort(),
          ["c1", "c2", "c3"],
        );
      });
    }
  }

  test("C-188 with a Reboot in the same session: all three in order, then one reboot, and all is told after it", async () => {
    const test = await withFiles();
    await test.call(...three(), rpc("Reboot", { commandKey: "r" }));
    await test.under.time.advance(120_000);
    assert.deepEqual(order(test), ["c1", "c2", "c3"]);
    assert.equal(await volume(test), "3");
    assert.deepEqual(
      test.under.acs.sessions
        .slice(2)
        .map(({ inform }) => inform.event.map(({ eventCode, commandKey }) => eventCode + commandKey)),
      [["1 BOOT", "7 TRANSFER COMPLETE", "M Rebootr", "M Downloadc1", "M Downloadc2", "M Downloadc3"]],
    );
  });

  test("C-188 a file server that does not answer holds a Reboot up for a minute, and changes no order", async () => {
    const test = await withFiles();
    const release = test.under.server.hold();
    await test.call(...three(), rpc("Reboot", { commandKey: "r" }));
    await test.under.time.advance(59_000);
    assert.equal(test.under.acs.sessions.length, 2);
    await test.under.time.advance(10_000);
    assert.deepEqual(test.under.acs.sessions[2]?.eventCodes, ["1 BOOT", "M Reboot"]);
    release();
    await test.under.time.advance(10_000);
    assert.deepEqual(order(test), ["c1", "c1", "c2", "c3"]);
    assert.equal(await volume(test), "3");
  });

  test("a ScheduleDownload that is tried again holds up those after it, until it is done or has failed for good", async () => {
    for (const comes of [true, false]) {
      const test = await withFiles();
      const schedule = (commandKey: string, url: string) =>
        scheduleDownload({ commandKey, url: file(url), timeWindowList: [window(0, 600, 2)] });
      await test.call(schedule("c1", comes ? "c4" : "c5"), schedule("c2", "c2"));
      await test.under.time.advance(20_000);
      test.under.server.serve(file("c4"), `${KEY} = 4\n`);
      await test.under.time.advance(100_000);
      assert.deepEqual(order(test), comes ? ["c4", "c4", "c2"] : ["c5", "c5", "c5", "c2"]);
      assert.equal(await volume(test), "2");
    }
  });
});
