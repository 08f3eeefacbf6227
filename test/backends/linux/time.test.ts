import assert from "node:assert/strict";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AgentError, isAgentError } from "../../../src/cwmp/errors.ts";
import { FACTORY } from "../test-phone.ts";
import { type LinuxPhone, linuxPhone } from "./linux-phone.ts";

const SERVER = "Config.Settings.SNTP.NTPServer1";
const SECOND = "Config.Settings.SNTP.NTPServer2";
const ZONE = "Config.Settings.SNTP.TimeZone";
const TIMES: ReadonlyMap<string, string> = new Map([
  ...FACTORY,
  [SERVER, "pool.ntp.org"],
  [SECOND, ""],
  [ZONE, "UTC0"],
]);
const MARK = "# Written by akuvox-cpe: changes are lost.\n";

interface TimePhone extends LinuxPhone {
  ntpFile(): Promise<string | null>;
}

async function started(t: TestContext, run?: (command: string) => Promise<void>): Promise<TimePhone> {
  const world: { file: string } = { file: "" };
  const probe = await linuxPhone(t);
  world.file = join(probe.root, "etc/timesyncd.conf.d/akuvox-cpe.conf");
  const time = { ntpFile: world.file, activateCommand: ["use-time"], zoneCommand: ["set-zone"] };
  const phone = await linuxPhone(t, {
    factory: TIMES,
    change: { network: null, time },
    ...(run === undefined ? {} : { run }),
  });
  await phone.start();
  t.after(() => phone.backend.stop());
  return { ...phone, ntpFile: () => readFile(world.file, "utf8").catch(() => null) };
}

test("time servers and the zone are brought to the host at the start, and with the write that changes them", async (t) => {
  const phone = await started(t);
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=pool.ntp.org\n`);
  assert.deepEqual(phone.ran, ["use-time", "set-zone UTC0"]);
  assert.equal(await phone.write({ [SERVER]: "ntp.example", [SECOND]: "192.0.2.9", [ZONE]: "+08:00" }), "applied");
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=ntp.example 192.0.2.9\n`);
  assert.deepEqual(phone.ran.slice(2), ["use-time", "set-zone +08:00"]);
  await phone.write({ [SERVER]: "ntp.example" });
  assert.equal(phone.ran.length, 4, "what is so already is not done again");
});

for (const broken of ["use-time", "set-zone"]) {
  test(`a host that does not take it (${broken}) is BACKEND_IO, fault 9002, and everything is as it was`, async (t) => {
    let isBroken = false;
    const phone = await started(t, async (command) => {
      if (isBroken && command.startsWith(broken)) throw new AgentError("BACKEND_IO", "exit code 1");
    });
    isBroken = true;
    await assert.rejects(phone.write({ [SERVER]: "other.example", [ZONE]: "+08:00" }), (error) =>
      isAgentError(error, "BACKEND_IO"),
    );
    assert.deepEqual([await phone.read(SERVER), await phone.read(ZONE)], ["pool.ntp.org", "UTC0"]);
    assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=pool.ntp.org\n`);
    isBroken = false;
    await phone.write({ [SERVER]: "other.example" });
    assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=other.example\n`);
  });
}

for (const [key, value] of [
  [SERVER, "a.example\n[Time]"],
  [SERVER, "a.example b.example"],
  [SECOND, "#x"],
  [SECOND, "-v"],
  [ZONE, "--help"],
  [ZONE, "$(reboot)"],
] as const) {
  test(`a value with a meaning of its own is refused: ${JSON.stringify(value)}`, async (t) => {
    const phone = await started(t);
    await assert.rejects(phone.write({ [key]: value }), { code: "BACKEND_REFUSED", faultCode: 9007, keys: [key] });
    assert.equal(phone.ran.length, 2);
  });
}

test("a zone that the host's command refuses is the fault of its parameter; a command that hangs is not", async (t) => {
  const own = { code: "BACKEND_REFUSED" as "BACKEND_REFUSED" | "BACKEND_IO" };
  const phone = await started(t, async (command) => {
    if (command.endsWith("+08:00")) throw new AgentError(own.code, "exit code 1");
  });
  await assert.rejects(phone.write({ [ZONE]: "+08:00" }), { code: "BACKEND_REFUSED", faultCode: 9007, keys: [ZONE] });
  own.code = "BACKEND_IO";
  await assert.rejects(phone.write({ [ZONE]: "+08:00" }), { code: "BACKEND_IO" });
  assert.equal(await phone.read(ZONE), "UTC0");
});

test("a slip in the line of one server does not hold up a change of the other", async (t) => {
  const phone = await started(t);
  await phone.edit(SECOND, "a b");
  await phone.write({ [SERVER]: "other.example" });
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=other.example\n`);
});

test("an IPv6 server stands in the host's file without brackets", async (t) => {
  const phone = await started(t);
  await phone.write({ [SERVER]: "[2001:db8::1]" });
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=2001:db8::1\n`);
});

test("a hand edit reaches the host as well; an invalid one does not, and is told", async (t) => {
  const phone = await started(t);
  await phone.edit(SERVER, "hand.example");
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=hand.example\n`);
  await phone.edit(SERVER, "hand.example [x]");
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=hand.example\n`);
  assert.equal(phone.log.at("error").length, 1);
});

test("settings that cannot be stored leave the host as it was", async (t) => {
  const phone = await started(t);
  await rm(phone.path);
  await mkdir(phone.path);
  await assert.rejects(phone.write({ [SERVER]: "other.example", [ZONE]: "+08:00" }), (error) =>
    isAgentError(error, "BACKEND_IO"),
  );
  assert.equal(await phone.ntpFile(), `${MARK}[Time]\nNTP=pool.ntp.org\n`);
  assert.deepEqual(phone.ran.slice(2), ["use-time", "set-zone +08:00", "set-zone UTC0", "use-time"]);
});
