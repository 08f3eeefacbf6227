import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { registerParams } from "../../src/cli/commands/params.ts";
import { runCli } from "../../src/cli/program.ts";
import { appendixA, templateOf } from "../helpers/appendix-a.ts";
import { capturedIo } from "../helpers/captured-io.ts";

const folder = mkdtempSync(join(tmpdir(), "params-"));
after(() => rmSync(folder, { recursive: true }));

async function params(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const captured = capturedIo(env);
  const exitCode = await runCli(["params", ...args], captured.io, [registerParams]);
  return {
    exitCode,
    stdout: captured.stdout(),
    stderr: captured.stderr(),
    lines: captured.stdout().split("\n").slice(0, -1),
  };
}

test("--names lists objects and parameters depth-first, each with Writable", async () => {
  const { lines, exitCode } = await params(["--names"]);
  assert.equal(exitCode, 0);
  assert.deepEqual(lines.slice(0, 3), ["Device.\t0", "Device.DeviceInfo.\t0", "Device.DeviceInfo.Manufacturer\t0"]);
  assert.ok(lines.every((line) => /^Device\.[A-Za-z0-9_.]*\t[01]$/.test(line)));
  assert.ok(lines.includes("Device.ManagementServer.URL\t1"));
  assert.ok(lines.includes("Device.LAN.VoiceService.1.VoiceProfile.\t1"));
  assert.ok(lines.includes("Device.LAN.VoiceService.1.VoiceProfile.3.\t1"));
  assert.equal(new Set(lines).size, lines.length);
});

test("--names of a 3-account phone holds the 341 parameters of Appendix A", async () => {
  const { lines } = await params(["--names"]);
  assert.equal(lines.filter((line) => !line.includes(".\t")).length, 341);
});

test("a phone has as many VoiceProfiles as accounts, and none can come or go where they are fixed", async () => {
  const profiles = (lines: readonly string[]) => lines.filter((line) => /VoiceProfile\.\d+\.\t/.test(line));
  assert.equal(profiles((await params(["--names", "--accounts", "6"])).lines).length, 6);
  const file = join(folder, "fixed.yaml");
  writeFileSync(file, "phone: { accounts: 2, accountsFixed: true }");
  const { lines } = await params(["--names", "--config", file]);
  assert.deepEqual(
    profiles(lines),
    [1, 2].map((at) => `Device.LAN.VoiceService.1.VoiceProfile.${at}.\t0`),
  );
});

test("--values without settings shows the factory values", async () => {
  const { lines } = await params(["--values", "Device.ManagementServer."]);
  assert.ok(lines.includes("Device.ManagementServer.PeriodicInformInterval\t1800"));
  assert.ok(lines.includes("Device.ManagementServer.PeriodicInformEnable\tfalse"));
});

test("--values reads the phone's file and changes nothing", async () => {
  const file = join(folder, "config.yaml");
  const phone = join(folder, "phone.cfg");
  const text =
    "Config.TR069.ManagementServer.URL = http://acs.example/\r\n" +
    "config.tr069.managementserver.periodicinforminterval=60\r\n" +
    "Config.TR069.ManagementServer.Password = hunter2\r\n";
  writeFileSync(file, "backend: { file: phone.cfg }\nphone: { serialNumber: AB12 }");
  writeFileSync(phone, text);
  const before = readdirSync(folder);
  const { stdout } = await params(["--values", "--config", file]);
  assert.match(stdout, /^Device\.ManagementServer\.URL\thttp:\/\/acs\.example\/$/m);
  assert.match(stdout, /^Device\.ManagementServer\.PeriodicInformInterval\t60$/m);
  assert.match(stdout, /^Device\.ManagementServer\.Password\t$/m);
  assert.match(stdout, /^Device\.DeviceInfo\.SerialNumber\tAB12$/m);
  assert.doesNotMatch(stdout, /hunter2/);
  assert.equal(readFileSync(phone, "utf8"), text);
  assert.deepEqual(readdirSync(folder), before);
});

test("a phone's file that is not there yet shows the factory state, settings included", async () => {
  const file = join(folder, "new.yaml");
  writeFileSync(file, "backend: { file: not-yet.cfg }\ntr069: { acs: { url: 'http://acs.example/' } }");
  const { stdout } = await params(["--values", "--config", file, "Device.ManagementServer.URL"]);
  assert.equal(stdout, "Device.ManagementServer.URL\thttp://acs.example/\n");
});

test("a phone's file that cannot be read gives 1", async () => {
  const file = join(folder, "folder.yaml");
  writeFileSync(file, "backend: { file: . }");
  const { exitCode, stderr } = await params(["--values", "--config", file]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /cannot be read.*\[BACKEND_IO\]/);
});

test("--json tells type, range, default, source and key of each parameter", async () => {
  const { stdout } = await params(["--json", "Device.ManagementServer.PeriodicInformInterval"]);
  const [facts] = JSON.parse(stdout) as Record<string, unknown>[];
  const { path, type, writable, minimum, source, keys, units } = facts ?? {};
  assert.deepEqual(
    { path, type, writable, minimum, default: facts?.default, source, keys, units },
    {
      path: "Device.ManagementServer.PeriodicInformInterval",
      type: "unsignedInt",
      writable: true,
      minimum: 1,
      default: "1800",
      source: "config",
      keys: ["Config.TR069.ManagementServer.PeriodicInformInterval"],
      units: "seconds",
    },
  );
});

test("a path is a sheet for a parameter and a table for an object", async () => {
  const sheet = await params(["Device.ManagementServer.Password"]);
  assert.match(sheet.stdout, /^Device\.ManagementServer\.Password\n/);
  assert.match(sheet.stdout, /^ {2}value +hidden: reads as empty$/m);
  const table = await params(["Device.Time."]);
  assert.match(table.stdout, /^Device\.Time\.\n/);
  assert.match(table.stdout, /^ {2}NTPServer1 +rw {2}string {2}\S/m);
});

test("an unknown path gives 2 and the path that was meant", async () => {
  for (const [path, meant] of [
    ["Device.LAN.IPAdress", "Device.LAN.IPAddress"],
    ["Device.ManagementServer", "Device.ManagementServer."],
    ["device.lan.", "Device.LAN."],
    ["ManagementServer.URL", "Device.ManagementServer.URL"],
    ["Device.LAN.VoiceService.1.VoiceProfile.9.", "Device.LAN.VoiceService.1.VoiceProfile.1."],
  ] as const) {
    const { exitCode, stdout, stderr } = await params(["--names", path]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: "" });
    assert.equal(stderr, `error: no parameter or object has the path ${path}; did you mean ${meant}?\n`);
  }
  assert.match((await params(["Bananas"])).stderr, /`akuvox-cpe params` lists them all/);
});

test("two kinds of output at once, or a number of accounts that no phone has, give 2", async () => {
  for (const args of [
    ["--names", "--values"],
    ["--json", "--names"],
    ["--accounts", "0"],
    ["--accounts", "17"],
    ["--accounts", "3x"],
  ]) {
    assert.equal((await params(args)).exitCode, 2, args.join(" "));
  }
});

test("bad settings give 2 and their findings", async () => {
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "phnoe: {}");
  const { exitCode, stderr } = await params(["--config", file]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /bad\.yaml:1:1: unknown key "phnoe"; did you mean phone\? \[UNKNOWN_KEY\]/);
});

test("--extension shows what an extension would add, beside what the settings turn on", async () => {
  const { lines } = await params(["--names", "--extension", "enableCwmp", "--extension", "voiceServiceAlias"], {
    AKUVOX_CPE_EXTENSION_DEVICE_SUMMARY: "true",
  });
  assert.equal(lines[1], "Device.DeviceSummary\t0");
  assert.ok(lines.includes("Device.ManagementServer.EnableCWMP\t1"));
  assert.ok(lines.includes("Device.Services.VoiceService.1.VoiceProfile.3.\t1"));
  assert.ok(!lines.some((line) => line.includes("DelayReboot")));
});

test("an extension that is not there is wrong usage, with the likely one named", async () => {
  const { exitCode, stderr } = await params(["--names", "--extension", "enableCWMP"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /no extension enableCWMP; did you mean enableCwmp\?/);
});

test("without extensions --names is Appendix A, with one it is not", async () => {
  const templates = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await params(["--names", ...args]);
    const lines = stdout.trimEnd().split("\n");
    return [...new Set(lines.filter((line) => !line.includes(".\t")).map(templateOf))].sort();
  };
  const rows = appendixA().map(({ path = "", access }) => `${templateOf(path)}\t${access === "RW" ? 1 : 0}`);
  const expected = [...new Set(rows)].sort();
  assert.deepEqual(await templates(), expected);
  assert.notDeepEqual(await templates("--extension", "scheduledReboot"), expected);
});

test("what the data model knows and what it guesses is told, for eyes and for programs", async () => {
  const level = "Device.UserInterface.CUSTOM_Preference.CUSTOM_BackLight";
  const { stdout } = await params([level]);
  assert.match(stdout, /^ {2}confirmed {7}key, default$/m);
  assert.match(stdout, /^ {2}guess {11}values, type$/m);
  const facts = JSON.parse((await params(["--json", "Device."])).stdout) as {
    readonly path: string;
    readonly confirmed: readonly string[];
    readonly guess: readonly string[];
  }[];
  assert.ok(facts.every(({ confirmed, guess }) => confirmed.length + guess.length >= 2));
  const interval = facts.find(({ path }) => path === "Device.ManagementServer.PeriodicInformInterval");
  assert.deepEqual(interval?.guess, []);
});

const GATEWAY = fileURLToPath(new URL("../../examples/clone/gateway.json", import.meta.url));

test("--clone says what is understood of a dump and what is not; with --values it lists the tree, with secrets as empty", async () => {
  const { stdout, exitCode } = await params(["--clone", GATEWAY]);
  assert.equal(exitCode, 0);
  assert.match(stdout, /gateway\.json: GenieACS device \(JSON\)\n {2}root {8}InternetGatewayDevice\.\n/);
  assert.match(stdout, /WLANConfiguration\. 2 rows, AddObject works$/m);
  assert.match(stdout, /^ {2}secrets that are left out: a device never reveals them: 1$/m);
  assert.match(stdout, /gateway\.json:\d+:\d+: warning: .* \[NOT_OF_THE_DEVICE\]$/m);
  const { lines } = await params(["--clone", GATEWAY, "--values", "InternetGatewayDevice.LANDevice."]);
  assert.ok(lines.includes("InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.SSID\thome"));
  assert.ok(lines.includes("InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.KeyPassphrase\t"));
});

test("--clone of what is no dump, or of no file, is a finding with its place and exit code 2", async () => {
  const file = join(folder, "broken.json");
  writeFileSync(file, '{\n  "Device": {');
  const broken = await params(["--clone", file]);
  assert.deepEqual([broken.exitCode, broken.stdout], [2, ""]);
  assert.match(broken.stderr, /broken\.json:2:14: the name of a member is missing \[NOT_A_DUMP\]/);
  assert.equal((await params(["--clone", join(folder, "nowhere.json")])).exitCode, 2);
  assert.equal((await params(["--clone", GATEWAY, "--accounts", "2"])).exitCode, 2);
});
