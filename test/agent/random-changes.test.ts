import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { type AgentUnderTest, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { rpc, type ScriptedSession, type SessionPlan } from "../helpers/scripted-acs.ts";

// On one Node only: what changes at random says the same on every Node.

const RUNS = 120;
const SIP = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.";

/** Parameters of the phone's file, each with the key behind it: a user's change is a change of the key. */
const WATCHABLE = {
  "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol": "Config.Settings.AUDIO.RingVol",
  [`${SIP}CUSTOM_Label`]: "Config.Account1.GENERAL.Label",
  [`${SIP}CUSTOM_DisplayName`]: "Config.Account1.GENERAL.DisplayName",
} as const;
const NAMES = Object.keys(WATCHABLE);

/** An answer that fails the session when the Inform has been heard. */
const NONSENSE: SessionPlan = { reply: () => "<" };

type Notification = 0 | 1 | 2;
type Action =
  /** The phone's user changes it. */
  | { readonly kind: "user"; readonly name: string; readonly value: string }
  /** In one session, opened by a connection request. */
  | { readonly kind: "acs"; readonly calls: readonly Call[]; readonly meanwhile: Meanwhile | null }
  /** The next session fails. */
  | { readonly kind: "fail" }
  /** Off, changed by hand, and on again. */
  | { readonly kind: "power"; readonly changes: readonly Change[] };
/** `noticed`: the agent has taken it in before the InformResponse reaches it. */
type Meanwhile = Change & { readonly noticed: boolean };
interface Change {
  readonly name: string;
  readonly value: string;
}
type Call =
  | { readonly set: Change }
  | { readonly notify: { readonly name: string; readonly notification: Notification } };

const name = fc.constantFrom(...NAMES);
const change: fc.Arbitrary<Change> = fc.record({ name, value: fc.constantFrom("1", "2", "3") });
const call: fc.Arbitrary<Call> = fc.oneof(
  change.map((set) => ({ set })),
  fc.record({ name, notification: fc.constantFrom<Notification>(0, 1, 2) }).map((notify) => ({ notify })),
);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: change.map((made) => ({ kind: "user", ...made }) as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("acs" as const),
      calls: fc.array(call, { maxLength: 3 }),
      meanwhile: fc.option(fc.tuple(change, fc.boolean()).map(([made, noticed]) => ({ ...made, noticed }))),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "fail" } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("power" as const), changes: fc.array(change, { maxLength: 3 }) }),
  },
);

/** What section 7 of the requirements says, over plain maps. */
class Oracle {
  readonly #values = new Map<string, string>();
  readonly #notifications = new Map<string, Notification>();
  /** Changed by others than the ACS, while watched, since the ACS last took an Inform. */
  readonly #changed = new Set<string>();

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = new Map(values);
  }

  /** True: an active parameter has changed. */
  user({ name, value }: Change): boolean {
    if (this.#values.get(name) === value) return false;
    this.#values.set(name, value);
    const notification = this.#notifications.get(name) ?? 0;
    if (notification > 0) this.#changed.add(name);
    return notification === 2;
  }

  /** While off only the outcome counts: what is as before has not changed. */
  offline(changes: readonly Change[]): void {
    const before = new Map(this.#values);
    const told = new Set(this.#changed);
    for (const one of changes) this.user(one);
    for (const [name, value] of before) {
      if (this.#values.get(name) === value && !told.has(name)) this.#changed.delete(name);
    }
  }

  acs(one: Call): void {
    if ("set" in one) this.#values.set(one.set.name, one.set.value);
    else this.#notifications.set(one.notify.name, one.notify.notification);
  }

  /** What an Inform must report now, by name. */
  get due(): Readonly<Record<string, string>> {
    const names = NAMES.filter((each) => this.#changed.has(each) && (this.#notifications.get(each) ?? 0) > 0);
    return Object.fromEntries(names.map((each) => [each, this.#values.get(each) ?? ""]));
  }

  taken(): void {
    this.#changed.clear();
  }
}

function rpcOf(one: Call): NonNullable<SessionPlan["rpcs"]>[number] {
  if ("set" in one) return rpc("SetParameterValues", { parameterList: [{ ...one.set, type: null }], parameterKey: "" });
  const entry = { ...one.notify, notificationChange: true, accessListChange: false, accessList: [] };
  return rpc("SetParameterAttributes", { parameterList: [entry] });
}

class Run {
  #under: AgentUnderTest;
  readonly #oracle: Oracle;
  #seen = 0;

  constructor(under: AgentUnderTest, oracle: Oracle) {
    this.#under = under;
    this.#oracle = oracle;
  }

  async do(one: Action): Promise<void> {
    switch (one.kind) {
      case "user":
        return this.#user(one);
      case "acs":
        return this.#session(one.calls, one.meanwhile);
      case "fail":
        return this.#failure();
      case "power":
        return this.#power(one.changes);
    }
  }

  async stop(): Promise<void> {
    await this.#under.agent.stop();
  }

  async #user(made: Change): Promise<void> {
    const isActive = this.#oracle.user(made);
    await userChanges(this.#under, made);
    await this.#under.settle();
    assert.equal(this.#fresh().length, isActive ? 1 : 0, "an active change opens one session, any other none");
    if (isActive) this.#told(this.#under.acs.last, true);
  }

  async #session(calls: readonly Call[], meanwhile: Meanwhile | null): Promise<void> {
    const { acs, endpoints } = this.#under;
    let opensAnother = false;
    const during = async (): Promise<void> => {
      if (meanwhile === null) return;
      opensAnother = this.#oracle.user(meanwhile);
      await userChanges(this.#under, meanwhile);
      if (meanwhile.noticed) await setImmediate();
    };
    let due: Readonly<Record<string, string>> = {};
    // Changed when the ACS has the Inform and before it asks for anything: too late for this session (C-204).
    const onInform = async (): Promise<void> => {
      due = this.#oracle.due;
      this.#oracle.taken();
      await during();
      for (const one of calls) this.#oracle.acs(one);
    };
    acs.plan({ rpcs: calls.map(rpcOf), onInform });
    endpoints[0]?.requested();
    await this.#under.settle();
    // The turn that the ACS has waited.
    await this.#under.settle();
    const [first, second, ...more] = this.#fresh();
    assert.ok(first !== undefined && more.length === 0);
    assert.deepEqual(reported(first), due);
    assert.equal(second !== undefined, opensAnother && Object.keys(this.#oracle.due).length > 0);
    if (second !== undefined) this.#told(second, true);
  }

  async #failure(): Promise<void> {
    const { acs, endpoints } = this.#under;
    acs.plan(NONSENSE);
    endpoints[0]?.requested();
    await this.#under.settle();
    const [failed] = this.#fresh();
    assert.ok(failed !== undefined);
    this.#told(failed, false);
    await this.#under.time.advance(15_000);
    for (const retried of this.#fresh()) this.#told(retried, true);
  }

  async #power(changes: readonly Change[]): Promise<void> {
    const again = await this.#under.restarted();
    this.#oracle.offline(changes);
    for (const made of changes) await again.settings.stage(new Map([keyed(made)])).apply();
    this.#under = again;
    this.#seen = 0;
    await again.agent.start();
    await again.settle();
    const [first, ...more] = this.#fresh();
    assert.ok(first !== undefined && more.length === 0);
    this.#told(first, true);
  }

  #told(session: ScriptedSession, taken: boolean): void {
    assert.deepEqual(reported(session), this.#oracle.due);
    if (taken) this.#oracle.taken();
  }

  #fresh(): readonly ScriptedSession[] {
    const { sessions } = this.#under.acs;
    const fresh = sessions.slice(this.#seen);
    this.#seen = sessions.length;
    return fresh;
  }
}

/** The watched parameters of an Inform; event 4 stands there exactly when there are some (C-093). */
function reported({ inform, eventCodes }: ScriptedSession): Readonly<Record<string, string>> {
  const values = inform.parameterList.filter((parameter) => NAMES.includes(parameter.name));
  assert.equal(eventCodes.includes("4 VALUE CHANGE"), values.length > 0);
  return Object.fromEntries(
    NAMES.flatMap((each) => values.filter((value) => value.name === each)).map((value) => [value.name, value.value]),
  );
}

function keyed({ name: changed, value }: Change): [string, string] {
  return [WATCHABLE[changed as keyof typeof WATCHABLE], value];
}

async function userChanges(under: AgentUnderTest, made: Change): Promise<void> {
  under.reportForeign(await under.settings.stage(new Map([keyed(made)])).apply());
}

async function live(actions: readonly Action[]): Promise<void> {
  const under = createAgentUnderTest({ inMemory: true });
  const values = NAMES.map(
    (each) => [each, under.settings.get(WATCHABLE[each as keyof typeof WATCHABLE]) ?? ""] as const,
  );
  const run = new Run(under, new Oracle(new Map(values)));
  await run.do({ kind: "power", changes: [] });
  for (const one of actions) await run.do(one);
  await run.stop();
}

test("C-093 C-199 C-200 C-201 C-202 C-203 C-204 whatever changes, whoever changes it: the ACS hears what the rules say", async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), live), {
    numRuns: RUNS,
    seed: 3,
  });
});
