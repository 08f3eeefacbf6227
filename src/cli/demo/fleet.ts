import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import type { AcsEvent } from "../../acs/events.ts";
import type { FleetMoment } from "../../fleet/figures/timeline.ts";
import type { FleetSummary } from "../../fleet/summary.ts";
import { makeTemporaryFolder } from "../../system/temporary-folder.ts";
import { CONNECTION_REQUEST_LOGIN, LABEL } from "./account.ts";
import type { Child } from "./child.ts";
import { expect } from "./provisioning.ts";
import { ACS_LOGIN, DEMO_DEVICE, type Stage } from "./stage.ts";
import { DemoFailure, waitUntil } from "./wait.ts";

const NORTH = 10;
const SOUTH = 40;
const SIZE = NORTH + SOUTH;
const POWER_CUT = "powerCut";
/** By then all phones of the north, which start first, have reached the ACS. */
const CUT_AT_SECONDS = 7;
/** Fifty phones start at once, on a machine that may be busy. */
const PATIENCE_MS = 60_000;

/** Phones of two kinds in one process, at the same ACS: provisioning of one phone, and a power cut in one building. */
export async function showFleet(stage: Stage): Promise<void> {
  const { narrator, acs } = stage;
  const before = (await acs.devices()).length;
  narrator.heading(`A fleet: ${SIZE} more phones, in one process`);
  const folder = await makeTemporaryFolder("akuvox-cpe-demo-report-");
  const [settings, report] = [join(stage.files.folder, "fleet.yaml"), join(folder, "report.html")];
  await writeFile(settings, fleetYaml(stage), { mode: 0o600 });
  narrator.say(
    `akuvox-cpe fleet fleet.yaml: ${NORTH} SP-R53P and ${SOUTH} SP-R15P, each the agent that runs on a phone.`,
  );
  narrator.gap();
  const sessions = watchSessions(stage);
  const child = stage.children.start(["fleet", settings, "--json", "--report", report]);
  const lines = linesOf(child);
  await waitUntil("all phones at the ACS", () => (sessions.met() === SIZE ? true : undefined), child, PATIENCE_MS);
  narrator.check(true, `all ${SIZE} phones have sent an Inform with 0 BOOTSTRAP, each with its own identity`);
  await showOneOfMany(stage);
  const isBack = (): true | undefined => (sessions.again() === NORTH && isQuiet(lines) ? true : undefined);
  await waitUntil("the phones after the power cut", isBack, child, PATIENCE_MS);
  narrator.check(true, `a power cut of ${NORTH} phones: each sends an Inform with 1 BOOT alone`);
  const how = await child.stop();
  narrator.check(
    how === 0,
    "SIGTERM: the fleet ends cleanly, and its thresholds hold",
    () => `${how}: ${child.errors()}`,
  );
  await checkResult(stage, lines, before);
  const html = await readFile(report, "utf8");
  narrator.check(html.includes("All thresholds hold."), `its report, with plots: ${report}`);
}

/** A setting of one phone affects that phone alone. */
async function showOneOfMany({ narrator, acs }: Stage): Promise<void> {
  // From the south: the north may be without power.
  const [one, neighbour] = [deviceOf(NORTH + 7), deviceOf(NORTH + 8)];
  const ask = async (device: string, rpc: Parameters<typeof acs.call>[0]["rpcs"][number]) => {
    const order = acs.call({ device, rpcs: [rpc] });
    const status = await acs.connectionRequest(device, CONNECTION_REQUEST_LOGIN);
    if (status !== 200) throw new DemoFailure(`the connection request to ${device} was answered ${status}`);
    return (await order)[0];
  };
  expect(
    await ask(one, { SetParameterValues: { values: { [LABEL]: "Seventeen" }, key: "demo-fleet" } }),
    "SetParameterValues",
  );
  const read = expect(await ask(neighbour, { GetParameterValues: [LABEL] }), "GetParameterValues").parameterList;
  narrator.check(
    read[0]?.value === "",
    "a connection request reaches phone 17 of them, whose label is set; that of phone 18 is empty",
    () => JSON.stringify(read),
  );
}

/** `before`: the number of phones known to the ACS before. */
async function checkResult({ narrator, acs }: Stage, lines: readonly string[], before: number): Promise<void> {
  const { counts, groups, requests } = JSON.parse(lines.at(-1) ?? "{}") as FleetSummary;
  const cut = Object.values(groups).map(({ tallies }) => tallies.injected[POWER_CUT] ?? 0);
  const known = (await acs.devices()).length;
  narrator.check(
    cut.join() === `${NORTH},0` && known === before + SIZE,
    `the power cut was in one group alone; the ACS knows ${SIZE} more phones, not one more`,
    () => JSON.stringify({ cut }),
  );
  narrator.say(
    `${counts.sessions} sessions, ${counts.rpcs} RPCs; half of ${requests.count} requests took at most ${requests.p50.toFixed(1)} ms.`,
  );
}

/** Whether all phones have reached the ACS and no session is open, by the fleet's last output. */
function isQuiet(lines: readonly string[]): boolean {
  const last = lines.findLast((line) => line.startsWith('{"kind":"moment"'));
  const { reached, open } = JSON.parse(last ?? "{}") as Partial<FleetMoment>;
  return reached === SIZE && open === 0;
}

/** The phones of the fleet with a first contact, and those with a later boot. */
function watchSessions({ acs }: Stage): { met(): number; again(): number } {
  const [met, again] = [new Set<string>(), new Set<string>()];
  acs.onEvent((event: AcsEvent) => {
    if (event.kind !== "session-started" || event.device === DEMO_DEVICE) return;
    const codes = event.events.map(({ eventCode }) => eventCode);
    if (codes.includes("0 BOOTSTRAP")) met.add(event.device);
    else if (codes.join() === "1 BOOT") again.add(event.device);
  });
  return { met: () => met.size, again: () => again.size };
}

function linesOf({ process }: Child): readonly string[] {
  const lines: string[] = [];
  if (process.stdout !== null) createInterface({ input: process.stdout }).on("line", (line) => lines.push(line));
  return lines;
}

function deviceOf(number: number): string {
  return `0C1105-SP-R15P-0C1105${number.toString(16).padStart(6, "0").toUpperCase()}`;
}

function fleetYaml({ listening, files }: Stage): string {
  return stringify({
    acs: listening.url,
    seed: "demo",
    ramp: { perSecond: 60 },
    thresholds: [`reached == ${SIZE}`, "faults == 0"],
    settings: {
      tr069: { acs: ACS_LOGIN, cpe: CONNECTION_REQUEST_LOGIN },
      listen: { address: "127.0.0.1" },
      tls: { ca: files.ca },
    },
    groups: [
      { name: "north", count: NORTH, settings: { phone: { model: "SP-R53P" } } },
      { name: "south", count: SOUTH, settings: { phone: { model: "SP-R15P" } } },
    ],
    scenarios: [{ kind: "powerCut", groups: ["north"], atSeconds: CUT_AT_SECONDS, forSeconds: 1 }],
  });
}
