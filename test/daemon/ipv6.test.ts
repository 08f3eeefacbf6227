import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createAcs } from "../../src/acs/acs.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { createDatagrams } from "../../src/net/datagrams.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { IPV6_MISSING } from "../helpers/ipv6.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

const PREFIX = "Device.ManagementServer.";

test("C-210 C-227 C-230 C-238 all of it over IPv6: the ACS's URL, connection requests by HTTP and UDP, STUN", {
  skip: IPV6_MISSING,
}, async (t) => {
  const log = createMemoryLogger();
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "::1",
    port: 0,
    authentication: { scheme: "none" },
    connectionRequestCredentials: { username: "acs", password: "knock" },
    udp: { datagrams: createDatagrams(log), stunPort: 0 },
    clock,
    scheduler: createScheduler(clock, assert.fail),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  assert.match(acs.url, /^http:\/\/\[::1\]:\d+\/$/);
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `
tr069:
  enable: true
  acs: { url: "${acs.url}" }
  cpe: { username: acs, password: knock }
phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated }
listen: { address: "::1", port: 0 }
stateFolder: state
`,
  );
  const address = acs.enqueue("any", {
    name: "SetParameterValues",
    args: {
      parameterKey: "",
      // STUNServerAddress stays empty: the host of the ACS's URL, which is in brackets there.
      parameterList: Object.entries({ STUNEnable: "true", STUNServerPort: String(acs.stunPort) }).map(
        ([name, value]) => ({
          name: PREFIX + name,
          value,
          type: name === "STUNEnable" ? "boolean" : "unsignedInt",
        }),
      ),
    },
  });
  const daemon = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
  t.after(() => daemon.stop());
  assert.equal((await address).kind, "response");

  const [device] = acs.devices();
  assert.match(device?.connectionRequestUrl ?? "", /^http:\/\/\[::1\]:\d+\//);
  await until(() => /STUN: there is no NAT/.test(log.text()));
  const values = acs.enqueue("any", {
    name: "GetParameterValues",
    args: { parameterNames: [`${PREFIX}UDPConnectionRequestAddress`] },
  });
  assert.equal(await acs.connectionRequest(device?.id ?? ""), 200);
  assert.equal((await values).kind, "response");
  assert.match(acs.devices()[0]?.udpConnectionRequestAddress ?? "", /^\[::1\]:\d+$/);
  const before = acs.devices()[0]?.lastInformAt ?? 0;
  await until(() => clock.now() > before);
  await acs.udpConnectionRequest(device?.id ?? "");
  await until(() => (acs.devices()[0]?.lastInformAt ?? 0) > before);
});
