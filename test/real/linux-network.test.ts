/** A host that an ACS gives an address with no way back. Run by .ci/real: root, nftables. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { PROGRAM } from "../helpers/typescript.ts";
import { createNatNetwork, type Namespace, OUTSIDE_ADDRESS, PHONE_ADDRESS, type StartedProgram } from "./namespaces.ts";

interface Lab {
  readonly host: Namespace;
  readonly phone: StartedProgram;
  readonly acs: StartedProgram;
  readonly networkFile: string;
  readonly phoneFile: string;
}

/** An ACS that sets the address and reboots the phone, and a host whose network is brought up by a script of its own. */
async function openLab(t: TestContext, address: string, gateway: string): Promise<Lab> {
  const folder = await temporaryFolder(t);
  const network = createNatNetwork(t);
  const [networkFile, phoneFile, activate] = ["eth0.network", "phone.cfg", "activate.sh"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(
    activate,
    `#!/bin/sh
set -e
address=$(sed -n 's/^Address=//p' "${networkFile}" 2>/dev/null || true)
gateway=$(sed -n 's/^Gateway=//p' "${networkFile}" 2>/dev/null || true)
ip address flush dev eth0
ip address add "\${address:-${PHONE_ADDRESS}/24}" dev eth0
ip route replace default via "\${gateway:-192.168.77.1}"
`,
  );
  chmodSync(activate, 0o755);
  const script = join(folder, "script.yaml");
  writeFileSync(
    script,
    `
sessions:
  - on: ["0 BOOTSTRAP"]
    once: true
    rpcs:
      - SetParameterAttributes: { Device.LAN.AddressingType: active }
      - SetParameterValues:
          values:
            Device.LAN.AddressingType: Static
            Device.LAN.IPAddress: ${address}
            Device.LAN.SubnetMask: 255.255.255.0
            Device.LAN.DefaultGateway: ${gateway}
      - Reboot: { commandKey: new-address }
  - on: ["M Reboot"]
    rpcs:
      - GetParameterValues: [Device.LAN.AddressingType, Device.LAN.IPAddress]
`,
  );
  const settings = join(folder, "config.yaml");
  writeFileSync(
    settings,
    `
tr069: { enable: true, acs: { url: "http://${OUTSIDE_ADDRESS}:7557/" } }
phone: { mac: "0c:11:05:00:00:77" }
backend:
  type: linux
  file: ${phoneFile}
  interface: eth0
  network: { apply: systemd-networkd, file: ${networkFile}, activateCommand: [${activate}], confirmWithinSeconds: 15 }
stateFolder: ${join(folder, "state")}
session: { connectTimeoutSeconds: 2 }
retry: { minimumWaitInterval: 2, intervalMultiplier: 1000 }
log: { format: json }
`,
  );
  const node = (args: readonly string[]): readonly string[] => [...PROGRAM, ...args];
  const acsArgs = ["acs", "--address", OUTSIDE_ADDRESS, "--script", script, "--control", "stdio"];
  const acs = network.outside.start(process.execPath, node(acsArgs));
  await acs.line(/"listening"/);
  const phone = network.phone.start(process.execPath, node(["run", "--config", settings]));
  return { host: network.phone, phone, acs, networkFile, phoneFile };
}

test("an address that leads nowhere is taken back, and the ACS hears of the phone and of the truth", async (t) => {
  const { host, phone, acs, networkFile, phoneFile } = await openLab(t, "198.51.100.9", "198.51.100.1");
  await phone.line(/The network of this host was changed/, 30_000);
  assert.match(host.run("ip", "address", "show", "eth0"), /198\.51\.100\.9/);
  await phone.line(/Session failed/);
  await phone.line(/The network change is rolled back/, 30_000);
  await acs.line(/"session-started".*"M Reboot"/, 40_000);
  await acs.line(/"session-started".*"4 VALUE CHANGE"/);
  assert.match(host.run("ip", "address", "show", "eth0"), new RegExp(PHONE_ADDRESS.replaceAll(".", "\\.")));
  assert.equal(existsSync(networkFile), false);
  assert.match(readFileSync(phoneFile, "utf8"), /^Config\.Network\.LAN\.Type *= *0$/m);
});

test("an address that leads to the ACS is confirmed by the first session and stays", async (t) => {
  const { host, phone, acs, networkFile } = await openLab(t, "192.168.77.33", "192.168.77.1");
  await acs.line(/"session-started".*"M Reboot"/, 40_000);
  await phone.line(/the network change is confirmed/);
  assert.match(host.run("ip", "address", "show", "eth0"), /192\.168\.77\.33/);
  assert.match(readFileSync(networkFile, "utf8"), /^Address=192\.168\.77\.33\/24$/m);
});
