import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ACS_URL } from "../../helpers/agent-under-test.ts";
import { download, type TransferTest, transferTest, URL_OF_FILE } from "../../helpers/transfers.ts";

const NAME = "Config.Account1.GENERAL.UserName";
const LABEL = "Config.Account1.GENERAL.Label";
const PASSWORD = "Config.Account1.GENERAL.Pwd";
const INTERVAL = "Config.TR069.ManagementServer.PeriodicInformInterval";

async function downloaded(content: string | Uint8Array): Promise<TransferTest> {
  const run = await transferTest();
  run.under.server.serve(URL_OF_FILE, content);
  await run.call(download());
  await run.under.time.advance(10_000);
  return run;
}

describe("a configuration file", () => {
  test("C-184 is applied whole: known keys in any case, keys that the data model lacks as they are, the rest stays", async () => {
    const run = await downloaded(
      `\uFEFF# a part\r\n${NAME.toUpperCase()} = 1001\r\n\r\nConfig.Own.THING.Item = x = #1\r\n${LABEL}=a\r\n${LABEL} = last\r\n`,
    );
    const { settings } = run.under;
    assert.deepEqual(
      [NAME, LABEL, "Config.Own.THING.Item"].map((key) => settings.get(key)),
      ["1001", "last", "x = #1"],
    );
    assert.equal(settings.get("Config.TR069.ManagementServer.Username"), "phone");
    assert.equal(run.reports()[0]?.faultStruct.faultCode, 0);
  });

  for (const [what, text, words] of [
    ["a line that is no setting", `${NAME} = 1001\nhello hunter2\n`, /line 2 is neither a setting nor a comment/],
    ["a key of another shape", `${NAME} = 1001\nhunter2 = 1\n`, /line 2: is not named Config/],
    [
      "a value that the data model refuses",
      `# x\n${NAME} = 1001\n${INTERVAL} = hunter2\n`,
      /line 3: Config\.TR069.*PeriodicInformInterval/,
    ],
    ["a value with a NUL", `${NAME} = hunter2\0\n`, /line 1: .*NUL/],
    ["a file without settings", "# hunter2\n", /holds no setting/],
  ] as const) {
    test(`C-184 C-180 ${what} changes nothing, and the fault 9018 names it without the text`, async () => {
      const run = await downloaded(text);
      const [report] = run.reports();
      assert.equal(report?.faultStruct.faultCode, 9018);
      assert.match(report?.faultStruct.faultString ?? "", words);
      assert.doesNotMatch(report?.faultStruct.faultString ?? "", /hunter2/);
      assert.doesNotMatch(run.under.log.text(), /hunter2/);
      assert.equal(run.under.settings.get(NAME), "");
      assert.deepEqual([...run.under.server.kept], [], "C-286: the file is removed");
    });
  }

  test("C-184 a rule over several settings counts on the values that result", async () => {
    const [low, high] = ["Config.AreaCode.GENERAL.MinLen", "Config.AreaCode.GENERAL.MaxLen"];
    const broken = await downloaded(`${NAME} = 1001\n${low} = 12\n${high} = 5\n`);
    assert.match(broken.reports()[0]?.faultStruct.faultString ?? "", /line [23]: Config\.AreaCode\.GENERAL\.M/);
    assert.equal(broken.under.settings.get(NAME), "");
    const kept = await downloaded(`${low} = 12\n${high} = 13\n`);
    assert.equal(kept.reports()[0]?.faultStruct.faultCode, 0);
  });

  test("C-179 settings that need a restart are told after it, with 1 BOOT", async () => {
    const run = await downloaded("Config.Network.LAN.Type = 2\nConfig.Network.LAN.StaticIP = 192.0.2.77\n");
    await run.under.time.advance(10_000);
    const { acs } = run.under;
    const events = acs.sessions.map(({ eventCodes }) => eventCodes.join());
    assert.match(events.at(-1) ?? "", /^1 BOOT.*7 TRANSFER COMPLETE,M Download$/);
    assert.equal(run.reports().length, 1);
    assert.equal(
      acs.last.inform.parameterList.find(({ name }) => name === "Device.LAN.IPAddress")?.value,
      "192.0.2.77",
    );
  });

  test("a configuration file with another ACS URL is told to the ACS that asked, then the new one hears 0 BOOTSTRAP", async () => {
    const run = await downloaded(`Config.TR069.ManagementServer.URL = http://other.example/\n${PASSWORD} = hunter2\n`);
    const { acs, log } = run.under;
    const told = acs.sessions.find(({ told }) => told.length > 0);
    assert.equal(told?.target.url, ACS_URL);
    assert.equal(acs.last.target.url, "http://other.example/");
    assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP"]);
    assert.doesNotMatch(log.text(), /hunter2/);
    assert.equal(run.reports().length, 1);
  });

  test("a file in Latin-1 is taken as such", async () => {
    const run = await downloaded(Buffer.from(`${LABEL} = B\u00fcro\n`, "latin1"));
    assert.equal(run.under.settings.get(LABEL), "B\u00fcro");
  });
});
