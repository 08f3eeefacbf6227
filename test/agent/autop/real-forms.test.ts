import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";

const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.";

async function started(keys: Readonly<Record<string, string>> = {}): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ inMemory: true, keys });
  await under.agent.start();
  await under.settle();
  return under;
}

async function apply({ agent }: AgentUnderTest, content: string | Uint8Array): Promise<void> {
  await agent.local.applyAutop(typeof content === "string" ? Buffer.from(content) : content, "phone.cfg");
}

async function value({ agent }: AgentUnderTest, path: string): Promise<string | undefined> {
  return (await agent.local.parameters(path))[0]?.value;
}

describe("configuration files in the forms that phones, generators and people write", () => {
  test("sections in another case, a comment in front, empty items, no blanks around the equals sign", async () => {
    const under = await started();
    await apply(
      under,
      [
        "; reception, second floor ",
        "Config.Autoprovision.Mode.Mode = 1 ",
        "Config.Network.Lan.Type = 0",
        "Config.Account1.General.Username = 7001",
        "Config.Account1.General.Enable = 1",
        "Config.Account1.Sip.Server=pbx.example.org",
        "Config.Account1.Sip.Port =",
        "Config.RemotePhoneBook.Remote_Phone_Book0.Url=http://192.0.2.9/a//b.xml",
        "",
      ].join("\r\n"),
    );
    assert.equal(await value(under, `${PROFILE}1.Line.1.SIP.CUSTOM_UserName`), "7001");
    assert.equal(await value(under, `${PROFILE}1.SIP.ProxyServer`), "pbx.example.org");
    assert.equal(await value(under, `${PROFILE}1.SIP.ProxyServerPort`), "5060");
    const book = "Device.UserInterface.CUSTOM_RemotePhoneBook.CUSTOM_PhoneBook0URL";
    assert.equal(await value(under, book), "http://192.0.2.9/a//b.xml");
  });

  test("comments behind values, on settings that the data model has and on others", async () => {
    const under = await started();
    await apply(
      under,
      "Config.Features.BLFLED.Idle = 1   //lamp off//\nConfig.Account1.DTMF.Type = 1\t//telephone-event//\n" +
        "Config.Account1.GENERAL.Label = desk //7//\nConfig.Account1.GENERAL.DisplayName = a // b\n",
    );
    assert.equal(under.settings.get("Config.Features.BLFLED.Idle"), "1");
    assert.equal(await value(under, `${PROFILE}1.DTMFMethod`), "RFC2833");
    assert.equal(await value(under, `${PROFILE}1.Line.1.SIP.CUSTOM_Label`), "desk");
    assert.equal(await value(under, `${PROFILE}1.Line.1.SIP.CUSTOM_DisplayName`), "a // b");
  });

  test("a value of an ACS that would read as a comment comes back as it was written", async () => {
    const under = await started();
    for (const text of ["desk //7//", "//7//", "a //b", "x ////", "http://a//"]) {
      await under.agent.local.setValues(new Map([[`${PROFILE}1.Line.1.SIP.CUSTOM_Label`, text]]));
      assert.equal(await value(under, `${PROFILE}1.Line.1.SIP.CUSTOM_Label`), text);
      const file = await under.agent.local.exportAutop({ passwords: true });
      assert.deepEqual((await under.agent.local.applyAutop(Buffer.from(file), "export")).changed, []);
      assert.equal(await value(under, `${PROFILE}1.Line.1.SIP.CUSTOM_Label`), text);
    }
  });

  test("the bit mask of the DHCP options, the days of a schedule, and what is neither", async () => {
    const under = await started();
    await apply(
      under,
      "Config.Autoprovision.DHCP_OPTION.Enable = 7\nConfig.Autoprovision.DHCP_OPTION.CustomId = 128\n" +
        "Config.Autoprovision.SCHEDULE.DayOfWeek = 8\nConfig.Autoprovision.SCHEDULE.SomeDayOfWeek = 1,3,5\n",
    );
    assert.equal(under.settings.get("Config.Autoprovision.DHCP_OPTION.Enable"), "7");
    assert.equal(await value(under, "Device.UserInterface.CUSTOM_Update.CUSTOM_DHCPOption"), "128");
    assert.equal(await value(under, "Device.UserInterface.CUSTOM_Update.CUSTOM_AutoProvisionScheduleDayOfWeek"), "8");
    for (const [line, words] of [
      ["Config.Autoprovision.DHCP_OPTION.Enable = 8", /line 1: .*sum of 1 .*2 .*4/],
      ["config.autoprovision.schedule.somedayofweek = 1,8", /line 1: .*1 \(Monday\) to 7 \(Sunday\)/],
    ] as const) {
      const refused = (error: unknown) => error instanceof CwmpFault && words.test(error.message);
      await assert.rejects(apply(under, line), refused);
    }
  });

  test("items that are left empty are the default", async () => {
    const under = await started();
    const codec = `${PROFILE}1.Line.1.Codec.List.2.Priority`;
    const [initial, waiting] = [await value(under, codec), "Device.UserInterface.CUSTOM_Features.CUSTOM_CallWaiting"];
    await apply(under, "Config.Account1.Audio1.Priority = 13\nConfig.Features.CALL_WAITING.Enable = 0\n");
    assert.deepEqual([await value(under, codec), await value(under, waiting)], ["1", "false"]);
    await apply(
      under,
      "Config.Account1.Audio1.Priority =\nConfig.Settings.AUDIO.RingVol =\nConfig.Features.CALL_WAITING.Enable =\n",
    );
    assert.deepEqual([await value(under, codec), await value(under, waiting)], [initial, "true"]);
    assert.equal(await value(under, "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol"), "8");
    assert.equal(await value(under, `${PROFILE}1.Line.1.RingVolumeStatus`), "53");
  });

  test("a byte order mark, CR alone, Latin-1 and GBK bytes, a key that stands twice", async () => {
    const under = await started();
    const name = `${PROFILE}1.Line.1.SIP.CUSTOM_DisplayName`;
    await apply(under, "\uFEFFConfig.Account1.GENERAL.DisplayName = K\u00fcche\rConfig.Own.A.B = 1\r");
    assert.deepEqual([await value(under, name), under.settings.get("Config.Own.A.B")], ["K\u00fcche", "1"]);
    await apply(under, Buffer.from("Config.Account1.GENERAL.DisplayName = K\u00fcche 2\n", "latin1"));
    assert.equal(await value(under, name), "K\u00fcche 2");
    const gbk = Buffer.concat([
      Buffer.from("Config.Account1.GENERAL.DisplayName = "),
      Buffer.from([0xc7, 0xb0, 0xcc, 0xa8]),
    ]);
    await apply(under, gbk);
    const kept = await value(under, name);
    const file = await under.agent.local.exportAutop({ passwords: true });
    assert.deepEqual((await under.agent.local.applyAutop(Buffer.from(file), "export")).changed, []);
    assert.equal(await value(under, name), kept);
    await apply(under, "Config.Own.A.B = 2\nCONFIG.own.a.B = 3\n");
    assert.equal(under.settings.get("Config.Own.A.B"), "3");
    assert.equal([...under.settings.text().matchAll(/^config\.own\.a\.b\b/gim)].length, 1);
  });

  test("1,400 lines, most of which this phone knows nothing of, and all of them come back", async () => {
    const under = await started();
    const lines = Array.from({ length: 1_400 }, (_, at) => `Config.Programable.SOFTKEY${at}.Param1 = ${at};;;;`);
    await apply(under, `${lines.join("\n")}\n`);
    const file = await under.agent.local.exportAutop({ passwords: true });
    for (const line of lines) assert.ok(file.includes(`\n${line}\n`), line);
  });
});

describe("a setting from before its range was narrower", () => {
  const PORT = "Config.Account1.SIP.Port";
  const URL_KEY = "Config.Autoprovision.GENERAL.Url";
  const long = `http://files.example/${"a".repeat(150)}`;

  test("is read as it is, survives an export, and cannot be set any more", async () => {
    const under = await started({ [PORT]: "80", [URL_KEY]: long, "Config.Forward.TIMEOUT.Timeout": "31" });
    assert.deepEqual(under.log.at("warn"), []);
    assert.equal(await value(under, `${PROFILE}1.SIP.ProxyServerPort`), "80");
    assert.equal(await value(under, "Device.UserInterface.CUSTOM_Update.CUSTOM_ServerUrl"), long);
    const file = await under.agent.local.exportAutop({ passwords: true });
    assert.match(file, /^Config\.Account1\.SIP\.Port = 80$/m);
    assert.deepEqual((await under.agent.local.applyAutop(Buffer.from(file), "export")).changed, []);
    await assert.rejects(apply(under, `${PORT} = 81\n`), /line 1: Config\.Account1\.SIP\.Port: .*1024 to 65535/);
    await assert.rejects(under.agent.local.setValues(new Map([[`${PROFILE}2.SIP.ProxyServerPort`, "80"]])));
    await apply(under, `${PORT} = 5070\n`);
    assert.equal(await value(under, `${PROFILE}1.SIP.ProxyServerPort`), "5070");
  });
});
