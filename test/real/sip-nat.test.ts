/** Phones really behind a NAT, and a kamailio outside. Run by .ci/real: root, nftables, conntrack, kamailio, sipp. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startKamailio } from "../helpers/kamailio.ts";
import { CANCELLED, options } from "../helpers/sipp.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PROGRAM } from "../helpers/typescript.ts";
import { createNatNetwork, OUTSIDE_ADDRESS, type StartedProgram } from "./namespaces.ts";

const NAT_SECONDS = 10;
/** The shortest that the phone's settings permit. */
const KEEP_ALIVE_SECONDS = 5;

test("a phone behind a NAT is reached through it as long as it keeps it open, and not once the NAT has forgotten it", async (t) => {
  const folder = await temporaryFolder(t);
  const network = createNatNetwork(t);
  network.setUdpTimeout(NAT_SECONDS);
  const kamailio = await startKamailio(t, {
    users: { "1001": "correct horse", "1002": "correct horse" },
    minExpires: 60,
    network: { address: OUTSIDE_ADDRESS, start: (program, args) => network.outside.start(program, args).child },
  });

  async function startPhone(user: string, port: number, keepAlive: string): Promise<StartedProgram> {
    const account = {
      ...{ "GENERAL.Enable": "1", "GENERAL.UserName": user, "GENERAL.Pwd": "correct horse" },
      ...{ "SIP.Server": OUTSIDE_ADDRESS, "SIP.Port": String(kamailio.port), "SIP.ListenPort": String(port) },
      ...{ "NAT.UdpKeepEnable": keepAlive, "NAT.UdpKeepInterval": String(KEEP_ALIVE_SECONDS) },
    };
    const lines = Object.entries(account).map(([key, value]) => `Config.Account1.${key} = ${value}\n`);
    await writeFile(join(folder, `${user}.cfg`), lines.join(""));
    const config = `
phone: { mac: "0c:11:05:00:${user.slice(0, 2)}:${user.slice(2)}" }
backend: { type: simulated, file: ${user}.cfg, sip: real, sipAddress: 0.0.0.0, calls: { answer: false } }
listen: { port: 0 }
stateFolder: state-${user}
log: { format: json }
`;
    await writeFile(join(folder, `${user}.yaml`), config, { mode: 0o600 });
    return network.phone.start(process.execPath, [...PROGRAM, "run", "--config", join(folder, `${user}.yaml`)]);
  }

  /** Throws where it goes otherwise than the scenario says. */
  async function sipp(user: string, scenario: string): Promise<void> {
    await writeFile(join(folder, "scenario.xml"), scenario);
    const args = ["-sf", join(folder, "scenario.xml"), "-s", user, "-i", OUTSIDE_ADDRESS, "-p", "5999", "-m", "1"];
    const limits = ["-nostdin", "-timeout", "60", "-timeout_error"];
    network.outside.run("sipp", `${OUTSIDE_ADDRESS}:${kamailio.port}`, ...args, ...limits);
  }

  /** From which ports of phones the NAT lets answers in. */
  const open = (): string => network.router.run("conntrack", "-L", "-p", "udp", "--src-nat");

  const keeping = await startPhone("1001", 5062, "1");
  const silent = await startPhone("1002", 5072, "0");
  for (const phone of [keeping, silent]) await phone.line(/The line is registered/, 60_000);
  await sipp("1001", options(200));
  await sipp("1002", options(200));

  const beginMs = performance.now();
  // The probe was the last that came through.
  while (open().includes("sport=5072 ") || performance.now() - beginMs < 2 * NAT_SECONDS * 1_000) {
    assert.ok(performance.now() - beginMs < 120_000, open());
    await sleep(200);
  }
  await sipp("1001", options(200));
  await sipp("1001", CANCELLED);
  await sipp("1002", options(408));
});
