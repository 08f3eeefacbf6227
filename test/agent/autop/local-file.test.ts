import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";

const NAME = "Config.Account1.GENERAL.UserName";
const LABEL = "Config.Account1.GENERAL.Label";
const PASSWORD = "Config.Account1.GENERAL.Pwd";
const MODE = "Config.Autoprovision.MODE.Mode";
const ENABLE = "Config.TR069.General.Enable";
const URL_KEY = "Config.TR069.ManagementServer.URL";
const LINE_LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

async function started(options: AgentUnderTestOptions = {}): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ inMemory: true, ...options });
  await under.agent.start();
  await under.settle();
  return under;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("a configuration file that a person applies", () => {
  test("sets what it names, known and unknown, and says what that changed", async () => {
    const { agent, settings } = await started({ keys: { [LABEL]: "same" } });
    const text = `# x\r\n${NAME.toUpperCase()} = 1001\r\n${LABEL} = same\r\nConfig.Own.THING.Item = 7\r\n`;
    assert.deepEqual(await agent.local.applyAutop(bytes(text), "a.cfg"), {
      settings: 3,
      changed: [NAME, "Config.Own.THING.Item"],
      applied: "applied",
      unknown: ["Config.Own.THING.Item"],
      refused: [],
      warnings: [],
    });
    assert.deepEqual([settings.get(NAME), settings.get("Config.Own.THING.Item")], ["1001", "7"]);
  });

  test("counts as made at the phone: an active parameter opens a session with 4 VALUE CHANGE", async () => {
    const under = await started();
    const ref = under.agent.local.parameters(LINE_LABEL);
    assert.equal((await ref)[0]?.keys[0], LABEL);
    const { acs } = under;
    const request = { name: LINE_LABEL, notificationChange: true, notification: 2 as const, accessListChange: false };
    acs.plan({
      rpcs: [{ name: "SetParameterAttributes", args: { parameterList: [{ ...request, accessList: [] }] } }],
    });
    under.endpoints[0]?.requested();
    await under.settle();
    const before = acs.sessions.length;
    await under.agent.local.applyAutop(bytes(`${LABEL} = Desk\n`), "a.cfg");
    await under.time.advance(10_000);
    assert.deepEqual(
      acs.sessions.slice(before).map(({ eventCodes }) => eventCodes),
      [["4 VALUE CHANGE"]],
    );
  });

  test("a bad line refuses all of it: 9018 names line and key, never the value", async () => {
    const { agent, settings, log } = await started();
    for (const [text, words] of [
      [`${NAME} = 1001\nhunter2\n`, /line 2 is neither/],
      [
        `${NAME} = 1001\n\nConfig.Autoprovision.MODE.Mode = hunter2\n`,
        /line 3: Config\.Autoprovision\.MODE\.Mode: .*it must/,
      ],
      [
        `${NAME} = 1001\nconfig.tr069.general.enable = hunter2\n`,
        /line 2: Config\.TR069\.General\.Enable: it must be 0 or 1/,
      ],
      [
        `${NAME} = 1001\nConfig.TR069.ManagementServer.ConnectionRequestURL = http://hunter2:99999/\n`,
        /line 2: Config\.TR069\.ManagementServer\.ConnectionRequestURL: it must be the word default/,
      ],
      [`${NAME} = 1001\nConfig.TR069.ManagementServer.URL = http://hunter2:99999/\n`, /line 2: .*URL: .*it must/],
      [`${NAME} = 1001\n${"# hunter2\n".repeat(110_000)}`, /at most 1048576 bytes/],
      ["\0\x01hunter2", /line 1 is neither/],
      [
        `${NAME} = 1001\n${Array.from({ length: 4_097 }, (_, at) => `Config.Own.THING.I${at} = hunter2`).join("\n")}\n`,
        /at most 4096 settings/,
      ],
    ] as const) {
      await assert.rejects(agent.local.applyAutop(bytes(text), "a.cfg"), (error: unknown) => {
        assert.ok(error instanceof CwmpFault);
        assert.equal(error.faultCode, 9018);
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      });
    }
    assert.equal(settings.get(NAME), "");
    assert.doesNotMatch(log.text(), /hunter2/);
  });

  test("of which several lines are bad counts lines, not parameters that share a key", async () => {
    const { agent } = await started();
    // One key of two parameters, RegistrarServer and ProxyServer.
    const server = `Config.Account1.SIP.Server = ${"x".repeat(300)}\n`;
    const message = async (text: string): Promise<string> =>
      agent.local.applyAutop(bytes(text), "a.cfg").then(
        () => "",
        (error: Error) => error.message,
      );
    assert.match(await message(server), /line 1: Config\.Account1\.SIP\.Server: [^;]*$/);
    assert.match(await message(`${server}hunter2\n${MODE} = x\n${ENABLE} = x\n`), /line 1: .*; 3 more lines$/);
    assert.match(await message(`${server}hunter2\n`), /; 1 more line$/);
  });

  test("without a setting in it is applied by doing nothing", async () => {
    const { agent, log } = await started();
    for (const text of ["", "# 1717171717.17\n; nothing yet\n\n", "\uFEFF\r\n"]) {
      const { settings, changed, refused } = await agent.local.applyAutop(bytes(text), "empty.cfg");
      assert.deepEqual([settings, changed, refused], [0, [], []]);
    }
    assert.match(log.text(), /nothing to apply/);
  });

  test("leniently: the good lines are applied, the bad ones named, and broken rules leave the rest", async () => {
    const { agent, settings, log } = await started();
    const text = [
      `${NAME} = 1001`,
      "hunter2",
      `${MODE} = hunter2`,
      "Config.Forward.ALWAYS.Enable = 1",
      `${ENABLE} = hunter2`,
      "Config.Own.THING.Item = 7",
    ];
    const result = await agent.local.applyAutop(bytes(text.join("\n")), "a.cfg", true);
    assert.deepEqual(result.changed, [NAME, "Config.Own.THING.Item"]);
    assert.deepEqual([settings.get(NAME), settings.get(MODE)], ["1001", "1"]);
    assert.deepEqual(
      result.refused.map((line) => line.slice(0, 6)),
      ["line 2", "line 3", "line 4", "line 5"],
    );
    assert.match(JSON.stringify(log.at("warn")), /left out/);
    assert.doesNotMatch(log.text() + JSON.stringify(result), /hunter2/);
    await assert.rejects(
      agent.local.applyAutop(bytes("<html>\n<p>\n"), "a.cfg", true),
      /line 1 is neither.*1 more line$/,
    );
  });

  test("that turns TR-069 off says so, in any spelling, and is obeyed at once", async () => {
    const { agent, log, endpoints } = await started();
    assert.equal(endpoints.length, 1);
    const { warnings } = await agent.local.applyAutop(bytes("config.tr069.GENERAL.enable=0\n"), "off.cfg");
    assert.match(warnings.join(), /turns TR-069 off/);
    assert.match(JSON.stringify(log.at("warn")), /off\.cfg.*turns TR-069 off/);
    assert.equal((await agent.local.status()).tr069Enabled, false);
  });

  test("that points to another ACS names both, without what is in the URL besides", async () => {
    const { agent, log } = await started();
    const text = `${URL_KEY} = http://user:hunter2@other.example/hunter2\n`;
    const { warnings } = await agent.local.applyAutop(bytes(text), "acs.cfg").catch(() => {
      return agent.local.applyAutop(bytes(`${URL_KEY} = http://other.example/hunter2\n`), "acs.cfg");
    });
    assert.match(warnings.join(), /changes the ACS from http:\/\/acs\.example:7547 to http:\/\/other\.example$/);
    assert.match(JSON.stringify(log.at("warn")), /acs\.cfg/);
    assert.doesNotMatch(log.text(), /hunter2/);
    assert.match((await agent.local.applyAutop(bytes(`${URL_KEY} =\n`), "x")).warnings.join(), /removes the ACS/);
  });

  test("that changes neither gives no warning, and the first ACS of a phone is none either", async () => {
    const { agent } = await started({ keys: { [URL_KEY]: "", [ENABLE]: "0" } });
    const file = bytes(`${URL_KEY} = http://acs.example/\n${ENABLE} = 1\n`);
    assert.deepEqual((await agent.local.applyAutop(file, "x")).warnings, []);
    assert.deepEqual((await agent.local.applyAutop(file, "x")).warnings, []);
  });
});

describe("an exported configuration file", () => {
  test("has every setting in the order of the phone's template, and secrets only where they are asked for", async () => {
    const { agent } = await started({ keys: { [PASSWORD]: "hunter2" } });
    await agent.local.applyAutop(
      bytes(
        "Config.Own.THING.Item = 7\nConfig.Own.THING.AdminPassword = hunter2\nConfig.Autoprovision.GENERAL.Pwd = hunter2\n",
      ),
      "x",
    );
    const text = await agent.local.exportAutop({ passwords: false });
    assert.doesNotMatch(text, /hunter2/);
    assert.match(text, new RegExp(`^# Left out, because it is a password: ${PASSWORD}$`, "m"));
    assert.match(text, /^# .*SP-R53P 0C1105ABCDEF.*\n# The passwords are left out/);
    const files = [...text.matchAll(/^Config\.(\w+?)\./gm)].map(([, file]) => file);
    const order = [...new Set(files)];
    assert.deepEqual(order.slice(0, 4), ["Autoprovision", "Network", "TR069", "Account1"]);
    assert.equal(order.at(-1), "Own");
    const whole = await agent.local.exportAutop({ passwords: true });
    assert.equal([...whole.matchAll(/= hunter2$/gm)].length, 3);
    assert.match(whole, /keep it safe/);
  });

  test("applied again it changes nothing, whatever the phone's settings are", async () => {
    const under = await started();
    const { agent, settings, acs } = under;
    const writable = (await agent.local.parameters("")).filter(
      ({ writable, source }) => writable && source === "config",
    );
    const value = fc.oneof(
      fc.constantFrom("true", "false", "0", "1", "7", "22:15", "a\tb", " x ", "line\nend", "ü#="),
      fc.string(),
    );
    const change = fc.tuple(fc.constantFrom(...writable.map(({ path }) => path)), value);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        for (const [path, text] of changes) await agent.local.setValues(new Map([[path, text]])).catch(() => {});
        await under.settle();
        const before = [settings.text(), await agent.local.parameters(""), acs.sessions.length];
        const text = await agent.local.exportAutop({ passwords: true });
        const { changed, settings: count } = await agent.local.applyAutop(bytes(text), "export");
        await under.settle();
        assert.deepEqual(changed, []);
        assert.ok(count > 200, String(count));
        assert.deepEqual([settings.text(), await agent.local.parameters(""), acs.sessions.length], before);
        assert.equal(await agent.local.exportAutop({ passwords: true }), text);
      }),
      { numRuns: 25 },
    );
  });

  test("leaves out what the data model refuses, and a broken rule, so that the rest can be applied", async () => {
    const forward = "Config.Forward.ALWAYS.Enable";
    const { agent } = await started({
      keys: { "Config.Autoprovision.MODE.Mode": "nonsense", [forward]: "1", [ENABLE]: "on" },
    });
    const text = await agent.local.exportAutop({ passwords: true });
    for (const key of ["Config.Autoprovision.MODE.Mode", forward, ENABLE]) {
      assert.match(text, new RegExp(`^# Left out, because its value would be refused: ${key}$`, "m"));
    }
    assert.deepEqual((await agent.local.applyAutop(bytes(text), "x")).changed, []);
  });
});
