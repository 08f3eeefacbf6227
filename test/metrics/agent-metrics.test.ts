import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openEventQueue } from "../../src/agent/events/event-queue.ts";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import type { MetricSet } from "../../src/metrics/metric-set.ts";
import type { Backend } from "../../src/ports/backend.ts";
import { type AgentUnderTest, type AgentUnderTestOptions, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { openAutonomousTransfers } from "../helpers/autonomous-transfers.ts";
import { getValues, setValues, userSets } from "../helpers/calls.ts";
import { durableState } from "../helpers/durable-state.ts";
import { moved, readSamples, type Samples, testMetricSet } from "../helpers/samples.ts";
import { rpc, type SessionPlan, UNREACHABLE } from "../helpers/scripted-acs.ts";
import { download, faultEnvelope, URL_OF_FILE, upload } from "../helpers/transfers.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

interface MeteredAgent {
  readonly under: AgentUnderTest;
  readonly set: MetricSet;
  /** What a session with this plan moves. */
  session(plan: SessionPlan): Promise<Samples>;
}

/** An agent that has had its first session. */
async function meteredAgent(options: AgentUnderTestOptions = {}): Promise<MeteredAgent> {
  const set = testMetricSet();
  const under = createAgentUnderTest({ ...options, meter: set.meter });
  set.watch(() => [under.agent.status()]);
  await under.agent.start();
  await under.settle();
  return {
    under,
    set,
    session: (plan) =>
      moved(set, async () => {
        under.acs.plan(plan);
        under.endpoints[0]?.requested();
        await under.settle();
      }),
  };
}

/** Resolves when that time has passed. */
function lasts({ time }: AgentUnderTest, ms: number): Promise<void> {
  return new Promise((resolve) => void time.scheduler.after(ms, "slow", resolve));
}

/** What every session moves that an event has opened and that went well. */
const session = (event: string): Samples => ({
  [`events_delivered_total{event="${event}"}`]: 1,
  'session_duration_seconds_count{outcome="success"}': 1,
  [`sessions_total{outcome="success",trigger="${event}"}`]: 1,
});
const REQUESTED = session("6 CONNECTION REQUEST");
const served = (method: string): Samples => ({ [`rpc_duration_seconds_count{method="${method}"}`]: 1 });

describe("sessions", () => {
  test("the first session counts once, under the first of its events", async () => {
    const { under, set } = await meteredAgent();
    const samples = await readSamples(set);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    const told = Object.entries(samples).filter(
      ([name, value]) => /sessions_total|events_deliv/.test(name) && value > 0,
    );
    assert.deepEqual(Object.fromEntries(told), {
      'akuvox_cpe_sessions_total{outcome="success",trigger="0 BOOTSTRAP"}': 1,
      'akuvox_cpe_events_delivered_total{event="0 BOOTSTRAP"}': 1,
      'akuvox_cpe_events_delivered_total{event="1 BOOT"}': 1,
    });
  });

  test("a session for each cause moves its own trigger and nothing else", async () => {
    const {
      under,
      set,
      session: run,
    } = await meteredAgent({
      keys: { "Config.TR069.ManagementServer.PeriodicInformEnable": "1" },
    });
    assert.deepEqual(await run({}), REQUESTED);
    const periodic = await moved(set, () => under.time.advance(1_800_000));
    assert.deepEqual(periodic, session("2 PERIODIC"));
  });

  test("a session that fails counts as failed with its reason, and RetryCount follows; its events do not count", async () => {
    const { under, set, session: run } = await meteredAgent();
    assert.deepEqual(await run(UNREACHABLE), {
      'agents{phase="idle"}': -1,
      'agents{phase="waiting"}': 1,
      'session_duration_seconds_count{outcome="failure"}': 1,
      'session_failures_total{reason="ACS_UNREACHABLE"}': 1,
      'sessions_total{outcome="failure",trigger="6 CONNECTION REQUEST"}': 1,
      session_retries: 1,
    });
    const retried = await moved(set, () => under.agent.local.inform("2 PERIODIC").then(() => under.settle()));
    assert.deepEqual(retried, {
      ...session("2 PERIODIC"),
      'agents{phase="idle"}': 1,
      'agents{phase="waiting"}': -1,
      session_retries: -1,
    });
  });

  test("the length of a session is in seconds", async () => {
    const { under, set } = await meteredAgent();
    under.acs.plan({ before: (post) => (post === 0 ? lasts(under, 2500) : undefined) });
    const steps = await moved(set, async () => {
      under.endpoints[0]?.requested();
      await under.time.advance(2500);
    });
    assert.equal(steps['session_duration_seconds_sum{outcome="success"}'], 2.5);
  });

  test("pending events are those that the ACS has not been told of", async () => {
    const { under, set } = await meteredAgent();
    under.acs.plan(UNREACHABLE);
    await under.agent.local.inform("2 PERIODIC");
    await under.settle();
    assert.equal((await readSamples(set)).akuvox_cpe_pending_events, 1);
  });
});

describe("RPCs and faults", () => {
  test("a read moves its method and no commit; a Set its commit too", async () => {
    const { session: run } = await meteredAgent();
    assert.deepEqual(await run({ rpcs: [getValues(LABEL)] }), { ...REQUESTED, ...served("GetParameterValues") });
    assert.deepEqual(await run({ rpcs: [setValues({ [LABEL]: "Desk" })] }), {
      ...REQUESTED,
      ...served("SetParameterValues"),
      'commit_duration_seconds_count{by="acs",outcome="success"}': 1,
    });
  });

  test("a refused Set counts its fault and that of each parameter, and commits nothing", async () => {
    const { session: run } = await meteredAgent();
    const wrong = setValues({ "Device.Nothing": "1", "Device.DeviceInfo.UpTime": "1", [LABEL]: "Desk" });
    assert.deepEqual(await run({ rpcs: [wrong] }), {
      ...REQUESTED,
      ...served("SetParameterValues"),
      'faults_total{method="SetParameterValues",code="9003"}': 1,
      'parameter_faults_total{code="9005"}': 1,
      'parameter_faults_total{code="9008"}': 1,
    });
  });

  test("a thousand RPCs of made-up names are one series", async () => {
    const { set, session: run } = await meteredAgent();
    const names = Array.from({ length: 1000 }, (_, at) => (at === 0 ? "constructor" : `Made"Up${at}`));
    const envelope = (name: string): string =>
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Body><c:${name.replace('"', "")}/></s:Body></s:Envelope>`;
    const size = Object.keys(await readSamples(set)).length;
    const steps = await run({
      reply: (post) => (post === 0 ? undefined : (names[post - 1]?.replace(/.*/, envelope) ?? null)),
    });
    assert.deepEqual(steps, {
      ...REQUESTED,
      'rpc_duration_seconds_count{method="other"}': 1000,
      'faults_total{method="other",code="9000"}': 1000,
    });
    assert.ok(Object.keys(await readSamples(set)).length <= size + 5);
  });

  test("latency and commit time are those of the work, in seconds", async () => {
    let slow: () => Promise<void> = async () => {};
    const wrapBackend = (backend: Backend): Backend => ({
      ...backend,
      async stage(changes) {
        await slow();
        return backend.stage(changes);
      },
    });
    const { under, set } = await meteredAgent({ wrapBackend });
    slow = () => lasts(under, 250);
    under.acs.plan({ rpcs: [setValues({ [LABEL]: "Desk" })] });
    const steps = await moved(set, async () => {
      under.endpoints[0]?.requested();
      await under.time.advance(250);
    });
    assert.equal(steps['rpc_duration_seconds_sum{method="SetParameterValues"}'], 0.25);
    assert.equal(steps['commit_duration_seconds_sum{by="acs",outcome="success"}'], 0.25);
  });

  test("a change that the phone refuses to store is a failed commit", async () => {
    const wrapBackend = (backend: Backend): Backend => ({
      ...backend,
      stage: (changes) => (changes.size > 0 ? Promise.reject(new Error("disk full")) : backend.stage(changes)),
    });
    const { session: run } = await meteredAgent({ wrapBackend });
    const steps = await run({ rpcs: [setValues({ [LABEL]: "Desk" })] });
    assert.equal(steps['commit_duration_seconds_count{by="acs",outcome="failure"}'], 1);
    assert.equal(steps['faults_total{method="SetParameterValues",code="9002"}'], 1);
  });

  test("a change beside the phone is a commit of the device", async () => {
    const { under, set } = await meteredAgent();
    const steps = await moved(set, () => under.agent.local.setValues(new Map([[LABEL, "Hall"]])));
    assert.deepEqual(steps, { 'commit_duration_seconds_count{by="device",outcome="success"}': 1 });
    const foreign = await moved(set, () => userSets(under, "Config.Account1.GENERAL.Label", "Lobby"));
    assert.deepEqual(foreign, {}, "somebody else has stored that");
  });

  test("faults of the ACS count by the request they answer; what is no code of the standard is one series", async () => {
    const { session: run } = await meteredAgent();
    const refused = await run({ reply: (post) => faultEnvelope([8005, 8005][post] ?? 8000) });
    assert.equal(refused['acs_faults_total{method="Inform",code="8005"}'], 2);
    assert.equal(refused['acs_faults_total{method="Inform",code="8000"}'], 1);
    for (const [code, label] of [
      [8850, "vendor"],
      [123456, "other"],
      [9003, "other"],
    ] as const) {
      const steps = await run({ reply: () => faultEnvelope(code) });
      assert.equal(steps[`acs_faults_total{method="Inform",code="${label}"}`], 1, String(code));
    }
  });
});

describe("transfers", () => {
  test("each counts once, when it has ended, by method and result", async () => {
    const { under, set, session: run } = await meteredAgent();
    const ended = (steps: Samples) =>
      Object.fromEntries(Object.entries(steps).filter(([name]) => /transfers/.test(name)));
    under.server.serve(URL_OF_FILE, "Config.Account1.GENERAL.Label = Reception\n");
    const done = await run({ rpcs: [download(), upload()] });
    assert.deepEqual(ended(done), {
      'transfers_total{method="Download",result="success"}': 1,
      'transfers_total{method="Upload",result="success"}': 1,
    });
    under.server.serve(URL_OF_FILE, new CwmpFault(9016));
    assert.deepEqual(ended(await run({ rpcs: [download()] })), {
      'transfers_total{method="Download",result="9016"}': 1,
    });
    under.server.serve(URL_OF_FILE, "Config.Account1.GENERAL.Label = Reception\n");
    assert.deepEqual(ended(await run({ rpcs: [download({ delaySeconds: 60 })] })), {});
    assert.deepEqual(ended(await run({ rpcs: [rpc("CancelTransfer", { commandKey: "k" })] })), {});
    assert.deepEqual(ended(await moved(set, () => under.time.advance(120_000))), {});
  });
});

test("a transfer that the ACS has not asked for counts even where the ACS is not to be told of it", async () => {
  const set = testMetricSet();
  const state = durableState();
  const autonomous = await openAutonomousTransfers({
    state,
    events: await openEventQueue(state),
    enabled: false,
    meter: set.meter,
    requestSession: () => {},
  });
  const transfer = { url: URL_OF_FILE, isDownload: true, fileType: "3 Vendor Configuration File", fileSize: 1 };
  const times = { startedAt: null, completedAt: null };
  const failure = { code: 9016, text: "gone" } as const;
  const steps = await moved(set, async () => {
    await autonomous.completed({ ...transfer, ...times, failure: null });
    await autonomous.completed({ ...transfer, ...times, failure });
  });
  assert.deepEqual(steps, {
    'transfers_total{method="Autonomous",result="success"}': 1,
    'transfers_total{method="Autonomous",result="9016"}': 1,
  });
});

test("the figures of two agents of one process add up", async () => {
  const set = testMetricSet();
  const agents = [createAgentUnderTest({ meter: set.meter }), createAgentUnderTest({ meter: set.meter })];
  set.watch(() => agents.map(({ agent }) => agent.status()));
  for (const under of agents) {
    under.acs.plan(UNREACHABLE);
    await under.agent.start();
    await under.settle();
  }
  const samples = await readSamples(set);
  assert.equal(samples['akuvox_cpe_sessions_total{outcome="failure",trigger="0 BOOTSTRAP"}'], 2);
  assert.equal(samples['akuvox_cpe_agents{phase="waiting"}'], 2);
  assert.equal(samples.akuvox_cpe_session_retries, 2);
  assert.equal(samples.akuvox_cpe_pending_events, 4);
  await agents[0]?.agent.stop();
  assert.equal((await readSamples(set))['akuvox_cpe_agents{phase="stopped"}'], 1);
});
