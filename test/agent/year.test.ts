import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { retryRange } from "../../src/agent/sessions/session-loop.ts";
import { AgentError } from "../../src/cwmp/errors.ts";
import { EVENTS } from "../../src/cwmp/events.ts";
import type { AcsTransport } from "../../src/ports/acs-transport.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { decodeRequest } from "../../src/soap/decode.ts";
import { encodeRequest, encodeResponse } from "../../src/soap/encode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import type { FakeTime } from "../helpers/fake-time.ts";
import { silentLogger } from "../helpers/silent-logger.ts";

// On one Node only: a year in virtual time says the same on every Node.

// A process of its own: its memory is measured.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const INTERVAL_MS = 4 * HOUR_MS;
const START = Date.UTC(2024, 4, 1, 12);
/** Long past, and no multiple of the interval away from the start. */
const PHASE = Date.UTC(2020, 0, 1, 1, 17, 23);
const GONE = START + 100 * DAY_MS + 1_234_567;
const BACK = GONE + 7 * DAY_MS;
const POLICY = { minimumWaitSeconds: 5, intervalMultiplier: 2000 };
const VOLUME = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
/** In 1,488 sessions. One message kept of each would be five times as much; what this test itself notes is a tenth. */
const MAX_GROWTH_BYTES = 1.5 * 2 ** 20;

interface Attempt {
  readonly at: number;
  readonly events: readonly string[];
  readonly retryCount: number;
  /** What is told of the watched parameter; NaN where nothing is. */
  readonly volume: number;
  readonly delivered: boolean;
}

interface Size {
  readonly timers: number;
  readonly stateBytes: number;
  readonly heapBytes: number;
}

interface Year {
  readonly attempts: readonly Attempt[];
  readonly restartedAt: number;
  readonly early: Size;
  readonly late: Size;
}

/** An ACS that is away for a week. It sets phase and notification in the first session. */
function acsOf(clock: () => FakeTime, attempts: Attempt[]): AcsTransport {
  return {
    open: () => {
      const first = attempts.length === 0;
      let posts = 0;
      return {
        async post(body) {
          posts++;
          if (posts === 1) return informed(body, clock().clock.now(), attempts);
          const request = first ? SET_UP[posts - 2] : undefined;
          return { status: request === undefined ? 204 : 200, body: request ?? null };
        },
        async close() {},
      };
    },
  };
}

const HEADER = { id: "acs", version: "1.2" } as const;
const SET_UP = [
  encodeRequest(
    "SetParameterValues",
    {
      parameterList: [
        { name: "Device.ManagementServer.PeriodicInformTime", value: new Date(PHASE).toISOString(), type: "dateTime" },
        { name: "Device.ManagementServer.PeriodicInformInterval", value: String(INTERVAL_MS / 1000), type: null },
        { name: "Device.ManagementServer.PeriodicInformEnable", value: "1", type: "boolean" },
      ],
      parameterKey: "year",
    },
    HEADER,
  ),
  encodeRequest(
    "SetParameterAttributes",
    {
      parameterList: [
        { name: VOLUME, notificationChange: true, notification: 2, accessListChange: false, accessList: [] },
      ],
    },
    HEADER,
  ),
];

function informed(body: string | null, at: number, attempts: Attempt[]) {
  const envelope = decodeEnvelope(body ?? "");
  assert.ok(envelope.body.kind === "request");
  const { event, retryCount, parameterList } = decodeRequest("Inform", envelope.body.element);
  // Texts of our own: those of the message would keep the whole message.
  const events = Object.keys(EVENTS).filter((code) => event.some(({ eventCode }) => eventCode === code));
  const volume = Number(parameterList.find(({ name }) => name === VOLUME)?.value ?? Number.NaN);
  const delivered = at < GONE || at >= BACK;
  attempts.push({ at, events, retryCount, volume, delivered });
  if (!delivered) throw new AgentError("ACS_UNREACHABLE", "the ACS is away");
  const answer = encodeResponse("Inform", { maxEnvelopes: 1 }, { id: envelope.id, version: "1.2" });
  return { status: 200, body: answer };
}

/** Notes how long each document is when it is saved. */
function measured(state: StateStore, lengths: Map<string, number>): StateStore {
  return {
    load: (document) => state.load(document),
    erase: () => state.erase(),
    save(document, value) {
      lengths.set(document.name, JSON.stringify(value).length);
      return state.save(document, value);
    },
  };
}

async function userSets(under: AgentUnderTest, volume: number): Promise<void> {
  const staged = under.settings.stage(new Map([["Config.Settings.AUDIO.RingVol", String(volume)]]));
  under.reportForeign(await staged.apply());
  await under.settle();
}

async function liveAYear(): Promise<Year> {
  const attempts: Attempt[] = [];
  const lengths = new Map<string, number>();
  const under = createAgentUnderTest({
    now: START,
    inMemory: true,
    logger: silentLogger,
    transport: acsOf(() => under.time, attempts),
    wrapState: (state) => measured(state, lengths),
  });
  const { time } = under;
  const until = (at: number) => time.advance(at - time.clock.now());
  const size = (): Size => ({
    timers: time.pendingTimers().length,
    stateBytes: [...lengths.values()].reduce((sum, length) => sum + length, 0),
    heapBytes: heapBytes(),
  });
  await under.agent.start();
  await until(GONE + 3 * DAY_MS);
  await userSets(under, 3);
  await userSets(under, 9);
  await until(GONE + 5 * DAY_MS);
  const restartedAt = time.clock.now();
  const again = await under.restarted();
  await again.agent.start();
  await until(BACK + 10 * DAY_MS);
  const early = size();
  await until(START + 365 * DAY_MS);
  const late = size();
  await again.agent.stop();
  return { attempts, restartedAt, early, late };
}

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

const SIZE_ZERO: Size = { timers: 0, stateBytes: 0, heapBytes: 0 };
const isOnPhase = (at: number): boolean => (at - PHASE) % INTERVAL_MS === 0;

describe("a year of a phone's life", () => {
  let year: Year = { attempts: [], restartedAt: 0, early: SIZE_ZERO, late: SIZE_ZERO };
  before(async () => {
    year = await liveAYear();
  });

  test("C-103 every periodic Inform of the year comes on its phase, none is missing and nothing drifts", () => {
    const first = START - ((START - PHASE) % INTERVAL_MS) + INTERVAL_MS;
    const expected = Array.from({ length: (365 * DAY_MS) / INTERVAL_MS }, (_, at) => first + at * INTERVAL_MS);
    const periodic = year.attempts.filter(({ at, events }) => isOnPhase(at) && events.includes("2 PERIODIC"));
    assert.deepEqual(
      periodic.map(({ at }) => at),
      expected,
    );
  });

  test("without trouble there is no other session", () => {
    const quiet = year.attempts.filter(({ at }) => (at < GONE || at > BACK + 2 * HOUR_MS) && !isOnPhase(at));
    assert.deepEqual(
      quiet.map(({ events }) => events),
      [["0 BOOTSTRAP", "1 BOOT"]],
    );
  });

  test("C-108 C-109 C-111 C-114 each retry of the week away waits as the table says, unless an event comes first", () => {
    const away = year.attempts.filter(({ delivered }) => !delivered);
    assert.ok(away.length > 150 && away.length < 400, `${away.length} attempts`);
    let row = 0;
    for (const [at, attempt] of away.entries()) {
      const waitedS = (attempt.at - (away[at - 1]?.at ?? attempt.at)) / 1000;
      const [low, high] = retryRange(row, POLICY);
      const early =
        isOnPhase(attempt.at) || attempt.at === year.restartedAt || !Object.is(attempt.volume, away[at - 1]?.volume);
      if (at > 0) assert.ok(waitedS <= high && (early || waitedS >= low), `retry ${row}: ${waitedS} s`);
      row = attempt.at === year.restartedAt ? 1 : row + 1;
    }
  });

  test("C-100 C-110 RetryCount counts every failure, also over the restart, and is 0 after the first success", () => {
    const from = year.attempts.findIndex(({ delivered }) => !delivered);
    const failures = year.attempts.filter(({ delivered }) => !delivered).length;
    const counts = year.attempts.map(({ retryCount }) => retryCount);
    const expected = year.attempts.map((_, at) => (at > from && at <= from + failures ? at - from : 0));
    assert.deepEqual(counts, expected);
  });

  test("C-086 C-088 C-201 all that happened in that week is in the first Inform after it", () => {
    const back = year.attempts.find(({ at, delivered }) => delivered && at >= BACK);
    assert.deepEqual(back?.events, ["1 BOOT", "2 PERIODIC", "4 VALUE CHANGE"]);
    assert.equal(back?.volume, 9);
    const [, high] = retryRange(10, POLICY);
    assert.ok((back?.at ?? 0) - BACK <= high * 1000);
  });

  test("nothing has grown: timers, state and memory", () => {
    assert.equal(year.late.timers, year.early.timers);
    assert.ok(year.late.stateBytes <= year.early.stateBytes, JSON.stringify(year));
    const grown = year.late.heapBytes - year.early.heapBytes;
    assert.ok(grown < MAX_GROWTH_BYTES, `${grown} bytes`);
  });
});
