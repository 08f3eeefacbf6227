/** Phones of a fleet that register by SIP, over real sockets. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createAcs } from "../../src/acs/acs.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { openFleet } from "../../src/fleet/open-fleet.ts";
import { fleetOf } from "../helpers/fleet.ts";
import { REAL_PORTS, registrarUnderTest } from "../helpers/registrar.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { until } from "../helpers/transport.ts";

const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const BY_SIP = { backend: { type: "simulated", inMemory: true, sip: "real", sipPort: 0 } };

async function openFleetOf(t: TestContext, values: object): Promise<Fleet> {
  const { fleet, close } = await openFleet({ config: fleetOf(values), version: "1.2.3", log: silentLogger });
  t.after(close);
  return fleet;
}

test("phones of a group with backend.sip: real register at a server, beside those of a group that goes by rules", async (t) => {
  const acs = await createAcs({ address: "127.0.0.1", port: 0, authentication: { scheme: "none" }, ...REAL_PORTS });
  t.after(() => acs.close());
  const { port, registrar } = await registrarUnderTest(t);
  const fleet = await openFleetOf(t, {
    acs: acs.url,
    ramp: { perSecond: 1000 },
    settings: { listen: { address: "127.0.0.1" } },
    groups: [
      { name: "sip", count: 2, settings: BY_SIP },
      { name: "rules", count: 1 },
    ],
  });
  await fleet.start();
  await until(() => fleet.figures.counts().reached === 3);
  const account = {
    [`${PROFILE}SIP.RegistrarServer`]: "127.0.0.1",
    [`${PROFILE}SIP.ProxyServerPort`]: String(port),
    [`${PROFILE}Line.1.SIP.CUSTOM_UserName`]: "1001",
    [`${PROFILE}Line.1.SIP.AuthUserName`]: "1001",
    [`${PROFILE}Line.1.SIP.AuthPassword`]: "correct horse",
    [`${PROFILE}Line.1.Enable`]: "Enabled",
  };
  const parameterList = Object.entries(account).map(([name, value]) => ({
    ...{ name, value, type: name.endsWith("Port") ? "unsignedInt" : "string" },
  }));
  const answers = acs
    .devices()
    .map(({ id }) => acs.enqueue(id, { name: "SetParameterValues", args: { parameterList, parameterKey: "" } }));
  const phones = [...fleet.phones.values()].map(({ phone }) => phone.agent.local);
  for (const phone of phones) await phone.inform("2 PERIODIC");
  for (const answer of await Promise.all(answers)) assert.equal(answer.kind, "response", JSON.stringify(answer));
  const lines = async (): Promise<readonly (string | undefined)[]> =>
    (await Promise.all(phones.map((phone) => phone.status()))).map(({ accounts }) => accounts[0]?.line);
  while (!(await lines()).every((line) => line === "Up")) await setTimeout(20);
  assert.equal(registrar.bindings.of("1001").length, 2, "only those of the first group have asked the server");
});

test("groups of one fleet cannot speak SIP at different places", async (t) => {
  const elsewhere = { backend: { ...BY_SIP.backend, sipAddress: "127.0.0.2" } };
  const groups = [
    { name: "one", count: 1, settings: BY_SIP },
    { name: "two", count: 1, settings: elsewhere },
  ];
  await assert.rejects(openFleetOf(t, { acs: "http://127.0.0.1:9/", groups }), /must be the same in all groups/);
});
