/** The commands for a running fleet, and those of a single phone for one of a fleet's. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Ended, runCommand } from "../../helpers/commands.ts";
import { acsOfFleet, type ControlledFleet, controlledFleet } from "../../helpers/running-fleet.ts";
import { until } from "../../helpers/transport.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

async function running(t: TestContext): Promise<ControlledFleet & { run(...args: readonly string[]): Promise<Ended> }> {
  const acs = await acsOfFleet(t);
  const controlled = await controlledFleet(t, {
    acs: acs.url,
    groups: [
      { name: "north", count: 4 },
      { name: "south", count: 2 },
    ],
    scenarios: [{ kind: "rebootStorm", groups: ["north"], atSeconds: 100_000, times: 3 }],
  });
  await until(() => controlled.fleet.figures.counts().reached === 6 && controlled.fleet.moment().open === 0);
  return { ...controlled, run: (...args) => runCommand(args, { AKUVOX_CPE_CONTROL_SOCKET: controlled.socket }) };
}

describe("akuvox-cpe fleet, for one that runs", () => {
  test("status and list show it, for people and as JSON", async (t) => {
    const { run } = await running(t);
    const status = await run("fleet", "status");
    assert.deepEqual([status.exitCode, status.stderr], [0, ""]);
    assert.match(status.stdout, /^Phones +6: 6 idle; 6 reached the ACS$/m);
    assert.match(status.stdout, /^Group north +4: 4 idle; 4 sessions, 0 failed, 0 were retries$/m);
    assert.match(status.stdout, /^Scenario 1 +rebootStorm, north, round 0 of 3, waiting$/m);
    assert.equal(JSON.parse((await run("fleet", "status", "--json")).stdout).phones, 6);
    const list = await run("fleet", "list", "--group", "south", "--size", "1");
    assert.match(list.stdout, /^south-000005 +0C1105000005 +south +SP-R53P +idle +1 sessions +\S+ \S+ UTC complete\n/);
    assert.match(list.stdout, /^2 phones, page 1 of 2; the next: --page 2\n$/m);
    assert.equal((await run("fleet", "list", "--state", "paused")).stdout, "No phone matches.\n");
    const found = JSON.parse((await run("fleet", "list", "--search", "0c1105000003", "--json")).stdout);
    assert.deepEqual([found.total, found.phones[0].name], [1, "north-000003"]);
  });

  test("phones are added, paused, resumed, restarted and removed, and a scenario is told its rate", async (t) => {
    const { run, fleet } = await running(t);
    const out = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await run("fleet", ...args);
      assert.deepEqual([exitCode, stderr], [0, ""], args.join(" "));
      return stdout;
    };
    assert.equal(await out("add", "2", "--group", "south"), "2 more phones: south-000007 to south-000008\n");
    assert.equal(await out("pause", "north-000001", "0C1105000002"), "2 phones: they are paused\n");
    assert.equal(fleet.pauses.size, 2);
    assert.equal(await out("resume", "--all"), "8 phones: they go on\n");
    assert.equal(fleet.pauses.size, 0);
    await until(() => fleet.figures.counts().reached === 8);
    assert.equal(await out("reboot", "north-000001"), "1 phone: they restart\n");
    await until(() => fleet.figures.groups.get("north")?.tallies.injected.of("rebootStorm") === 1);
    assert.match(await out("reboot", "--group", "north", "south", "--share", "50%", "--over", "9"), /^\d phones?: /);
    assert.equal(await out("remove", "--group", "south"), "4 phones: they are removed\n");
    assert.equal(fleet.size, 4);
    const scenario = await out("scenario", "1", "--rate", "0");
    assert.equal(scenario, "Scenario 1: rebootStorm, north, round 0 of 3, waiting, stands still\n");
    assert.equal(JSON.parse(await out("pause", "--all", "--json")).phones, 4);
  });

  test("a person's mistake is exit code 2, what the fleet does not do is 1", async (t) => {
    const { run, fleet } = await running(t);
    for (const args of [
      ["list", "--state", "busy"],
      ["list", "--page", "0"],
      ["add", "none"],
      ["add", "1"],
      ["pause"],
      ["pause", "north-000001", "--all"],
      ["pause", "north-000001", "--share", "10%"],
      ["reboot", "--all", "--share", "0%"],
      ["reboot", "--all", "--over", "soon"],
      ["scenario", "1"],
      ["scenario", "1", "--rate", "fast"],
    ]) {
      const { exitCode, stderr } = await run("fleet", ...args);
      assert.equal(exitCode, 2, args.join(" "));
      assert.match(stderr, /^error: /, args.join(" "));
    }
    for (const args of [
      ["list", "--group", "c"],
      ["remove", "north-000001", "nobody"],
      ["scenario", "2", "--rate", "1"],
    ]) {
      const { exitCode, stderr } = await run("fleet", ...args);
      assert.equal(exitCode, 1, args.join(" "));
      assert.match(stderr, /^error: the fleet has /, args.join(" "));
    }
    assert.equal(fleet.size, 6);
  });

  test("the commands of a single phone are for one of the fleet's with --phone, and say so without", async (t) => {
    const { run } = await running(t);
    assert.match((await run("status", "--phone", "south-000005")).stdout, /^Akuvox SP-R53P {2}0C1105000005 /);
    assert.equal((await run("set", "--phone", "0C1105000003", `${LABEL}=mine`)).exitCode, 0);
    assert.equal((await run("get", "--phone", "north-000003", "--values", LABEL)).stdout, "mine\n");
    assert.equal((await run("get", "--phone", "north-000004", "--values", LABEL)).stdout, "\n");
    assert.match((await run("inform", "--phone", "north-000003")).stdout, /^2 PERIODIC.*: complete/);
    const ladder = await run("trace", "--phone", "north-000003");
    assert.match(ladder.stdout, /HTTP POST {2}Inform/);
    assert.doesNotMatch((await run("trace", "--phone", "north-000004")).stdout, /2 PERIODIC/);
    for (const args of [["status"], ["get", "Device."], ["trace"], ["inform"]]) {
      const { exitCode, stderr } = await run(...args);
      assert.equal(exitCode, 1, args.join(" "));
      assert.match(stderr, /this is a fleet: say which of its phones \(--phone NAME/);
    }
    assert.equal((await run("reboot")).exitCode, 1, "no phone restarts that is not named");
    assert.match((await run("status", "--phone", "nobody")).stderr, /no phone with the name or serial number nobody/);
  });
});
