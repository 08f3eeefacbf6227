import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CwmpFault, isAgentError } from "../../../src/cwmp/errors.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { rpc, type SessionPlan, UNREACHABLE } from "../../helpers/scripted-acs.ts";

const SERVER = "Device.ManagementServer.";
const INTERVAL = `${SERVER}PeriodicInformInterval`;
const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const INTERVAL_KEY = "Config.TR069.ManagementServer.PeriodicInformInterval";
const LABEL_KEY = "Config.Account1.GENERAL.Label";

async function started(options: AgentUnderTestOptions, ...plans: readonly SessionPlan[]): Promise<AgentUnderTest> {
  const under = createAgentUnderTest(options);
  under.acs.plan(...plans);
  await under.agent.start();
  await under.settle();
  return under;
}

const notify = (notification: number, name: string) =>
  rpc("SetParameterAttributes", {
    parameterList: [{ name, notificationChange: true, notification, accessListChange: false, accessList: [] }],
  });

async function valueAt({ agent }: AgentUnderTest, path: string): Promise<string | undefined> {
  return (await agent.local.parameters(path))[0]?.value;
}

const isPhoneDown = (error: unknown): boolean => isAgentError(error, "PHONE_DOWN");

describe("a change that a person makes at the phone", () => {
  test("C-199 C-200 raises 4 VALUE CHANGE with the new value where the ACS wants to be told at once", async () => {
    const under = await started({}, { rpcs: [notify(2, LABEL)] });
    assert.equal(await under.agent.local.setValues(new Map([[LABEL, "Front desk"]])), "applied");
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    const told = under.acs.last.inform.parameterList.find(({ name }) => name === LABEL);
    assert.equal(told?.value, "Front desk");
  });

  test("C-199 C-200 waits for the next Inform where the ACS does not hurry, and is not told where it did not ask", async () => {
    for (const [notification, codes] of [
      [1, ["2 PERIODIC", "4 VALUE CHANGE"]],
      [0, ["2 PERIODIC"]],
    ] as const) {
      const under = await started({}, { rpcs: [notify(notification, LABEL)] });
      await under.agent.local.setValues(new Map([[LABEL, "Front desk"]]));
      await under.settle();
      assert.equal(under.acs.sessions.length, 1);
      await under.agent.local.inform("2 PERIODIC");
      await under.settle();
      assert.deepEqual(under.acs.last.eventCodes, codes);
    }
  });

  test("setting what is set already tells nobody", async () => {
    const under = await started({}, { rpcs: [notify(2, INTERVAL)] });
    await under.agent.local.setValues(new Map([[INTERVAL, "1800"]]));
    await under.settle();
    assert.equal(under.acs.sessions.length, 1);
  });

  test("takes effect at once and survives kill -9", async () => {
    const under = await started({});
    const settings = { [`${SERVER}PeriodicInformEnable`]: "true", [INTERVAL]: "600", [LABEL]: "Zürich = 1" };
    await under.agent.local.setValues(new Map(Object.entries(settings)));
    await under.time.advance(1_200_000);
    const periodic = under.acs.sessions.filter(({ eventCodes }) => eventCodes.includes("2 PERIODIC"));
    assert.equal(periodic.length, 2);
    const again = await under.crashed();
    await again.agent.start();
    await again.settle();
    assert.equal(await valueAt(again, LABEL), "Zürich = 1");
    assert.equal(await valueAt(again, INTERVAL), "600");
  });

  test("is all of it or nothing, with a fault for each value that is wrong", async () => {
    const under = await started({}, { rpcs: [notify(2, LABEL)] });
    const values = new Map([
      [LABEL, "new"],
      [INTERVAL, "soon"],
      ["Device.DeviceInfo.UpTime", "1"],
      ["Device.Nothing", "1"],
    ]);
    await assert.rejects(under.agent.local.setValues(values), (error) => {
      assert.ok(error instanceof CwmpFault && error.faultCode === 9003);
      const faults = error.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, faultCode]);
      assert.deepEqual(faults, [
        [INTERVAL, 9007],
        ["Device.DeviceInfo.UpTime", 9008],
        ["Device.Nothing", 9005],
      ]);
      return true;
    });
    await under.settle();
    assert.equal(await valueAt(under, LABEL), "");
    assert.equal(under.acs.sessions.length, 1);
  });

  test("in the phone's own spelling it is the same, by key", async () => {
    const under = await started({}, { rpcs: [notify(2, LABEL)] });
    await assert.rejects(
      under.agent.local.applySettings(
        new Map([
          [LABEL_KEY, "desk"],
          [INTERVAL_KEY, "soon"],
        ]),
      ),
      (error) => error instanceof CwmpFault && error.parameterFaults[0]?.parameterName === INTERVAL_KEY,
    );
    assert.equal(await valueAt(under, LABEL), "");
    await under.agent.local.applySettings(new Map([[LABEL_KEY, "desk"]]));
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    assert.equal((await under.agent.local.readSettings([LABEL_KEY])).get(LABEL_KEY), "desk");
  });

  test("another ACS URL leads to that ACS, with 0 BOOTSTRAP", async () => {
    const under = await started({});
    await under.agent.local.setValues(new Map([[`${SERVER}URL`, "http://other.example/"]]));
    await under.time.advance(1000);
    await under.agent.local.inform("2 PERIODIC");
    await under.settle();
    assert.equal(under.acs.last.target.url, "http://other.example/");
    assert.ok(under.acs.sessions.some(({ eventCodes }) => eventCodes.includes("0 BOOTSTRAP")));
  });
});

describe("what a person sees of the parameters", () => {
  test("a secret reads as empty, and is told to be one", async () => {
    const under = await started({});
    const views = await under.agent.local.parameters("Device.");
    assert.ok(views.length > 250);
    assert.deepEqual(
      views.filter(({ hidden, value }) => hidden && value !== ""),
      [],
    );
    assert.doesNotMatch(JSON.stringify(views), /secret|knock/);
    assert.ok(views.some(({ path, hidden }) => hidden && path === `${SERVER}Password`));
  });

  test("with what they need to change it", async () => {
    const under = await started({}, { rpcs: [notify(1, INTERVAL)] });
    const [view] = await under.agent.local.parameters(INTERVAL);
    assert.deepEqual(
      { ...view, description: "" },
      {
        path: INTERVAL,
        type: "unsignedInt",
        hidden: false,
        writable: true,
        value: "1800",
        notification: 1,
        source: "config",
        keys: [INTERVAL_KEY],
        allowed: "a whole number from 1 to 4294967295",
        description: "",
      },
    );
    await assert.rejects(
      under.agent.local.parameters("Device.Nothing"),
      (error) => error instanceof CwmpFault && error.faultCode === 9005,
    );
  });
});

describe("a restart that a person asks for", () => {
  test("a reboot is told with 1 BOOT, without M Reboot", async () => {
    const under = await started({});
    await under.agent.local.reboot();
    await under.time.advance(60_000);
    assert.deepEqual(
      under.acs.sessions.map(({ eventCodes }) => eventCodes),
      [["0 BOOTSTRAP", "1 BOOT"], ["1 BOOT"]],
    );
  });

  test("waits for the session that runs", async () => {
    const under = await started({});
    under.acs.plan({ before: (post) => (post === 1 ? under.agent.local.reboot() : undefined) });
    await under.agent.local.inform("6 CONNECTION REQUEST");
    await under.time.advance(60_000);
    const [, running, after] = under.acs.sessions;
    assert.deepEqual([running?.eventCodes, running?.posts.length], [["6 CONNECTION REQUEST"], 2]);
    assert.deepEqual(after?.eventCodes, ["1 BOOT"]);
    assert.equal(under.agent.status().retryCount, 0);
  });

  test("meanwhile the phone cannot be talked to, and afterwards it can", async () => {
    const under = await started({});
    const { local } = under.agent;
    await local.reboot();
    await assert.rejects(local.setValues(new Map([[LABEL, "x"]])), isPhoneDown, "from the first instant");
    await under.settle();
    for (const call of [
      () => local.status(),
      () => local.parameters("Device."),
      () => local.setValues(new Map([[LABEL, "x"]])),
      () => local.applySettings(new Map([[LABEL_KEY, "x"]])),
      () => local.readSettings([LABEL_KEY]),
      () => local.inform("2 PERIODIC"),
      () => local.reboot(),
      () => local.factoryReset(),
    ]) {
      await assert.rejects(call, isPhoneDown);
    }
    await under.time.advance(60_000);
    assert.equal((await local.status()).phase, "idle");
    assert.equal(under.acs.sessions.length, 2, "nothing of it was done later");
  });

  test("a phone that was stopped, or has not started, cannot be talked to", async () => {
    const under = createAgentUnderTest();
    await assert.rejects(under.agent.local.status(), isPhoneDown);
    await under.agent.start();
    await under.settle();
    await under.agent.stop();
    await assert.rejects(under.agent.local.parameters("Device."), isPhoneDown);
  });
});

describe("a factory reset that a person asks for", () => {
  test("everything that was set is gone, and the ACS hears 0 BOOTSTRAP", async () => {
    const under = await started({}, { rpcs: [notify(2, LABEL)] });
    await under.agent.local.setValues(new Map([[LABEL, "Front desk"]]));
    await under.settle();
    await under.agent.local.factoryReset();
    await under.time.advance(60_000);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    const [view] = await under.agent.local.parameters(LABEL);
    assert.deepEqual([view?.value, view?.notification], ["", 0]);
  });

  test("is finished after a power cut that came right after it was asked for", async () => {
    const under = await started({});
    await under.agent.local.setValues(new Map([[LABEL, "Front desk"]]));
    await under.agent.local.factoryReset();
    const again = await under.crashed();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    assert.equal(await valueAt(again, LABEL), "");
    const third = await again.restarted();
    await third.agent.start();
    await third.settle();
    assert.deepEqual(third.acs.last.eventCodes, ["1 BOOT"], "and only once");
  });
});

describe("an event that a person raises", () => {
  test("is told in a session of its own, after the running one", async () => {
    const under = await started({});
    under.acs.plan({ before: (post) => (post === 1 ? under.agent.local.inform("0 BOOTSTRAP") : undefined) });
    await under.agent.local.inform("2 PERIODIC");
    await under.settle();
    assert.deepEqual(
      under.acs.sessions.slice(1).map(({ eventCodes }) => eventCodes),
      [["2 PERIODIC"], ["0 BOOTSTRAP"]],
    );
  });

  test("is not lost by a crash, and does not wait for the next retry", async () => {
    const under = await started({}, {}, UNREACHABLE, UNREACHABLE);
    await under.agent.local.inform("2 PERIODIC");
    await under.settle();
    assert.equal(under.agent.status().phase, "waiting");
    const sessions = under.acs.sessions.length;
    await under.agent.local.inform("6 CONNECTION REQUEST");
    await under.settle();
    assert.equal(under.acs.sessions.length, sessions + 1);
    const again = await under.crashed();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT", "2 PERIODIC"]);
  });
});
