import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { PhoneStatus } from "../../src/agent/local/phone-status.ts";
import { observeSession } from "../helpers/api-under-test.ts";
import { listeningAgent } from "../helpers/commands.ts";
import { UNREACHABLE } from "../helpers/scripted-acs.ts";

const SERVER = "Device.ManagementServer.";
const INTERVAL = `${SERVER}PeriodicInformInterval`;
const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const ESCAPE = "\u001b";

describe("akuvox-cpe get and set", () => {
  test("parameters are printed aligned and whole, secrets hidden", async (t) => {
    const { run } = await listeningAgent(t);
    const { exitCode, stdout, stderr } = await run(["get", `${SERVER}Username`, `${SERVER}Password`, INTERVAL]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const width = INTERVAL.length;
    assert.deepEqual(stdout.split("\n"), [
      `${`${SERVER}Username`.padEnd(width)}  phone`,
      `${`${SERVER}Password`.padEnd(width)}  (hidden)`,
      `${INTERVAL}  1800`,
      "",
    ]);
  });

  test("lines fit the terminal, and a pipe gets everything", async (t) => {
    const { run } = await listeningAgent(t);
    await run(["set", `${LABEL}=${"Reception ".repeat(6).trim()}`]);
    const narrow = await run(["get", "Device.LAN."], { columns: 60, answer: "" });
    for (const line of narrow.stdout.split("\n")) assert.ok([...line].length <= 60, line);
    assert.doesNotMatch(narrow.stdout, /…/);
    assert.equal(narrow.stdout.match(/Reception/g)?.length, 6);
    const pipe = await run(["get", "Device.LAN."]);
    assert.doesNotMatch(pipe.stdout, new RegExp(`…|${ESCAPE}`));
    assert.match(pipe.stdout, /(Reception ){5}Reception$/m);
  });

  test("values alone, and JSON, are for scripts", async (t) => {
    const { run } = await listeningAgent(t);
    assert.equal((await run(["get", "--values", `${SERVER}Username`, INTERVAL])).stdout, "phone\n1800\n");
    const { parameters } = JSON.parse((await run(["get", "--json", INTERVAL], { columns: 40, answer: "" })).stdout);
    assert.deepEqual([parameters.length, parameters[0].path, parameters[0].value], [1, INTERVAL, "1800"]);
  });

  test("blanks, equals signs, other alphabets, leading dashes and nothing at all are values", async (t) => {
    const { run } = await listeningAgent(t);
    for (const value of ["Front desk", "a=b=c", "Zürich 東京", "-5", "--yes", "'\"$x\\", ""]) {
      const { exitCode, stderr } = await run(["set", `${LABEL}=${value}`]);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.equal((await run(["get", "--values", LABEL])).stdout, `${value}\n`);
    }
  });

  test("values that nobody is to see among the processes come from a file or from stdin", async (t) => {
    const { run, folder, under } = await listeningAgent(t);
    const file = join(folder, "values.txt");
    await writeFile(file, `# of this phone\n\n${SERVER}Password=hush = \n${INTERVAL}=700\n`, { mode: 0o600 });
    assert.equal((await run(["set", "--from", file])).exitCode, 0);
    assert.equal(
      (await run(["set", "--from", "-", `${INTERVAL}=800`], undefined, `${SERVER}Username=p1\n`)).exitCode,
      0,
    );
    const values = new Map((await under.agent.local.parameters(SERVER)).map(({ path, value }) => [path, value]));
    assert.deepEqual([values.get(INTERVAL), values.get(`${SERVER}Username`)], ["800", "p1"]);
    const wrong = await run(["set", "--from", "-"], undefined, "Device.A=b\nhush\n");
    assert.deepEqual([wrong.exitCode, wrong.stderr], [2, "error: line 2 of --from is not PATH=VALUE\n"]);
    assert.equal((await run(["set", "--from", join(folder, "none")])).exitCode, 2);
  });

  test("what was set is told, and that the phone must restart for it", async (t) => {
    const { run, under } = await listeningAgent(t);
    const { stdout } = await run(["set", `${INTERVAL}=700`, `${SERVER}Password=hush`, `${SERVER}Username=phone`]);
    assert.match(stdout, /PeriodicInformInterval +1800 → 700$/m);
    assert.match(stdout, /Password +set \(hidden\)$/m);
    assert.match(stdout, /Username +phone \(as before\)$/m);
    assert.doesNotMatch(stdout, /hush|reboot/);
    under.agent.local.setValues = async () => "needs-reboot";
    assert.match((await run(["set", `${INTERVAL}=900`])).stdout, /^In force after a reboot: akuvox-cpe reboot$/m);
  });

  test("wrong values are all named with what is allowed, and nothing is set", async (t) => {
    const { run } = await listeningAgent(t);
    const { exitCode, stdout, stderr } = await run([
      "set",
      `${INTERVAL}=soon`,
      "Device.Foo=1",
      `${SERVER}Username=you`,
    ]);
    assert.deepEqual([exitCode, stdout], [1, ""]);
    const [first, ...faults] = stderr.trimEnd().split("\n");
    assert.match(first ?? "", /^error: .*nothing was changed$/);
    assert.match(
      faults.join("\n"),
      /PeriodicInformInterval: .*must be a whole number from 1 to \d+ \[9007\]\n {2}Device\.Foo: .*\[9005\]$/,
    );
    assert.equal((await run(["get", "--values", `${SERVER}Username`])).stdout, "phone\n");
    const asJson = await run(["set", "--json", `${INTERVAL}=soon`]);
    assert.deepEqual([asJson.exitCode, asJson.stderr, JSON.parse(asJson.stdout).code], [1, "", "FAULT"]);
  });

  test("what is no PATH=VALUE, or is said twice, is wrong usage", async (t) => {
    const { run } = await listeningAgent(t);
    for (const args of [
      ["set"],
      ["set", INTERVAL],
      ["set", "=5"],
      ["set", `${INTERVAL}=5`, `${INTERVAL}=6`],
      ["get"],
    ]) {
      assert.equal((await run(args)).exitCode, 2, args.join(" "));
    }
  });

  test("a path that is not there says how to find it", async (t) => {
    const { run } = await listeningAgent(t);
    const { exitCode, stderr } = await run(["get", "Device.Nothing"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^error: .*Device\.Nothing; akuvox-cpe get Device\. lists all parameters\n$/);
    const near = await run(["get", "Device.ManagementServer.Usernam"]);
    assert.match(near.stderr, /did you mean Device\.ManagementServer\.Username\?/);
    const set = await run(["set", `${INTERVAL}=5`, "Device.ManagementServer.Usernam=x"]);
    assert.equal(set.exitCode, 1);
    assert.match(set.stderr, /did you mean Device\.ManagementServer\.Username\?.*nothing was changed/s);
    assert.match((await run(["get", "Device.LAN"])).stderr, /did you mean Device\.LAN\.\?/);
  });

  test("a value cannot command the terminal that it is shown on", async (t) => {
    const { run, under } = await listeningAgent(t);
    const parameters = under.agent.local.parameters.bind(under.agent.local);
    under.agent.local.parameters = async (path) =>
      (await parameters(path)).map((view) => ({ ...view, value: `${ESCAPE}]0;x\u0007\u009b2J\r\n\u202eabc` }));
    const { stdout } = await run(["get", LABEL], { columns: 200, answer: "" });
    assert.equal(stdout, `${LABEL}  \\u001b]0;x\\u0007\\u009b2J\\r\\n\\u202eabc\n`);
  });
});

describe("akuvox-cpe status", () => {
  test("tells what the phone is and how its sessions go", async (t) => {
    const { run } = await listeningAgent(t);
    const { exitCode, stdout } = await run(["status"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Akuvox SP-R53P {2}0C1105ABCDEF {2}akuvox-cpe 1\.2\.3$/m);
    assert.match(stdout, /^ACS +http:\/\/acs\.example:7547\/cwmp$/m);
    assert.match(stdout, /^Last session +2024-05-01 12:00:00 UTC {2}0 BOOTSTRAP, 1 BOOT: complete, 0 RPCs served/m);
    assert.match(stdout, /^Account 1 +not set up, Disabled$/m);
    assert.doesNotMatch(stdout, /secret|knock/);
  });

  test("as JSON it is what the API answers", async (t) => {
    const { run, ask } = await listeningAgent(t);
    const printed = JSON.parse((await run(["status", "--json"])).stdout);
    const { answer } = await ask("GET", "/status");
    assert.deepEqual(printed, answer);
  });

  test("a health check says nothing and its exit code tells", async (t) => {
    const { run } = await listeningAgent(t);
    assert.deepEqual(await run(["status", "--check"]), { exitCode: 0, stdout: "", stderr: "" });
    const gone = await run(["status", "--check", "--socket", "/nowhere/control.sock"]);
    assert.deepEqual([gone.exitCode, gone.stdout], [1, ""]);
  });

  test("waits a little for a phone that is just restarting", async (t) => {
    const { run, ask, under } = await listeningAgent(t);
    await ask("POST", "/reboot", {});
    await under.settle();
    const status = under.agent.local.status.bind(under.agent.local);
    under.agent.local.status = async () => {
      under.agent.local.status = status;
      try {
        return await status();
      } finally {
        await under.time.advance(60_000);
      }
    };
    const { exitCode, stderr } = await run(["status"]);
    assert.deepEqual([exitCode, stderr], [0, ""]);
  });
});

describe("akuvox-cpe inform", () => {
  test("tells how the session went", async (t) => {
    const { run, under } = await listeningAgent(t);
    const { exitCode, stdout } = await run(["inform"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^2 PERIODIC: complete, 0 RPCs served, \d+ ms\n$/);
    for (const event of [["0"], ["bootstrap"], ["0 BOOTSTRAP"], ["0", "BOOTSTRAP"]]) {
      await run(["inform", ...event]);
      assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP"]);
    }
  });

  test("a session that fails gives 1 and the reason", async (t) => {
    const { run, under } = await listeningAgent(t);
    under.acs.plan(UNREACHABLE, UNREACHABLE);
    const { exitCode, stdout } = await run(["inform"]);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^2 PERIODIC: failed after \d+ ms: the ACS is out of reach \[ACS_UNREACHABLE\]\n$/);
    const asJson = await run(["inform", "--json", "6"]);
    assert.deepEqual([asJson.exitCode, JSON.parse(asJson.stdout).outcome.successful], [1, false]);
  });

  test("without waiting, and with an event that cannot be raised", async (t) => {
    const { run, under } = await listeningAgent(t);
    under.acs.plan({ before: () => new Promise(() => {}) });
    assert.deepEqual(await run(["inform", "--no-wait"]), { exitCode: 0, stdout: "2 PERIODIC: raised\n", stderr: "" });
    const wrong = await run(["inform", "4"]);
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /must be one of 2 PERIODIC, 0 BOOTSTRAP, 1 BOOT, 6 CONNECTION REQUEST/);
  });
});

describe("akuvox-cpe trace", () => {
  test("draws the last sessions as ladders", async (t) => {
    const { run, sessions } = await listeningAgent(t);
    assert.match((await run(["trace"])).stdout, /^There has been no session/);
    for (const session of [1, 2, 3]) observeSession(sessions, session);
    const one = (await run(["trace"])).stdout;
    assert.match(one, /^Session 3, 2023-11-14 22:13:20 UTC\n +CPE +ACS\n.*open connection/);
    assert.equal(one.match(/HTTP POST {2}GetRPCMethods/g)?.length, 1);
    const two = (await run(["trace", "2"])).stdout;
    assert.deepEqual(
      [...two.matchAll(/^Session (\d)/gm)].map(([, number]) => number),
      ["2", "3"],
    );
    const asJson = JSON.parse((await run(["trace", "--json", "9"])).stdout);
    assert.deepEqual(
      asJson.sessions.map(({ session }: { session: number }) => session),
      [1, 2, 3],
    );
    assert.equal((await run(["trace", "0"])).exitCode, 2);
  });
});

test("what an ACS says cannot command the terminal that a trace is shown on", async (t) => {
  const { run, sessions } = await listeningAgent(t);
  sessions.observe(1, 1, { kind: "connected", address: "192.0.2.1", port: 7547 });
  sessions.observe(1, 2, { kind: "closed", error: `${ESCAPE}]0;x\u0007 \u009b2J` });
  const { stdout } = await run(["trace"], { columns: 100, answer: "" });
  assert.match(stdout, /\\u001b\]0;x\\u0007 \\u009b2J/);
  assert.doesNotMatch(stdout, new RegExp(`\u0007|\u009b|${ESCAPE}\\]`));
});

type Ntp = NonNullable<PhoneStatus["ntp"]>;

test("`status` says how far off the clock is, what keeps it from knowing, and nothing where nobody is asked", async (t) => {
  const { run, under } = await listeningAgent(t);
  const status = under.agent.local.status.bind(under.agent.local);
  const NOBODY: Ntp = { server: "", offsetMs: null, roundTripMs: null, stratum: null, problem: null };
  const TOLD: Ntp = { server: "a.example", offsetMs: 2500, roundTripMs: 20, stratum: 2, problem: null };
  const clock = async (ntp: Ntp | null): Promise<string | undefined> => {
    under.agent.local.status = async () => ({ ...(await status()), ntp });
    return /^Clock +(.*)$/m.exec((await run(["status"])).stdout)?.[1];
  };
  assert.equal(await clock(null), undefined);
  assert.equal(await clock(NOBODY), "no time server has answered yet");
  assert.equal(await clock(TOLD), "2.5 s behind a.example");
  assert.equal(await clock({ ...TOLD, offsetMs: -900 }), "900 ms ahead of a.example");
  const problem = "b.example does not answer";
  assert.equal(await clock({ ...NOBODY, problem }), problem);
  assert.equal(await clock({ ...TOLD, problem }), `2.5 s behind a.example; ${problem}`);
});

describe("akuvox-cpe transfers", () => {
  test("lists what is under way", async (t) => {
    const { run, under } = await listeningAgent(t);
    assert.equal((await run(["transfers"])).stdout, "No transfers.\n");
    const status = under.agent.local.status.bind(under.agent.local);
    const fileType = "1 Firmware Upgrade Image";
    under.agent.local.status = async () => ({
      ...(await status()),
      transfers: [
        {
          commandKey: "k1",
          state: 2,
          isDownload: true,
          fileType,
          fileSize: 1000,
          targetFileName: "",
          step: "transferring",
          server: "files.example",
          dueAt: null,
          tries: 1,
          receivedBytes: null,
          totalBytes: 1000,
          failure: null,
        },
      ],
    });
    const { stdout } = await run(["transfers"]);
    assert.equal(stdout, `download  ${fileType}  in progress  1000 bytes  CommandKey k1\n`);
    assert.equal(JSON.parse((await run(["transfers", "--json"])).stdout).transfers.length, 1);
  });
});

describe("akuvox-cpe autop", () => {
  test("a file is applied, what changed is named, and what cuts the phone off is a warning", async (t) => {
    const { run, folder } = await listeningAgent(t);
    const file = join(folder, "x.cfg");
    await writeFile(
      file,
      "Config.Account1.GENERAL.UserName = 1001\nConfig.TR069.ManagementServer.URL = http://other/\n",
    );
    const { exitCode, stdout, stderr } = await run(["autop", "apply", file]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^2 settings, 2 changed\n {2}Config\.Account1\.GENERAL\.UserName\n/);
    assert.match(stderr, /^warning: /);
    const again = JSON.parse((await run(["autop", "apply", "--json", file])).stdout);
    assert.deepEqual([again.settings, again.changed], [2, []]);
  });

  test("a file with a mistake changes nothing, one that is not there is wrong usage", async (t) => {
    const { run, folder } = await listeningAgent(t);
    const file = join(folder, "x.cfg");
    await writeFile(file, "Config.Account1.GENERAL.UserName = 1001\nConfig.TR069.General.Enable = perhaps\n");
    const { exitCode, stderr } = await run(["autop", "apply", file]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /Config\.TR069\.General\.Enable/);
    assert.equal((await run(["autop", "apply", join(folder, "none.cfg")])).exitCode, 2);
  });

  test("with --lenient its good lines are applied, and the bad ones named", async (t) => {
    const { run, folder } = await listeningAgent(t);
    const file = join(folder, "x.cfg");
    await writeFile(file, "Config.Account1.GENERAL.UserName = 1001\nConfig.TR069.General.Enable = perhaps\n");
    const { exitCode, stdout, stderr } = await run(["autop", "apply", "--lenient", file]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /, 1 changed\n {2}Config\.Account1\.GENERAL\.UserName\n/);
    assert.match(stderr, /^left out: .*line 2.*Config\.TR069\.General\.Enable/);
    assert.match((await run(["autop", "export"])).stdout, /^Config\.Account1\.GENERAL\.UserName *= *1001$/m);
  });

  test("what was exported can be applied, and holds passwords only where they are asked for", async (t) => {
    const { run, folder } = await listeningAgent(t);
    const plain = await run(["autop", "export"]);
    assert.doesNotMatch(plain.stdout, /secret|knock/);
    const whole = await run(["autop", "export", "--passwords"]);
    assert.match(whole.stdout, /^Config\.TR069\.ManagementServer\.Password = secret$/m);
    const file = join(folder, "all.cfg");
    await writeFile(file, whole.stdout);
    assert.match((await run(["autop", "apply", file])).stdout, /settings, 0 changed$/m);
  });
});

describe("akuvox-cpe reboot and factory-reset", () => {
  test("the phone restarts", async (t) => {
    const { run, under } = await listeningAgent(t);
    assert.deepEqual(await run(["reboot"]), { exitCode: 0, stdout: "The phone restarts.\n", stderr: "" });
    await under.time.advance(60_000);
    assert.deepEqual(under.acs.last.eventCodes, ["1 BOOT"]);
    assert.deepEqual(JSON.parse((await run(["reboot", "--json"])).stdout), { restarting: true });
  });

  test("a factory reset is asked about, and done for a yes only", async (t) => {
    const { run, under } = await listeningAgent(t);
    for (const answer of ["", "y", "no"]) {
      assert.equal((await run(["factory-reset"], { columns: 80, answer })).exitCode, 1);
    }
    const alone = await run(["factory-reset"]);
    assert.equal(alone.exitCode, 2);
    assert.match(alone.stderr, /--yes/);
    await under.settle();
    assert.equal(under.agent.status().phase, "idle");
    assert.equal((await run(["factory-reset"], { columns: 80, answer: " Yes " })).exitCode, 0);
    await under.time.advance(60_000);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
  });

  test("a script says yes", async (t) => {
    const { run, under } = await listeningAgent(t);
    assert.equal((await run(["factory-reset", "--yes"])).exitCode, 0);
    await under.time.advance(60_000);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
  });
});
