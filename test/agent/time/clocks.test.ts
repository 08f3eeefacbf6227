import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateStore } from "../../../src/ports/state-store.ts";
import { type AgentUnderTestOptions, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { rpc, UNREACHABLE } from "../../helpers/scripted-acs.ts";
import {
  download,
  scheduleDownload,
  type TransferTest,
  transferTest,
  URL_OF_FILE,
  window,
} from "../../helpers/transfers.ts";

const MINUTE = 60_000;
const RING_VOLUME = "Config.Settings.AUDIO.RingVol";
const NEVER_SET = "1970-01-01T00:00:00Z";

/** So many minutes later the clock is set, or the power is cut and the phone comes up with this time of day. */
type Step = readonly [minutes: number, what: "set" | "cut", clock: string];

interface Case {
  readonly what: string;
  readonly boot: string;
  readonly steps: readonly Step[];
  /** Minutes after the last step until what was asked for an hour later is due; null: the clock says that a year has passed. */
  readonly left: number | null;
}

/** Something is asked for an hour later. While it waits the time is noted every ten minutes. */
const CASES: readonly Case[] = [
  {
    what: "starts in 1970 and is set right later",
    boot: NEVER_SET,
    steps: [[20, "set", "2026-11-30T12:20:00Z"]],
    left: 40,
  },
  {
    what: "jumps a year forwards",
    boot: "2026-11-30T12:00:00Z",
    steps: [[20, "set", "2027-11-30T12:20:00Z"]],
    left: 40,
  },
  { what: "jumps a year back", boot: "2026-11-30T12:00:00Z", steps: [[20, "set", "2025-11-30T12:20:00Z"]], left: 40 },
  {
    what: "jumps a year forwards and back again",
    boot: "2026-11-30T12:00:00Z",
    steps: [
      [10, "set", "2027-11-30T12:10:00Z"],
      [10, "set", "2026-11-30T12:20:00Z"],
    ],
    left: 40,
  },
  {
    what: "starts in 1970 before and after a power cut, and is never set: what was noted counts",
    boot: NEVER_SET,
    steps: [[25, "cut", NEVER_SET]],
    left: 40,
  },
  {
    what: "is set right only after the power cut: how long the phone was off is not known",
    boot: NEVER_SET,
    steps: [
      [25, "cut", NEVER_SET],
      [5, "set", "2026-11-30T12:40:00Z"],
    ],
    left: 35,
  },
  {
    what: "was right, starts in 1970 after the power cut, and is set right later",
    boot: "2026-11-30T12:00:00Z",
    steps: [
      [25, "cut", NEVER_SET],
      [5, "set", "2026-11-30T12:40:00Z"],
    ],
    left: 20,
  },
  {
    what: "starts in 1970 twice and is set right both times",
    boot: NEVER_SET,
    steps: [
      [10, "set", "2026-11-30T12:10:00Z"],
      [15, "cut", NEVER_SET],
      [5, "set", "2026-11-30T12:40:00Z"],
    ],
    left: 20,
  },
  {
    what: "starts in 1970 after each of three power cuts",
    boot: "2026-11-30T12:00:00Z",
    steps: [
      [15, "cut", NEVER_SET],
      [15, "cut", NEVER_SET],
      [15, "cut", NEVER_SET],
    ],
    left: 30,
  },
  {
    what: "jumps a year forwards, and is right after a power cut",
    boot: "2026-11-30T12:00:00Z",
    steps: [
      [10, "set", "2027-11-30T12:10:00Z"],
      [15, "cut", "2026-11-30T12:35:00Z"],
    ],
    left: 40,
  },
  {
    what: "is a year behind after the power cut",
    boot: "2026-11-30T12:00:00Z",
    steps: [[25, "cut", "2025-11-30T12:35:00Z"]],
    left: 40,
  },
  {
    what: "is a year ahead after the power cut: the phone may have been off for that long",
    boot: "2026-11-30T12:00:00Z",
    steps: [[25, "cut", "2027-11-30T12:35:00Z"]],
    left: null,
  },
];

/** The power of a phone: while it is off nothing is saved any more. */
function onPower(power: { on: boolean }): AgentUnderTestOptions {
  const wrapState = (inner: StateStore): StateStore => ({
    ...inner,
    load: inner.load,
    async save(document, value) {
      if (!power.on) throw new Error("no power");
      await inner.save(document, value);
    },
  });
  return { wrapState };
}

/** The ACS asks for something an hour later; then the clock does what the case says. */
async function played(
  { boot, steps }: Case,
  asked: ReturnType<typeof rpc>,
  server: "a server" | "an idle server" = "a server",
): Promise<TransferTest> {
  const power = { on: true };
  const run = await transferTest({ now: Date.parse(boot), ...onPower(power) });
  run.under.server.serve(URL_OF_FILE, `${RING_VOLUME} = 3\n`);
  if (server === "an idle server") run.under.server.hold();
  const { outcomes } = await run.call(asked);
  assert.equal(outcomes[0]?.kind, "response");
  for (const [minutes, what, clock] of steps) {
    await run.under.time.advance(minutes * MINUTE);
    if (what === "set") run.under.time.setWallClock(Date.parse(clock));
    else await powerCut(run, power, Date.parse(clock));
    await run.under.settle();
  }
  return run;
}

async function powerCut(run: TransferTest, power: { on: boolean }, clock: number): Promise<void> {
  power.on = false;
  await run.under.agent.stop();
  run.under.time.setWallClock(clock);
  power.on = true;
  await run.crash();
}

const codes = (run: TransferTest): readonly number[] => run.reports().map(({ faultStruct }) => faultStruct.faultCode);

for (const item of CASES) {
  describe(`a clock that ${item.what}`, () => {
    test("a Download with DelaySeconds begins when it is due, once", async () => {
      const run = await played(item, download({ delaySeconds: 3600 }));
      const { server, time } = run.under;
      if (item.left !== null) {
        await time.advance(item.left * MINUTE - 1000);
        assert.equal(server.requests.length, 0);
      }
      await time.advance(1000);
      assert.equal(server.requests.length, 1);
      await time.advance(7200_000);
      assert.equal(server.requests.length, 1);
      assert.deepEqual(codes(run), [0]);
    });

    test("C-195 a ScheduleDownload begins with its window, and fails only where the window is over", async () => {
      const run = await played(item, scheduleDownload({ timeWindowList: [window(3600, 7200)] }));
      const { server, time } = run.under;
      if (item.left !== null) {
        await time.advance(item.left * MINUTE - 1000);
        assert.equal(server.requests.length, 0);
      }
      await time.advance(1000);
      assert.equal(server.requests.length, item.left === null ? 0 : 1);
      await time.advance(7200_000);
      assert.deepEqual(codes(run), [item.left === null ? 9020 : 0]);
    });

    test("C-195 a window ends when it is due, in the middle of the transfer too", async () => {
      const run = await played(item, scheduleDownload({ timeWindowList: [window(0, 3600, -1)] }), "an idle server");
      if (item.left !== null) {
        await run.under.time.advance(item.left * MINUTE - 1000);
        assert.deepEqual(codes(run), []);
      }
      await run.under.time.advance(1000);
      assert.deepEqual(codes(run), [9020]);
    });

    test("C-192 C-193 a ScheduleInform comes when it is due, once", async () => {
      const run = await played(item, rpc("ScheduleInform", { delaySeconds: 3600, commandKey: "in an hour" }));
      const { acs, time } = run.under;
      const told = () => acs.sessions.filter(({ eventCodes }) => eventCodes.includes("M ScheduleInform")).length;
      if (item.left !== null) {
        await time.advance(item.left * MINUTE - 1000);
        assert.equal(told(), 0);
      }
      await time.advance(1000);
      assert.equal(told(), 1);
      await time.advance(7200_000);
      assert.equal(told(), 1);
    });
  });
}

describe("C-108 the wait for the next try of a session", () => {
  for (const [what, now, later] of [
    ["starts in 1970 and is set right", NEVER_SET, "2026-11-30T12:00:00Z"],
    ["jumps a year forwards", "2026-11-30T12:00:00Z", "2027-11-30T12:00:00Z"],
    ["jumps a year back", "2026-11-30T12:00:00Z", "2025-11-30T12:00:00Z"],
  ] as const) {
    test(`a clock that ${what} makes it neither shorter nor longer`, async () => {
      const under = createAgentUnderTest({ now: Date.parse(now) });
      under.acs.plan(UNREACHABLE, UNREACHABLE, UNREACHABLE);
      await under.agent.start();
      await under.settle();
      const wait = (): number => under.agent.status().retryInMs ?? assert.fail("it does not wait");
      for (const attempt of [1, 2, 3]) {
        const whole = wait();
        await under.time.advance(whole / 2);
        under.time.setWallClock(Date.parse(later) + attempt);
        assert.equal(wait(), whole / 2);
        await under.time.advance(whole / 2 - 1);
        assert.equal(under.acs.sessions.length, attempt);
        await under.time.advance(1);
        assert.equal(under.acs.sessions.length, attempt + 1);
      }
      assert.equal(under.agent.status().phase, "idle");
    });

    test(`C-111 after a power cut with a clock that ${what} it begins with the first row of the table`, async () => {
      const under = createAgentUnderTest({ now: Date.parse(now) });
      under.acs.plan(...Array.from({ length: 6 }, () => UNREACHABLE));
      await under.agent.start();
      await under.time.advance(200_000);
      const again = await under.restarted();
      again.time.setWallClock(Date.parse(later));
      again.acs.plan(UNREACHABLE);
      await again.agent.start();
      await again.settle();
      assert.equal(again.acs.sessions.length, 1, "at once");
      const wait = again.agent.status().retryInMs ?? assert.fail("it does not wait");
      assert.ok(wait >= 5_000 && wait <= 10_000, `${wait} ms`);
      await again.time.advance(wait);
      assert.equal(again.agent.status().phase, "idle");
    });
  }
});
