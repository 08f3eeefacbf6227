import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AgentError, CwmpFault, PhoneFault } from "../../src/cwmp/errors.ts";
import type { FaultCode } from "../../src/cwmp/faults.ts";
import type { Backend } from "../../src/ports/backend.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { rpc } from "../helpers/scripted-acs.ts";

const PROFILES = "Device.LAN.VoiceService.1.VoiceProfile.";
const USER = `${PROFILES}1.Line.1.SIP.CUSTOM_UserName`;
const LABEL = `${PROFILES}1.Line.1.SIP.CUSTOM_Label`;
const LINE = `${PROFILES}1.Line.1.Status`;
const USER_KEY = "Config.Account1.GENERAL.UserName";

const get = (...parameterNames: readonly string[]) => rpc("GetParameterValues", { parameterNames });
const set = (...names: readonly string[]) =>
  rpc("SetParameterValues", {
    parameterList: names.map((name) => ({ name, value: "1001", type: null })),
    parameterKey: "k",
  });
const refused = (faultCode: FaultCode, keys: readonly string[] = []) =>
  new PhoneFault("BACKEND_REFUSED", faultCode, "no", { keys });

/** A phone whose next changes end with this. */
function changesFail(error: () => Error | null): (backend: Backend) => Backend {
  return (backend) => ({
    ...backend,
    async stage(changes) {
      const staged = await backend.stage(changes);
      return {
        ...staged,
        async apply() {
          const found = error();
          if (found !== null) throw found;
          return staged.apply();
        },
      };
    },
  });
}

const levels = ({ log }: AgentUnderTest) => log.at("error").map(({ message }) => message);

describe("a phone that does not answer", () => {
  const asked: (readonly string[])[] = [];
  const deaf = (backend: Backend): Backend => ({
    ...backend,
    async refresh(keys) {
      asked.push(keys);
      throw new PhoneFault("BACKEND_IO", 9002, "the read hook hangs");
    },
  });

  test("live values are fault 9002, settings alone are answered, and the Inform goes out with what was known", async () => {
    const under = createAgentUnderTest({ wrapBackend: deaf });
    under.acs.plan({ rpcs: [get(USER), get(LINE), get("Device.")] });
    await under.agent.start();
    await under.settle();
    const { inform, outcomes } = under.acs.last;
    const ip = inform.parameterList.find(({ name }) => name === "Device.LAN.IPAddress");
    assert.equal(ip?.value, "192.0.2.20");
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.kind === "fault" ? outcome.faultCode : outcome.name)),
      ["GetParameterValues", 9002, 9002],
    );
    assert.ok(under.log.text().includes("the read hook hangs"));
    assert.equal(under.agent.status().retryCount, 0);
  });

  test("an Inform waits five seconds for it, and a stop ends the wait", async () => {
    const hangs = (backend: Backend): Backend => ({ ...backend, refresh: () => new Promise(() => {}) });
    const under = createAgentUnderTest({ wrapBackend: hangs });
    await under.agent.start();
    await under.time.advance(4_999);
    assert.equal(under.acs.sessions.length, 0);
    await under.time.advance(1);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    const second = await under.restarted();
    await second.agent.start();
    await second.settle();
    await second.agent.stop();
    await second.settle();
    assert.deepEqual(second.time.pendingTimers(), []);
  });

  test("one GetParameterValues of everything asks the phone once, for live values alone", async () => {
    const calls: (readonly string[])[] = [];
    const wrapBackend = (backend: Backend): Backend => ({ ...backend, refresh: async (keys) => void calls.push(keys) });
    const under = createAgentUnderTest({ wrapBackend });
    let atInform = 0;
    under.acs.plan({
      rpcs: [get("Device.", USER, "")],
      onInform: () => {
        atInform = calls.length;
      },
    });
    await under.agent.start();
    await under.settle();
    assert.equal(under.acs.last.outcomes[0]?.kind, "response");
    assert.equal(atInform, 1, "once for the Inform");
    assert.equal(calls.length, 2);
    assert.ok(
      calls[1]?.every((key) => key.startsWith("Status.")),
      calls[1]?.join(),
    );
    assert.equal(new Set(calls[1]).size, calls[1]?.length);
  });
});

describe("a phone that refuses", () => {
  for (const [what, error, expected] of [
    ["a value: the parameters of the keys that it names", refused(9007, [USER_KEY]), [9003, [USER, 9007]]],
    ["a value without naming a key: every parameter sent", refused(9008), [9003, [USER, 9008], [LABEL, 9008]]],
    ["for lack of room", refused(9004), [9004]],
    ["all of it as invalid", refused(9003), [9003]],
    ["keys that nobody sent", refused(9007, ["Config.Voice.AUDIO.RingVol"]), [9002]],
    ["in no way that makes sense", new PhoneFault("BACKEND_IO", 9002, "died"), [9002]],
    ["as its disk is full", new AgentError("BACKEND_IO", "disk full"), [9002]],
  ] as const) {
    test(what, async () => {
      let isUnruly = false;
      const under = createAgentUnderTest({ wrapBackend: changesFail(() => (isUnruly ? error : null)) });
      const onInform = () => {
        isUnruly = true;
      };
      under.acs.plan({ onInform, rpcs: [set(USER, LABEL), get(USER, "Device.ManagementServer.ParameterKey")] });
      await under.agent.start();
      await under.settle();
      const [fault, values] = under.acs.last.outcomes;
      assert.ok(fault?.kind === "fault");
      const named = fault.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, faultCode]);
      assert.deepEqual([fault.faultCode, ...named], expected);
      assert.ok(values?.kind === "response" && "parameterList" in values.response);
      const texts = values.response.parameterList.map((found) => "value" in found && found.value);
      assert.deepEqual(texts, ["", ""], "nothing has changed");
    });
  }

  test("DeleteObject names no parameter: a refused value is an internal error", async () => {
    let isUnruly = false;
    const under = createAgentUnderTest({ wrapBackend: changesFail(() => (isUnruly ? refused(9007) : null)) });
    const onInform = async () => {
      await under.settings.stage(new Map([["Config.Account3.GENERAL.Label", "x"]])).apply();
      isUnruly = true;
    };
    const rpcs = [rpc("DeleteObject", { objectName: `${PROFILES}3.`, parameterKey: "" })];
    under.acs.plan({ onInform, rpcs });
    await under.agent.start();
    await under.settle();
    const [fault] = under.acs.last.outcomes;
    assert.equal(fault?.kind === "fault" ? fault.faultCode : 0, 9002);
  });

  test("a key of a configuration file that it refuses is told by its line", async () => {
    let isUnruly = false;
    const under = createAgentUnderTest({
      wrapBackend: changesFail(() => (isUnruly ? refused(9007, [USER_KEY]) : null)),
    });
    await under.agent.start();
    await under.settle();
    isUnruly = true;
    const file = new TextEncoder().encode(`# mine\nConfig.Account1.GENERAL.Label = hall\n${USER_KEY} = 1001\n`);
    await assert.rejects(under.agent.local.applyAutop(file, "mine.cfg"), (error) => {
      assert.ok(error instanceof CwmpFault);
      assert.equal(error.faultCode, 9018);
      assert.match(
        error.message,
        /line 3: Config\.Account1\.GENERAL\.UserName: Invalid parameter value: the phone refuses it$/,
      );
      return true;
    });
  });

  test("settings of the YAML that it refuses at a start do not stop the agent: the next start tries again", async () => {
    let error: Error | null = refused(9007);
    const options = { yaml: new Map([[USER_KEY, "1001"]]), wrapBackend: changesFail(() => error) };
    const first = createAgentUnderTest(options);
    await first.agent.start();
    await first.settle();
    assert.equal(first.acs.sessions.length, 1);
    assert.equal(first.settings.get(USER_KEY), "");
    assert.deepEqual(levels(first), ["The phone refused settings that changed since the last start"]);
    error = null;
    const second = await first.restarted();
    await second.agent.start();
    assert.equal(second.settings.get(USER_KEY), "1001");
  });

  test("a change that a power cut has interrupted before the phone had it is taken back, whatever the phone takes now", async () => {
    let isCut = false;
    const power = (backend: Backend): Backend => ({
      ...backend,
      async stage(changes) {
        const staged = await backend.stage(changes);
        if (!isCut) return staged;
        return { ...staged, apply: () => new Promise(() => {}) };
      },
    });
    let wrap = power;
    const first = createAgentUnderTest({ wrapBackend: (backend) => wrap(backend) });
    const onInform = () => {
      isCut = true;
    };
    first.acs.plan({ onInform, rpcs: [set(USER)] });
    await first.agent.start();
    await first.settle();
    wrap = changesFail(() => refused(9002));
    const second = await first.crashed();
    await second.agent.start();
    await second.settle();
    assert.ok(
      second.log.text().includes("An interrupted change has not reached the phone completely: it is rolled back"),
    );
    assert.equal(second.acs.sessions.length, 1);
    wrap = (backend) => backend;
    const third = await second.restarted();
    await third.agent.start();
    assert.equal(third.settings.get(USER_KEY), "", "and is not made later, behind everybody's back");
  });
});

describe("a phone whose restart fails", () => {
  const rebooted = { rpcs: [rpc("Reboot", { commandKey: "k" })] };
  const down = () => new AgentError("BACKEND_IO", "the disk is gone");

  test("is tried again with longer and longer waits until it does", async () => {
    let starts = 0;
    const wrapBackend = (backend: Backend): Backend => ({
      ...backend,
      async start(onChange) {
        starts++;
        if (starts > 1 && starts < 12) throw down();
        await backend.start(onChange);
      },
    });
    const under = createAgentUnderTest({ wrapBackend });
    under.acs.plan(rebooted);
    await under.agent.start();
    const waits: unknown[] = [];
    for (let step = 0; step < 20 && under.acs.sessions.length < 2; step++) {
      await under.time.advance(60_000);
    }
    waits.push(...under.log.at("error").map(({ fields }) => Number(fields.againInMs) / 1000));
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    assert.equal(under.agent.status().phase, "idle");
    assert.deepEqual(under.acs.last.eventCodes, ["1 BOOT", "M Reboot"]);
  });

  test("a stop ends the wait", async () => {
    let isUp = true;
    const wrapBackend = (backend: Backend): Backend => ({
      ...backend,
      start: (onChange) => (isUp ? backend.start(onChange) : Promise.reject(down())),
    });
    const under = createAgentUnderTest({ wrapBackend });
    const onInform = () => {
      isUp = false;
    };
    under.acs.plan({ ...rebooted, onInform });
    await under.agent.start();
    await under.time.advance(30_000);
    assert.equal(under.agent.status().phase, "rebooting");
    await under.agent.stop();
    assert.equal(under.agent.status().phase, "stopped");
    await under.settle();
    assert.deepEqual(under.time.pendingTimers(), []);
  });

  test("a stop ends a restart of the phone that is under way", async () => {
    let ended = () => {};
    const wrapBackend = (backend: Backend): Backend => ({
      ...backend,
      reboot: () =>
        new Promise<void>((resolve) => {
          ended = resolve;
        }),
      async stop() {
        ended();
        await backend.stop();
      },
    });
    const under = createAgentUnderTest({ wrapBackend });
    under.acs.plan(rebooted);
    await under.agent.start();
    await under.settle();
    assert.equal(under.agent.status().phase, "rebooting");
    await under.agent.stop();
    await under.settle();
    assert.deepEqual(under.time.pendingTimers(), []);
    assert.equal(under.acs.sessions.length, 1);
  });

  test("a phone that cannot be restarted is managed as it is", async () => {
    const wrapBackend = (backend: Backend): Backend => ({ ...backend, reboot: () => Promise.reject(down()) });
    const under = createAgentUnderTest({ wrapBackend });
    under.acs.plan(rebooted);
    await under.agent.start();
    await under.settle();
    assert.equal(under.acs.sessions.length, 2);
    assert.deepEqual(levels(under), ["The phone could not be restarted: the agent continues without a restart"]);
  });

  test("a factory reset that fails is tried again until it is done", async () => {
    let resets = 0;
    const wrapBackend = (backend: Backend): Backend => ({
      ...backend,
      factoryReset: () => (++resets < 3 ? Promise.reject(down()) : backend.factoryReset()),
    });
    const under = createAgentUnderTest({ wrapBackend });
    under.acs.plan({ rpcs: [rpc("FactoryReset", {})] });
    await under.agent.start();
    await under.time.advance(30_000);
    assert.equal(resets, 3);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
  });
});
