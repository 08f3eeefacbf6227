import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateStore } from "../../../src/ports/state-store.ts";
import { ACS_URL, type AgentUnderTest, type AgentUnderTestOptions } from "../../helpers/agent-under-test.ts";
import { rpc, type ScriptedSession, UNREACHABLE } from "../../helpers/scripted-acs.ts";
import {
  download,
  reportsIn,
  scheduleDownload,
  type TransferTest,
  transferTest,
  URL_OF_FILE,
} from "../../helpers/transfers.ts";

const ENABLE = "Config.TR069.General.Enable";
const SERVER = "Config.TR069.ManagementServer.";
const NEW_URL = "http://new.example/cwmp";
const OFF = `${ENABLE} = 0\n`;
const MOVED = `${SERVER}URL = ${NEW_URL}\n${SERVER}Username = new-user\n${SERVER}Password = new-hush\n`;
const OTHER_PASSWORD = `${SERVER}Password = new-hush\n`;
/** What needs a reboot to be in force. */
const LAN = "Config.Network.LAN.Type = 2\nConfig.Network.LAN.StaticIP = 192.0.2.77\n";

const OLD_ACS = `${ACS_URL} as phone:secret`;
const NEW_ACS = `${NEW_URL} as new-user:new-hush`;

/** Whom each session was with. */
const partner = ({ target }: ScriptedSession): string => `${target.url} as ${target.username}:${target.password}`;
const partners = (all: readonly AgentUnderTest[]) => all.flatMap(({ acs }) => acs.sessions.map(partner));
const told = (all: readonly AgentUnderTest[]): readonly string[] =>
  all.flatMap(({ acs }) =>
    acs.sessions.flatMap((session) =>
      reportsIn(session).map(
        ({ commandKey, faultStruct }) => `${commandKey} ${faultStruct.faultCode} ${partner(session)}`,
      ),
    ),
  );

async function withFile(content: string, options: AgentUnderTestOptions = {}): Promise<TransferTest> {
  const run = await transferTest(options);
  run.under.server.serve(URL_OF_FILE, content);
  return run;
}

const isOff = ({ endpoints, agent }: AgentUnderTest): boolean =>
  endpoints.length === 0 && agent.status().phase === "idle";
const former = async ({ state }: AgentUnderTest): Promise<string> => JSON.stringify(await stateOf(state));
async function stateOf(state: StateStore): Promise<unknown> {
  const { openTransferStore } = await import("../../../src/agent/transfers/transfer-store.ts");
  const { durableState } = await import("../../helpers/durable-state.ts");
  return (await openTransferStore(durableState(state))).formerAcs;
}

describe("a configuration file by Download that cuts the phone off from the ACS that asked for it", () => {
  for (const asked of [download(), scheduleDownload({ commandKey: "k" })]) {
    test(`${asked.name}: TR-069 goes off once the TransferComplete is taken, and not before`, async () => {
      const run = await withFile(OFF);
      await run.call(asked);
      await run.under.time.advance(1000);
      assert.deepEqual(told([run.under]), [`k 0 ${OLD_ACS}`]);
      assert.ok(isOff(run.under));
      assert.equal(run.under.settings.get(ENABLE), "0");
      const { length } = run.under.acs.sessions;
      await run.under.time.advance(86_400_000);
      assert.equal(run.under.acs.sessions.length, length);
      assert.equal(await former(run.under), "null");
    });

    test(`${asked.name}: the ACS moves once the TransferComplete is taken, with 0 BOOTSTRAP at the new one`, async () => {
      const run = await withFile(MOVED);
      await run.call(asked);
      await run.under.time.advance(1000);
      assert.deepEqual(told([run.under]), [`k 0 ${OLD_ACS}`]);
      assert.equal(partner(run.under.acs.last), NEW_ACS);
      assert.deepEqual(run.under.acs.last.eventCodes, ["0 BOOTSTRAP"]);
      assert.doesNotMatch(run.under.log.text(), /new-hush|secret/);
      assert.equal(await former(run.under), "null");
    });
  }

  test("another password counts once the TransferComplete is taken, without 0 BOOTSTRAP", async () => {
    const run = await withFile(OTHER_PASSWORD);
    await run.call(download());
    await run.under.time.advance(1000);
    assert.deepEqual(told([run.under]), [`k 0 ${OLD_ACS}`]);
    await run.call();
    assert.equal(partner(run.under.acs.last), `${ACS_URL} as phone:new-hush`);
    assert.deepEqual(run.under.acs.last.eventCodes, ["6 CONNECTION REQUEST"]);
  });

  test("two that were asked for together are both told to the ACS that asked", async () => {
    const run = await withFile(OFF);
    run.under.server.serve(`${URL_OF_FILE}2`, MOVED);
    await run.call(download(), download({ commandKey: "k2", url: `${URL_OF_FILE}2` }));
    await run.under.time.advance(1000);
    assert.deepEqual([...told([run.under])].sort(), [`k 0 ${OLD_ACS}`, `k2 0 ${OLD_ACS}`]);
    assert.ok(isOff(run.under));
  });

  test("a file that is refused changes nothing, and is told", async () => {
    const run = await withFile(`${OFF}hello\n`);
    await run.call(download());
    assert.deepEqual(told([run.under]), [`k 9018 ${OLD_ACS}`]);
    assert.equal(run.under.endpoints.length, 1);
    assert.equal(await former(run.under), "null");
  });

  for (const [what, content] of [
    ["off", OFF],
    ["moves", MOVED],
  ] as const) {
    test(`${what}: an ACS that is out of reach for a while is told when it is back`, async () => {
      const run = await withFile(content);
      run.under.acs.plan({ rpcs: [download()] }, UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE);
      run.under.endpoints[0]?.requested();
      await run.under.time.advance(550_000);
      assert.deepEqual(told([run.under]), [`k 0 ${OLD_ACS}`]);
    });

    test(`${what}: after five failed sessions the file's settings count`, async () => {
      const run = await withFile(content);
      run.under.acs.plan({ rpcs: [download()] }, ...Array.from({ length: 5 }, () => UNREACHABLE));
      run.under.endpoints[0]?.requested();
      await run.under.time.advance(599_000);
      const after = run.under.acs.sessions.slice(2).map(partner);
      if (content === OFF) {
        assert.deepEqual(after, Array(5).fill(OLD_ACS));
        assert.ok(isOff(run.under));
        return;
      }
      assert.deepEqual(after.slice(0, 6), [...Array(5).fill(OLD_ACS), NEW_ACS]);
      const [first, second] = run.under.acs.sessions.slice(7);
      assert.equal(first?.eventCodes[0], "0 BOOTSTRAP");
      assert.deepEqual(told([run.under]), [`k 0 ${NEW_ACS}`], `${second?.eventCodes}`);
    });

    test(`${what}: after ten minutes of an ACS that answers nothing the file's settings count`, async () => {
      const run = await withFile(content);
      const silent = { before: () => new Promise<void>(() => {}) };
      run.under.acs.plan({ rpcs: [download()] }, silent);
      run.under.endpoints[0]?.requested();
      await run.under.time.advance(590_000);
      assert.equal(partner(run.under.acs.last), OLD_ACS);
      assert.equal(run.under.endpoints.length, 1);
      await run.under.time.advance(20_000);
      const { tr069Enabled, acsUrl } = await run.under.agent.local.status();
      assert.deepEqual([tr069Enabled, acsUrl], content === OFF ? [false, ACS_URL] : [true, NEW_URL]);
    });

    test(`${what}: what is set at the phone itself counts at once`, async () => {
      const run = await withFile(content);
      run.under.acs.plan({ rpcs: [download()] }, UNREACHABLE, UNREACHABLE);
      run.under.endpoints[0]?.requested();
      await run.under.settle();
      assert.equal(partner(run.under.acs.last), OLD_ACS);
      const here = { [ENABLE]: "1", [`${SERVER}URL`]: "http://here.example/" };
      await run.under.agent.local.applySettings(new Map(Object.entries(here)));
      await run.under.time.advance(1000);
      assert.equal(run.under.acs.last.target.url, "http://here.example/");
      assert.equal(run.under.acs.last.eventCodes[0], "0 BOOTSTRAP");
    });
  }

  for (const content of [OFF + LAN, MOVED + LAN]) {
    test(`with settings that need a reboot it is told after it: ${content.slice(0, 30)}`, async () => {
      const run = await withFile(content);
      await run.call(download());
      await run.under.time.advance(20_000);
      assert.deepEqual(told([run.under]), [`k 0 ${OLD_ACS}`]);
      const [, , after, next] = run.under.acs.sessions;
      assert.deepEqual(after?.eventCodes, ["1 BOOT", "7 TRANSFER COMPLETE", "M Download"]);
      assert.equal(next === undefined ? "off" : partner(next), content.includes(OFF) ? "off" : NEW_ACS);
    });
  }
});

/** The power: `left` more durable steps, then the step fails, before or after it took effect, and so does all that follows. */
interface Power {
  left: number;
  steps: number;
  readonly tornAfter: boolean;
}

function onPower(power: Power): AgentUnderTestOptions {
  const wrapState = (inner: StateStore): StateStore => ({
    ...inner,
    load: inner.load,
    async save(document, value) {
      if (power.left < 0) throw new Error("no power");
      power.steps++;
      if (power.left-- > 0) return inner.save(document, value);
      if (power.tornAfter) await inner.save(document, value);
      throw new Error("no power");
    },
  });
  return { wrapState };
}

/** The power fails so many durable steps after the Download was answered; the phone comes up again. */
async function cut(content: string, left: number, tornAfter: boolean) {
  const power: Power = { left: Number.POSITIVE_INFINITY, steps: 0, tornAfter };
  const run = await withFile(content, onPower(power));
  const before = run.under;
  await run.call(download({ delaySeconds: 1 }));
  power.steps = 0;
  power.left = left;
  await before.time.advance(2000);
  const { steps } = power;
  power.left = -1;
  await before.agent.stop();
  power.left = Number.POSITIVE_INFINITY;
  await run.crash();
  await run.under.time.advance(3_600_000);
  return { run, all: [before, run.under], steps };
}

describe("a power cut at each durable step of a configuration file that cuts the phone off", () => {
  for (const [what, content] of [
    ["turns TR-069 off", OFF],
    ["moves the ACS", MOVED],
  ] as const) {
    for (const tornAfter of [false, true]) {
      test(`one that ${what}, ${tornAfter ? "right after" : "before"} the step took effect: it is told to the ACS that asked, then takes effect`, async () => {
        const { steps } = await cut(content, Number.POSITIVE_INFINITY, tornAfter);
        assert.ok(steps >= 8, `there are ${steps} steps`);
        for (let left = 0; left < steps; left++) {
          const found = await cut(content, left, tornAfter);
          const where = `${left} durable steps in`;
          const reports = new Set(told(found.all));
          assert.deepEqual([...reports], [`k 0 ${OLD_ACS}`], where);
          assert.equal(await former(found.run.under), "null", where);
          if (content === OFF) assert.ok(isOff(found.run.under), where);
          else assert.equal(partners(found.all).at(-1), NEW_ACS, where);
          // What nobody is told any more once TR-069 is off.
          const pending = found.run.under.agent.status().pendingEvents.filter(({ code }) => code !== "1 BOOT");
          assert.deepEqual(pending, [], where);
        }
      });
    }
  }
});

describe("SetParameterValues in mid-session that changes which ACS the phone talks to", () => {
  const PREFIX = "Device.ManagementServer.";
  for (const [what, values, next, events] of [
    ["the URL", { URL: NEW_URL }, `${NEW_URL} as phone:secret`, ["0 BOOTSTRAP"]],
    ["user name and password", { Username: "new-user", Password: "new-hush" }, `${ACS_URL} as new-user:new-hush`, null],
    ["all three", { URL: NEW_URL, Username: "new-user", Password: "new-hush" }, NEW_ACS, ["0 BOOTSTRAP"]],
    ["EnableCWMP", { EnableCWMP: "0" }, null, null],
  ] as const) {
    test(`${what}: the session goes on as it began, and the change counts after it`, async () => {
      const run = await transferTest({ extensions: ["enableCwmp"] });
      const parameterList = Object.entries(values).map(([name, value]) => ({ name: PREFIX + name, value, type: null }));
      const session = await run.call(
        rpc("SetParameterValues", { parameterList, parameterKey: "p" }),
        rpc("GetParameterValues", { parameterNames: ["Device.DeviceInfo.SoftwareVersion"] }),
      );
      assert.deepEqual(
        session.outcomes.map((outcome) => outcome.kind === "response" && outcome.name),
        ["SetParameterValues", "GetParameterValues"],
      );
      assert.ok(session.ended);
      assert.equal(partner(session), OLD_ACS);
      assert.equal(run.under.agent.history.last?.successful, true);
      await run.under.time.advance(1000);
      if (next === null) {
        assert.ok(isOff(run.under));
        assert.equal(run.under.acs.last, session);
        return;
      }
      if (events === null) await run.call();
      assert.equal(partner(run.under.acs.last), next);
      assert.deepEqual(run.under.acs.last.eventCodes, events ?? ["6 CONNECTION REQUEST"]);
      assert.equal(run.under.acs.sessions.length, 3);
    });
  }
});
