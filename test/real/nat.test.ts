/** A phone really behind a NAT. Run by .ci/real: root, coturn, nftables, conntrack. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PROGRAM } from "../helpers/typescript.ts";
import { createNatNetwork, NAT_ADDRESS, type NatNetwork, OUTSIDE_ADDRESS, type StartedProgram } from "./namespaces.ts";

const PREFIX = "Device.ManagementServer.";
const SERIAL = "0C1105000077";
/** The ACS is told where the phone is reached. */
const ADDRESS = /"session-started".*"value":"(203\.0\.113\.5:\d+)"/;

interface Lab {
  readonly network: NatNetwork;
  readonly phone: StartedProgram;
  readonly acs: StartedProgram;
  /** Sends an order to the ACS. */
  order(order: object): void;
  /** Waits for an event of the ACS after `from` lines of its output; the line, and how many lines there were up to it. */
  heard(pattern: RegExp, from: number, withinMs?: number): Promise<{ readonly text: string; readonly lines: number }>;
  lines(): number;
}

/** The STUN server is coturn, or the ACS itself. */
async function openLab(t: TestContext, stun: "coturn" | "acs", minimum: number, maximum: number): Promise<Lab> {
  const folder = await temporaryFolder(t);
  const network = createNatNetwork(t);
  const script = join(folder, "script.yaml");
  const settings = join(folder, "config.yaml");
  writeFileSync(
    script,
    `
sessions:
  - on: ["0 BOOTSTRAP"]
    rpcs:
      - SetParameterAttributes: { ${PREFIX}UDPConnectionRequestAddress: active }
      - SetParameterValues:
          values:
            ${PREFIX}STUNMinimumKeepAlivePeriod: ${minimum}
            ${PREFIX}STUNMaximumKeepAlivePeriod: ${maximum}
            ${PREFIX}STUNServerAddress: ${OUTSIDE_ADDRESS}
            ${PREFIX}STUNUsername: phone
            ${PREFIX}STUNEnable: true
`,
  );
  writeFileSync(
    settings,
    `
tr069:
  enable: true
  acs: { url: "http://${OUTSIDE_ADDRESS}:7557/" }
  cpe: { username: acs, password: knock }
phone: { mac: "0c:11:05:00:00:77" }
backend: { type: simulated }
stateFolder: ${join(folder, "state")}
log: { format: json }
`,
  );
  if (stun === "coturn") await startCoturn(network, folder);
  const node = (args: readonly string[]): readonly string[] => [...PROGRAM, ...args];
  const acsArgs = [
    "acs",
    "--address",
    OUTSIDE_ADDRESS,
    "--script",
    script,
    "--cpe-auth",
    "acs:knock",
    "--control",
    "stdio",
  ];
  const acs = network.outside.start(
    process.execPath,
    node([...acsArgs, ...(stun === "acs" ? ["--stun", "3478"] : [])]),
  );
  await acs.line(/"listening"/);
  const phone = network.phone.start(process.execPath, node(["run", "--config", settings]));
  const lines = (): number => acs.output().split("\n").length;
  return {
    network,
    phone,
    acs,
    order: (order) => void acs.child.stdin?.write(`${JSON.stringify(order)}\n`),
    lines,
    async heard(pattern, from, withinMs = 20_000) {
      const untilMs = performance.now() + withinMs;
      for (;;) {
        const all = acs.output().split("\n");
        const at = all.findIndex((line, index) => index >= from && pattern.test(line));
        if (at >= 0) return { text: all[at] ?? "", lines: at + 1 };
        if (performance.now() > untilMs)
          assert.fail(
            `the ACS heard nothing like ${pattern}:\n${all.slice(from).join("\n")}\nphone:\n${phone.output()}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

async function startCoturn(network: NatNetwork, folder: string): Promise<void> {
  const only = ["--stun-only", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-rfc5780"];
  const files = [
    "--log-file",
    "stdout",
    "--simple-log",
    "--pidfile",
    join(folder, "coturn.pid"),
    "--userdb",
    join(folder, "db"),
  ];
  const coturn = network.outside.start("turnserver", ["-n", ...only, "-L", OUTSIDE_ADDRESS, "-p", "3478", ...files]);
  await coturn.line(/IPv4\. UDP listener opened on|Total General servers/);
  // As of an ACS whose datagrams leave by the STUN server's port: the NAT lets in nobody but who was written to.
  network.outside.nft(`
    table ip acs77 {
      chain leaving {
        type filter hook output priority raw
        ip daddr ${NAT_ADDRESS} udp sport != 3478 udp sport set 3478
      }
    }
  `);
}

/** Reaches the phone by UDP; how long from the order to the Inform, in milliseconds. */
async function sendRequest(lab: Lab): Promise<number> {
  const from = lab.lines();
  const begin = performance.now();
  lab.order({ id: 1, do: "udpConnectionRequest", device: SERIAL });
  await lab.heard(/"session-started".*"6 CONNECTION REQUEST"/, from);
  return Math.round(performance.now() - begin);
}

for (const stun of ["coturn", "acs"] as const) {
  test(`C-230 C-236 C-248 a phone behind a NAT is reached through the binding that ${stun} showed, and again after the NAT forgot it`, async (t) => {
    const lab = await openLab(t, stun, 5, 5);
    const first = await lab.heard(ADDRESS, 0);
    const tookMs = await sendRequest(lab);
    t.diagnostic(`UDP connection request to Inform through the NAT: ${tookMs} ms`);
    const before = lab.lines();
    lab.network.flush();
    const flushedMs = performance.now();
    const second = await lab.heard(ADDRESS, before, 15_000);
    assert.notEqual(ADDRESS.exec(second.text)?.[1], ADDRESS.exec(first.text)?.[1], "the NAT gave another port");
    const backMs = Math.round(performance.now() - flushedMs);
    await sendRequest(lab);
    t.diagnostic(`reachable again ${backMs} ms after the NAT forgot the binding; the keep-alive period is 5000 ms`);
    assert.ok(backMs < 5000 + 2000, `${backMs} ms`);
  });
}

test("C-237 the phone tells of the NAT", async (t) => {
  const lab = await openLab(t, "coturn", 5, 5);
  const { lines } = await lab.heard(ADDRESS, 0);
  lab.order({ id: 7, do: "call", device: SERIAL, rpcs: [{ GetParameterValues: [`${PREFIX}NATDetected`] }] });
  lab.order({ id: 1, do: "udpConnectionRequest", device: SERIAL });
  const { text } = await lab.heard(/"id":7/, lines);
  assert.match(text, /NATDetected","value":"(true|1)"/);
});

test("C-241 the search finds a NAT's shortened UDP timeout, between the limits", async (t) => {
  const timeoutSeconds = 6;
  const lab = await openLab(t, "acs", 2, 24);
  lab.network.setUdpTimeout(timeoutSeconds);
  const found = await lab.phone.line(/"periodMs":(\d+).*keeps the binding alive/, 150_000);
  const periodMs = Number(found[1]);
  t.diagnostic(`a UDP timeout of ${timeoutSeconds * 1000} ms was measured as ${periodMs} ms`);
  assert.ok(periodMs >= 2000 && periodMs <= timeoutSeconds * 1000, `${periodMs} ms`);
  await new Promise((resolve) => setTimeout(resolve, 2 * periodMs));
  await sendRequest(lab);
});
