import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EventCode, eventRule, isEventCode } from "../../src/cwmp/events.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { createRandomAcs, type HeldSession, type RandomAcs, type Reply, replies } from "../helpers/random-acs.ts";
import { silentLogger } from "../helpers/silent-logger.ts";

// On one Node only: what an ACS answers at random says the same on every Node.

const RUNS = 100;
/** The longest wait of the default retry table. */
const MAX_RETRY_MS = 5_120_000;
const HOUR_MS = 3_600_000;

/** What happens to the phone before the ACS is given its next answers. */
type Happening =
  | { readonly kind: "time"; readonly ms: number }
  | { readonly kind: "knock" }
  | { readonly kind: "user"; readonly volume: string }
  | { readonly kind: "power" };

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  fc.nat({ max: 3 * HOUR_MS }).map((ms) => ({ kind: "time", ms }) as const),
  fc.constant({ kind: "knock" } as const),
  fc.constantFrom("1", "2", "3").map((volume) => ({ kind: "user", volume }) as const),
  fc.constant({ kind: "power" } as const),
);
const steps = fc.array(fc.tuple(happenings, replies), { minLength: 1, maxLength: 8 });

const keyOf = (code: string, commandKey: string): string => `${code}|${commandKey}`;

/** `4 VALUE CHANGE` is not kept as an event: what has changed is. */
const isKept = (key: string): boolean => {
  const [code = ""] = key.split("|");
  return isEventCode(code) && code !== "4 VALUE CHANGE" && eventRule(code).retry !== "never";
};

/** Events that must not get lost, as the ACS and an onlooker know them: added when seen, gone when the ACS has answered. */
class Pending {
  readonly #counts = new Map<string, number>();
  #judged = 0;

  /** Looks at sessions that have ended since. `retryCount` is what the last one left. */
  judge(sessions: readonly HeldSession[]): void {
    for (const session of sessions.slice(this.#judged)) this.#take(session);
    this.#judged = sessions.length;
  }

  seen(events: readonly { readonly code: EventCode; readonly commandKey: string }[]): void {
    this.#atLeast(events.map(({ code, commandKey }) => keyOf(code, commandKey)));
  }

  add(code: string, commandKey: string, most: number): void {
    const key = keyOf(code, commandKey);
    this.#counts.set(key, Math.min(most, (this.#counts.get(key) ?? 0) + 1));
  }

  /** A restart may drop what is retried until a reboot only; `1 BOOT` is raised anew. */
  restarted(): void {
    this.#drop((code) => eventRule(code).retry !== "always");
    this.add("1 BOOT", "", 1);
  }

  get left(): readonly string[] {
    return [...this.#counts.keys()];
  }

  #atLeast(keys: readonly string[]): void {
    for (const key of keys.filter((one) => isKept(one))) {
      const count = keys.filter((one) => one === key).length;
      this.#counts.set(key, Math.max(count, this.#counts.get(key) ?? 0));
    }
  }

  #drop(test: (code: EventCode) => boolean): void {
    for (const key of [...this.#counts.keys()]) {
      const [code = ""] = key.split("|");
      if (isEventCode(code) && test(code)) this.#counts.delete(key);
    }
  }

  /** The last transfer to be reported takes `7 TRANSFER COMPLETE` along. */
  #reported(key: string): void {
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
    if (![...this.#counts.keys()].some((one) => one.startsWith("M Download"))) {
      this.#counts.delete(keyOf("7 TRANSFER COMPLETE", ""));
    }
  }

  #take({ events, judge, reboots, reset, transfers }: HeldSession): void {
    const told = events.map(({ eventCode, commandKey }) => keyOf(eventCode, commandKey));
    for (const [key, count] of this.#counts) {
      const times = told.filter((one) => one === key).length;
      // More of them may have come to pass since anyone looked; Reboots are counted as they are answered.
      const right = key.startsWith("M Reboot") ? times === count : times >= count;
      assert.ok(right, `${key} is pending ${count} times and must be in ${told.join()}`);
    }
    this.#atLeast(told);
    if (judge.informed) this.#drop((code) => eventRule(code).confirmedBy === "InformResponse");
    for (const key of transfers) this.#reported(keyOf("M Download", key));
    for (const key of reboots) this.add("M Reboot", key, Number.POSITIVE_INFINITY);
    if (reboots.length > 0) this.restarted();
    if (!reset) return;
    this.#counts.clear();
    this.add("0 BOOTSTRAP", "", 1);
    this.add("1 BOOT", "", 1);
  }
}

/** Between two happenings the agent is at rest, in one of few ways. */
function assertAtRest({ agent, time }: AgentUnderTest, sessions: readonly HeldSession[]): void {
  const { phase, retryInMs } = agent.status();
  const retries = time.pendingTimers().filter(({ name }) => name === "session retry");
  assert.ok(["idle", "waiting", "rebooting"].includes(phase), phase);
  assert.equal(retries.length, phase === "waiting" ? 1 : 0);
  if (phase === "waiting") assert.ok(retryInMs !== null && retryInMs >= 0 && retryInMs <= MAX_RETRY_MS);
  for (const { wrong, judge, closed } of sessions) {
    assert.equal(wrong, null);
    assert.ok(closed && judge.verdict !== "running", "a session hangs");
  }
  // A TransferComplete that the ACS has refused waits for the next session, whatever opens it (C-078).
  const retried = agent.status().pendingEvents.filter(({ code }) => eventRule(code).confirmedBy === "InformResponse");
  if (phase === "idle") assert.deepEqual(retried, [], "what was not delivered is tried again");
}

/** RetryCount of each Inform counts the failed sessions before it (C-100); a factory reset begins again. */
function assertRetryCounts(sessions: readonly HeldSession[]): void {
  let failures = 0;
  for (const { retryCount, judge, reset } of sessions) {
    assert.equal(retryCount, failures);
    failures = judge.verdict === "succeeded" || reset ? 0 : failures + 1;
  }
}

async function happen(under: AgentUnderTest, happening: Happening): Promise<AgentUnderTest> {
  switch (happening.kind) {
    case "time":
      await under.time.advance(happening.ms);
      return under;
    case "knock":
      under.endpoints[0]?.requested();
      return under;
    case "user": {
      const staged = under.settings.stage(new Map([["Config.Settings.AUDIO.RingVol", happening.volume]]));
      under.reportForeign(await staged.apply());
      return under;
    }
    case "power": {
      const again = await under.restarted();
      await again.agent.start();
      return again;
    }
  }
}

async function live(script: readonly (readonly [Happening, readonly Reply[]])[]): Promise<void> {
  const sessions: HeldSession[] = [];
  const pending = new Pending();
  const transport = createRandomAcs(sessions);
  const keys = {
    "Config.TR069.ManagementServer.PeriodicInformEnable": "1",
    "Config.TR069.ManagementServer.PeriodicInformInterval": "2400",
  };
  let under = createAgentUnderTest({ keys, transport, inMemory: true, logger: silentLogger });
  pending.add("0 BOOTSTRAP", "", 1);
  pending.add("1 BOOT", "", 1);
  transport.plan(script[0]?.[1] ?? []);
  await under.agent.start();
  for (const [happening, planned] of script) {
    await under.settle();
    pending.judge(sessions);
    assertAtRest(under, sessions);
    pending.seen(under.agent.status().pendingEvents);
    transport.plan(planned);
    if (happening.kind === "power") pending.restarted();
    under = await happen(under, happening);
  }
  await assertComesToRest(under, transport, sessions, pending);
}

/** With a good ACS again everything is told, soon and in few POSTs. */
async function assertComesToRest(
  under: AgentUnderTest,
  acs: RandomAcs,
  sessions: HeldSession[],
  pending: Pending,
): Promise<void> {
  const { agent, time } = under;
  const isOver = (): boolean => acs.isGood && sessions.at(-1)?.judge.verdict === "succeeded";
  for (let hour = 0; hour < 200 && !isOver(); hour++) await time.advance(HOUR_MS);
  await time.advance(2 * MAX_RETRY_MS);
  pending.judge(sessions);
  assertAtRest(under, sessions);
  assertRetryCounts(sessions);
  assert.deepEqual(pending.left, []);
  assert.deepEqual(agent.status(), { phase: "idle", retryCount: 0, retryInMs: null, pendingEvents: [] });
  for (const { posts } of sessions) assert.ok(posts <= 120, `${posts} POSTs in one session`);
  await agent.stop();
}

test("C-058 C-063 C-068 C-071 C-075 C-076 C-077 C-078 C-088 C-089 C-100 C-110 whatever an ACS answers: legal sessions, no event lost, and back to rest", async () => {
  await fc.assert(fc.asyncProperty(steps, live), { numRuns: RUNS, seed: 1, endOnFailure: false });
});
