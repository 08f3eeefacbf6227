import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import type { RequestOf } from "../../../src/soap/rpc-table.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { createFakeFileServer } from "../../helpers/fake-file-server.ts";

const SERVER = "http://files.example/prov";
const COMMON = `${SERVER}/r000000000053.cfg`;
const DEVICE = `${SERVER}/0c1105abcdef.cfg`;
const MODE = "Config.Autoprovision.MODE.Mode";
const URL_KEY = "Config.Autoprovision.GENERAL.Url";
const NAME = "Config.Account1.GENERAL.UserName";
const LABEL = "Config.Account1.GENERAL.Label";
const STATIC = "Config.Network.LAN.Type = 2\nConfig.Network.LAN.StaticIP = 192.0.2.77\n";
const MINUTE = 60_000;
const HOUR = 3_600_000;

async function started(
  keys: Readonly<Record<string, string>> = {},
  options: AgentUnderTestOptions = {},
): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ ...options, inMemory: true, keys: { [URL_KEY]: SERVER, ...keys } });
  under.server.serve(DEVICE, `${NAME} = 1001\n`);
  await under.agent.start();
  await under.settle();
  return under;
}

/** What has been asked for, without the URL's folder. */
function asked({ server }: AgentUnderTest): readonly string[] {
  return server.requests.map(({ server: { url } }) => url.slice(url.lastIndexOf("/") + 1));
}

function looks(under: AgentUnderTest): number {
  return asked(under).filter((name) => name === "0c1105abcdef.cfg").length;
}

async function restarted(under: AgentUnderTest): Promise<AgentUnderTest> {
  const next = await under.restarted();
  await next.agent.start();
  await next.settle();
  return next;
}

function reports({ acs }: AgentUnderTest): readonly RequestOf<"AutonomousTransferComplete">[] {
  const told = acs.sessions.flatMap((session) => session.told);
  return told.flatMap(({ name, args }) =>
    name === "AutonomousTransferComplete" ? [args as RequestOf<"AutonomousTransferComplete">] : [],
  );
}

describe("when the phone looks for configuration files", () => {
  test("1 at power-on: within a minute, once; what is there is applied, and then nothing more in weeks", async () => {
    const under = await started();
    assert.deepEqual(asked(under), [], "phones that get their power back together do not ask at once");
    await under.time.advance(MINUTE);
    assert.deepEqual(asked(under), ["r000000000053.cfg", "0c1105abcdef.cfg"]);
    assert.equal(under.settings.get(NAME), "1001");
    await under.time.advance(14 * 24 * HOUR);
    assert.equal(looks(under), 1);
    const again = await restarted(under);
    await again.time.advance(MINUTE);
    assert.equal(looks(again), 2);
  });

  test("0 never, and nothing where no server is set or the firmware does it", async () => {
    const never = await started({ [MODE]: "0" });
    const nowhere = await started({ [URL_KEY]: "", [MODE]: "4" });
    const off = await started({ [MODE]: "3" }, { autop: { enabled: false } });
    for (const under of [never, nowhere, off]) {
      await under.time.advance(9 * 24 * HOUR);
      assert.deepEqual(asked(under), []);
    }
    assert.equal((await nowhere.agent.local.checkAutop()).kind, "off");
    assert.equal((await off.agent.local.checkAutop()).kind, "applied", "a person may ask all the same");
  });

  test("2 on schedule: at the phone's local time on that day, over a change to summer time", async () => {
    // A Saturday; the clocks go forward on Sunday 2024-03-31.
    const now = Date.UTC(2024, 2, 23, 12);
    const zone = "CET-1CEST,M3.5.0,M10.5.0/3";
    const under = await started({ [MODE]: "2", "Config.Settings.SNTP.TimeZone": zone }, { now });
    const at = (text: string): Promise<void> => under.time.advance(Date.parse(text) - under.time.clock.now());
    await at("2024-03-24T20:59:59Z");
    assert.equal(looks(under), 0);
    await at("2024-03-24T21:00:00Z");
    assert.equal(looks(under), 1);
    await at("2024-03-31T19:59:59Z");
    assert.equal(looks(under), 1);
    await at("2024-03-31T20:00:00Z");
    assert.equal(looks(under), 2);
  });

  test("2 on schedule: every day at HH:MM with day 0, and a new time counts at once", async () => {
    const day = "Config.Autoprovision.SCHEDULE.DayOfWeek";
    const under = await started({ [MODE]: "2", [day]: "0" });
    await under.time.advance(3 * 24 * HOUR);
    assert.equal(looks(under), 3);
    const time = "Device.UserInterface.CUSTOM_Update.CUSTOM_AutoProvisionScheduleTime";
    await under.agent.local.setValues(new Map([[time, "12:30"]]));
    await under.time.advance(29 * MINUTE);
    assert.equal(looks(under), 3);
    await under.time.advance(MINUTE);
    assert.equal(looks(under), 4);
    await under.agent.local.applySettings(new Map([[MODE, "0"]]));
    await under.time.advance(3 * 24 * HOUR);
    assert.equal(looks(under), 4);
  });

  test("2 on schedule: day 8 is the days of SomeDayOfWeek, and none where it names none", async () => {
    const day = "Config.Autoprovision.SCHEDULE.DayOfWeek";
    const some = "Config.Autoprovision.SCHEDULE.SomeDayOfWeek";
    // A Monday at noon; the look is at 22:00.
    const now = Date.UTC(2024, 4, 6, 12);
    const under = await started({ [MODE]: "2", [day]: "8", [some]: "1, 3,5" }, { now });
    await under.time.advance(7 * 24 * HOUR);
    assert.equal(looks(under), 3);
    await under.agent.local.applySettings(new Map([[some, ""]]));
    await under.time.advance(14 * 24 * HOUR);
    assert.equal(looks(under), 3);
    assert.match(JSON.stringify(under.log.at("warn")), /SomeDayOfWeek names no day/);
    await under.agent.local.applySettings(new Map([[some, "7"]]));
    await under.time.advance(7 * 24 * HOUR);
    assert.equal(looks(under), 4);
    const path = "Device.UserInterface.CUSTOM_Update.CUSTOM_AutoProvisionScheduleDayOfWeek";
    await under.agent.local.setValues(new Map([[path, "8"]]));
    await assert.rejects(under.agent.local.setValues(new Map([[path, "9"]])));
  });

  test("2 on schedule: a clock that is set is noticed; a time that it jumps over by far is left out", async () => {
    const under = await started({ [MODE]: "2", "Config.Autoprovision.SCHEDULE.DayOfWeek": "0" }, { now: 0 });
    under.time.setWallClock(Date.UTC(2024, 4, 1, 21));
    await under.time.advance(59 * MINUTE);
    assert.equal(looks(under), 0, "not for fifty years of missed looks");
    await under.time.advance(2 * HOUR);
    assert.equal(looks(under), 1);
    under.time.setWallClock(Date.UTC(2024, 4, 1, 20, 59));
    await under.time.advance(2 * HOUR);
    assert.equal(looks(under), 2, "the clock went back: 22:00 comes again");
  });

  test("3 at power-on and on schedule", async () => {
    const under = await started({ [MODE]: "3" });
    await under.time.advance(MINUTE);
    assert.equal(looks(under), 1);
    await under.time.advance(7 * 24 * HOUR);
    assert.equal(looks(under), 2);
  });

  test("4 every hour, from some minute of the first one", async () => {
    const under = await started({ [MODE]: "4" });
    await under.time.advance(HOUR);
    assert.equal(looks(under), 1);
    await under.time.advance(23 * HOUR);
    assert.equal(looks(under), 24);
    await under.agent.local.applySettings(new Map([[MODE, "1"]]));
    await under.time.advance(24 * HOUR);
    assert.equal(looks(under), 24);
  });

  test("a mode that is turned off within the first minute cancels the look at power-on", async () => {
    const under = await started();
    await under.agent.local.applySettings(new Map([[MODE, "0"]]));
    await under.time.advance(HOUR);
    assert.equal(looks(under), 0);
  });

  test("a server for tftp is a warning, once, and never asked", async () => {
    const under = await started({ [URL_KEY]: "tftp://u:hunter2@files.example/", [MODE]: "4" });
    await under.agent.local.applySettings(new Map([["Config.Autoprovision.SCHEDULE.HourOfDay", "3"]]));
    await under.time.advance(5 * HOUR);
    assert.deepEqual(asked(under), []);
    const warnings = under.log.at("warn").filter(({ message }) => /tftp.*http and https/.test(message));
    assert.equal(warnings.length, 1);
    assert.doesNotMatch(under.log.text(), /hunter2/);
  });
});

describe("what the phone does with configuration files", () => {
  test("the phone's own file goes before that of its model, in one transaction", async () => {
    const under = createAgentUnderTest({ inMemory: true, keys: { [URL_KEY]: SERVER } });
    under.server.serve(COMMON, `${NAME} = common\n${LABEL} = common\n`);
    under.server.serve(DEVICE, `${NAME.toLowerCase()} = own\n`);
    await under.agent.start();
    const outcome = await under.agent.local.checkAutop();
    assert.deepEqual([under.settings.get(NAME), under.settings.get(LABEL)], ["own", "common"]);
    assert.deepEqual(outcome.kind === "applied" && [...outcome.result.changed].sort(), [LABEL, NAME]);
  });

  test("a file that has not changed is not applied again, over restarts too, and undoes nothing", async () => {
    let under = await started();
    await under.time.advance(MINUTE);
    await under.agent.local.applySettings(new Map([[NAME, "by hand"]]));
    assert.equal((await under.agent.local.checkAutop()).kind, "unchanged");
    under = await restarted(under);
    await under.time.advance(MINUTE);
    assert.equal(under.settings.get(NAME), "by hand");
    // The model's file comes: the phone's own has not changed, and what it names is not touched.
    under.server.serve(COMMON, `${NAME} = common\n${LABEL} = common\n`);
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.deepEqual([under.settings.get(NAME), under.settings.get(LABEL)], ["by hand", "common"]);
    under.server.serve(DEVICE, `${NAME} = 1002\n`);
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.deepEqual([under.settings.get(NAME), under.settings.get(LABEL)], ["1002", "common"]);
  });

  test("a common file of comments alone, or with nothing in it, is nothing to apply: the phone's own file counts", async () => {
    for (const nothing of ["# 1717171717.17\n; nothing for all phones yet\n", ""]) {
      const under = await started();
      under.server.serve(COMMON, nothing);
      assert.equal((await under.agent.local.checkAutop()).kind, "applied");
      assert.equal(under.settings.get(NAME), "1001");
      assert.equal((await under.agent.local.checkAutop()).kind, "unchanged");
      assert.deepEqual(under.log.at("warn"), []);
    }
  });

  test("where the settings allow it, the good lines of a file are applied and the bad ones named", async () => {
    const under = await started({}, { autop: { enabled: true, lenient: true } });
    under.server.serve(DEVICE, `${NAME} = 1001\n${MODE} = hunter2\n`);
    const outcome = await under.agent.local.checkAutop();
    assert.deepEqual(outcome.kind === "applied" && outcome.result.refused.length, 1);
    assert.equal(under.settings.get(NAME), "1001");
    assert.match(JSON.stringify(under.log.at("warn")), /0c1105abcdef\.cfg, line 2: Config\.Autoprovision\.MODE\.Mode/);
    assert.doesNotMatch(under.log.text(), /hunter2/);
    assert.equal((await under.agent.local.checkAutop()).kind, "unchanged");
  });

  test("a server without a file for this phone is no fault", async () => {
    const under = await started();
    under.server.serve(DEVICE, new CwmpFault(9016));
    assert.equal((await under.agent.local.checkAutop()).kind, "none");
    assert.deepEqual(under.log.at("warn"), []);
  });

  for (const [what, page] of [
    ["an error message", "file not found"],
    [
      "a web page",
      "<!doctype html>\n<style>\n#login { margin: 0 }\n</style>\n<script>a=1</script>\n<title>hunter2</title>\n",
    ],
    ["JSON", '{"error": "not found", "path": "Config.Account1.GENERAL.UserName = 1"}'],
  ] as const) {
    test(`${what} for the common file is no such file: said once, and the phone's own file is applied`, async () => {
      const under = await started({ [MODE]: "4" }, { reportAutonomousTransfers: true });
      under.server.serve(COMMON, `${LABEL} = common\n`);
      await under.time.advance(HOUR);
      await under.agent.local.applySettings(new Map([[LABEL, "by hand"]]));
      under.server.serve(COMMON, page);
      under.server.serve(DEVICE, `${NAME} = 1002\n`);
      await under.time.advance(5 * HOUR);
      assert.deepEqual([under.settings.get(NAME), under.settings.get(LABEL)], ["1002", "by hand"]);
      const warnings = under.log.at("warn");
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]?.message ?? "", /common file holds no setting/);
      assert.deepEqual(warnings[0]?.fields, { file: "r000000000053.cfg", server: "files.example" });
      const own = reports(under).map(({ transferUrl, fileSize }) => [transferUrl, fileSize]);
      assert.ok(!own.some(([url, size]) => url === COMMON && size === page.length), "it is no transfer of a file");
      const again = await restarted(under);
      await again.time.advance(2 * HOUR);
      assert.deepEqual(again.log.at("warn"), []);
      assert.equal((await again.agent.local.checkAutop()).kind, "unchanged");
      assert.equal(again.log.at("warn").length, 1, "a person who asks hears it");
      again.server.serve(COMMON, `${LABEL} = common\n`);
      await again.time.advance(HOUR);
      assert.equal(again.settings.get(LABEL), "by hand", "the file that was applied before the page has not changed");
      again.server.serve(COMMON, `${LABEL} = new\n`);
      await again.time.advance(HOUR);
      assert.equal(again.settings.get(LABEL), "new");
      assert.doesNotMatch(under.log.text() + again.log.text(), /hunter2/);
    });
  }

  test("a page for the common file alone is no file for this phone; one invalid setting in it still refuses all", async () => {
    const under = await started();
    under.server.serve(DEVICE, new CwmpFault(9016));
    under.server.serve(COMMON, "file not found");
    assert.equal((await under.agent.local.checkAutop()).kind, "none");
    under.server.serve(DEVICE, `${NAME} = 1001\n`);
    under.server.serve(COMMON, `fiel of all phones\n${MODE} = 7\n`);
    const outcome = await under.agent.local.checkAutop();
    assert.match(outcome.kind === "refused" ? outcome.reason : outcome.kind, /r000000000053\.cfg.*line 1/);
    assert.equal(under.settings.get(NAME), "");
  });

  for (const [what, content, words] of [
    ["a web page", "<!doctype html>\n<title>hunter2</title>", /0c1105abcdef\.cfg: line 1 is neither/],
    ["a refused value", `${NAME} = 1\n${MODE} = hunter2\n`, /0c1105abcdef\.cfg, line 2: Config\.Autoprovision\.MODE/],
  ] as const) {
    test(`${what} changes nothing, not the other file's settings either, and is said once`, async () => {
      const under = await started({ [MODE]: "4" });
      under.server.serve(COMMON, `${LABEL} = common\n`);
      under.server.serve(DEVICE, content);
      await under.time.advance(5 * HOUR);
      assert.equal(looks(under), 5);
      assert.deepEqual([under.settings.get(NAME), under.settings.get(LABEL)], ["", ""]);
      const warnings = under.log.at("warn").map(({ fields }) => String(fields.reason));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", words);
      assert.doesNotMatch(under.log.text(), /hunter2/);
      const again = await restarted(under);
      await again.time.advance(HOUR);
      assert.deepEqual(again.log.at("warn"), []);
      assert.equal((await again.agent.local.checkAutop()).kind, "refused", "a person who asks hears it");
      assert.match(JSON.stringify(again.log.at("warn")), /0c1105abcdef/);
      again.server.serve(DEVICE, `${NAME} = mended\n`);
      await again.time.advance(HOUR);
      assert.deepEqual([again.settings.get(NAME), again.settings.get(LABEL)], ["mended", "common"]);
    });
  }

  test("a file that cannot be fetched stops the round, and is tried again as often as the settings say", async () => {
    const under = await started({ "Config.Autoprovision.RETRY_TIMES.Times": "2" });
    under.server.serve(COMMON, `${LABEL} = common\n`);
    under.server.serve(DEVICE, new CwmpFault(9015, "files.example: connection refused"));
    await under.time.advance(HOUR);
    assert.equal(looks(under), 3);
    assert.equal(under.settings.get(LABEL), "", "the model's file alone could undo what the phone's own file sets");
    assert.match(JSON.stringify(under.log.at("warn")), /0c1105abcdef\.cfg: .*connection refused/);
    const none = await started();
    none.server.serve(DEVICE, new CwmpFault(9015));
    await none.time.advance(24 * HOUR);
    assert.equal(looks(none), 1);
  });

  test("a file of 10 MB is not taken", async () => {
    const under = await started();
    under.server.serve(DEVICE, `${NAME} = 1\n${"#\n".repeat(5_000_000)}`);
    const outcome = await under.agent.local.checkAutop();
    assert.match(outcome.kind === "failed" ? outcome.reason : outcome.kind, /larger than 1048576 bytes/);
    assert.equal(under.settings.get(NAME), "");
  });

  test("a server that never comes to an end is given up", async () => {
    const under = await started({ [MODE]: "0" });
    const release = under.server.hold();
    const check = under.agent.local.checkAutop();
    const other = under.agent.local.checkAutop();
    await under.time.advance(2 * MINUTE);
    const outcome = await check;
    assert.match(outcome.kind === "failed" ? outcome.reason : outcome.kind, /did not arrive within 120 s/);
    assert.equal(await other, outcome, "two looks at once are one");
    assert.equal(under.server.requests.length, 1);
    release();
  });

  test("another server takes effect at once, also while the old one is being asked", async () => {
    const under = await started({ [MODE]: "0" });
    under.server.hold();
    const check = under.agent.local.checkAutop();
    await under.settle();
    under.server.hold()();
    under.server.serve("http://new.example/own.cfg", `${NAME} = new\n`);
    await under.agent.local.applySettings(new Map([[URL_KEY, "http://new.example/own.cfg"]]));
    await under.settle();
    assert.equal((await check).kind, "applied");
    assert.equal(under.settings.get(NAME), "new");
    assert.deepEqual(asked(under), ["r000000000053.cfg", "own.cfg"]);
  });

  test("stopping breaks off a look, quietly, and the next start looks again", async () => {
    const under = await started();
    under.server.hold();
    await under.time.advance(MINUTE);
    assert.deepEqual(asked(under), ["r000000000053.cfg"]);
    const next = await under.restarted();
    assert.deepEqual(under.log.at("error"), []);
    next.server.hold()();
    await next.agent.start();
    await next.time.advance(MINUTE);
    assert.equal(next.settings.get(NAME), "1001");
  });

  test("the log-in goes to the server and nowhere else", async () => {
    const under = await started({ [MODE]: "0", [URL_KEY]: "http://files.example/prov" });
    const file = "Config.Autoprovision.GENERAL.UserName = me\nconfig.autoprovision.general.pwd = hunter2\n";
    await under.agent.local.applyAutop(Buffer.from(file), "x");
    await under.agent.local.checkAutop();
    assert.deepEqual(under.server.requests.at(-1)?.server, { url: DEVICE, username: "me", password: "hunter2" });
    assert.doesNotMatch(under.log.text(), /hunter2/);
  });

  test("a file that names firmware is applied, and the firmware left to the ACS", async () => {
    const under = await started({ [MODE]: "0" });
    under.server.serve(DEVICE, "Config.Firmware.Url = http://files.example/53.rom\n");
    assert.equal((await under.agent.local.checkAutop()).kind, "applied");
    assert.match(under.log.text(), /names firmware/);
    await under.time.advance(HOUR);
    assert.equal(looks(under), 1);
  });
});

describe("a phone that restarts for a configuration file", () => {
  test("does so once, although the server hands out another file each time", async () => {
    let files = 0;
    const { fileTransfer } = createFakeFileServer();
    const fetch = async (): Promise<Uint8Array> => Buffer.from(STATIC.replace("77", String(++files)));
    const under = await started(
      {},
      { reportAutonomousTransfers: true, fileTransfer: () => ({ ...fileTransfer, fetch }) },
    );
    await under.time.advance(24 * HOUR);
    const boots = (of: AgentUnderTest): number =>
      of.acs.sessions.filter(({ eventCodes }) => eventCodes.includes("1 BOOT")).length;
    assert.equal(boots(under), 2, "its own restart is no power-on");
    assert.equal(reports(under).length, 2);
    const next = await restarted(under);
    await next.time.advance(HOUR);
    assert.equal(boots(next), 2, "a power-on is one");
    assert.equal(next.settings.get("Config.Network.LAN.StaticIP"), "192.0.2.4");
  });
});

describe("what the ACS hears of it", () => {
  test("10 AUTONOMOUS TRANSFER COMPLETE for each file that was applied, with URL, type, size and times", async () => {
    const under = await started(
      { [URL_KEY]: "http://me:hunter2@files.example/prov" },
      { reportAutonomousTransfers: true },
    );
    under.server.serve(COMMON, `${LABEL} = common\n`);
    await under.time.advance(2 * MINUTE);
    const [common, device] = reports(under);
    assert.deepEqual(
      [common?.transferUrl, common?.fileType, common?.isDownload, common?.fileSize, common?.faultStruct.faultCode],
      [COMMON, "3 Vendor Configuration File", true, `${LABEL} = common\n`.length, 0],
    );
    assert.equal(device?.transferUrl, DEVICE);
    assert.match(device?.startTime ?? "", /^2024-05-01T12:0\d:\d\dZ$/);
    assert.ok(under.acs.sessions.some(({ eventCodes }) => eventCodes.includes("10 AUTONOMOUS TRANSFER COMPLETE")));
    assert.doesNotMatch(JSON.stringify(reports(under)), /hunter2/);
    await under.agent.local.checkAutop();
    await under.time.advance(HOUR);
    assert.equal(reports(under).length, 2, "nothing of a look that found nothing new");
  });

  test("a refused file with its fault, once, without what is in it", async () => {
    const under = await started({ [MODE]: "4" }, { reportAutonomousTransfers: true });
    under.server.serve(DEVICE, `${MODE} = hunter2\n`);
    await under.time.advance(4 * HOUR);
    const [report] = reports(under);
    assert.equal(reports(under).length, 1);
    assert.equal(report?.faultStruct.faultCode, 9018);
    assert.match(report?.faultStruct.faultString ?? "", /line 1: Config\.Autoprovision/);
    assert.doesNotMatch(JSON.stringify(report), /hunter2/);
  });

  test("nothing where the policy is off; the change itself is told as a value change", async () => {
    const under = await started();
    await under.time.advance(HOUR);
    assert.equal(under.settings.get(NAME), "1001");
    assert.deepEqual(reports(under), []);
    assert.ok(!under.acs.sessions.some(({ eventCodes }) => eventCodes.includes("10 AUTONOMOUS TRANSFER COMPLETE")));
  });

  test("a file that moves the phone to another ACS is said loudly; the new ACS gets 0 BOOTSTRAP and hears of the file", async () => {
    const under = await started({}, { reportAutonomousTransfers: true });
    under.server.serve(DEVICE, "Config.TR069.ManagementServer.URL = http://other.example/hunter2\n");
    await under.time.advance(2 * MINUTE);
    assert.match(JSON.stringify(under.log.at("warn")), /from http:\/\/acs\.example:7547 to http:\/\/other\.example/);
    assert.doesNotMatch(JSON.stringify(under.log.at("warn")), /hunter2/);
    assert.equal(under.acs.last.target.url, "http://other.example/hunter2");
    const toNew = under.acs.sessions.filter(({ target }) => target.url === under.acs.last.target.url);
    assert.ok(toNew[0]?.eventCodes.includes("0 BOOTSTRAP"));
    assert.ok(toNew.some(({ eventCodes }) => eventCodes.includes("10 AUTONOMOUS TRANSFER COMPLETE")));
    assert.deepEqual(
      reports(under).map(({ transferUrl }) => transferUrl),
      [DEVICE],
    );
  });
});
