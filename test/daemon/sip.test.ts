import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ANY_DEVICE, createAcs } from "../../src/acs/acs.ts";
import type { AcsSession } from "../../src/acs/events.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { REAL_PORTS, registrarUnderTest } from "../helpers/registrar.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const STATUS = `${PROFILE}Line.1.Status`;
const PASSWORD = `${PROFILE}Line.1.SIP.AuthPassword`;

const set = (values: Readonly<Record<string, string>>) =>
  ({
    name: "SetParameterValues",
    args: {
      parameterList: Object.entries(values).map(([name, value]) => ({
        ...{ name, value, type: name.endsWith("Port") ? "unsignedInt" : "string" },
      })),
      parameterKey: "",
    },
  }) as const;

const notify = {
  name: "SetParameterAttributes",
  args: {
    parameterList: [
      { name: STATUS, notificationChange: true, notification: 2, accessListChange: false, accessList: [] },
    ],
  },
} as const;

const tells =
  (status: string) =>
  ({ events, parameters }: AcsSession): boolean =>
    events.some(({ eventCode }) => eventCode === "4 VALUE CHANGE") &&
    parameters.some(({ name, value }) => name === STATUS && value === status);

test("an ACS that sets an account with a wrong password hears of the error, and of the line that is up once it has set the right one", async (t) => {
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, authentication: { scheme: "none" } },
    ...REAL_PORTS,
  });
  t.after(() => acs.close());
  const registrar = await registrarUnderTest(t);
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated, inMemory: true, sip: real, sipPort: 0 }
tr069: { enable: true, acs: { url: "${acs.url}" } }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
`,
  );
  const log = createMemoryLogger();
  const first = [
    acs.enqueue(ANY_DEVICE, notify, { more: true }),
    acs.enqueue(
      ANY_DEVICE,
      set({
        [`${PROFILE}SIP.RegistrarServer`]: "127.0.0.1",
        [`${PROFILE}SIP.ProxyServerPort`]: String(registrar.port),
        [`${PROFILE}Line.1.SIP.CUSTOM_UserName`]: "1001",
        [`${PROFILE}Line.1.SIP.AuthUserName`]: "1001",
        [PASSWORD]: "hunter2",
        [`${PROFILE}Line.1.Enable`]: "Enabled",
      }),
    ),
  ];
  const failed = acs.waitForSession(tells("Error"));
  const { agent, stop } = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
  try {
    for (const outcome of await Promise.all(first)) assert.equal(outcome.kind, "response", JSON.stringify(outcome));
    const { device } = await failed;
    const status = await agent.local.status();
    const why = `127.0.0.1:${registrar.port}: 401 Unauthorized: it does not accept the user name and password`;
    assert.deepEqual([status.accounts[0]?.line, status.accounts[0]?.reason], ["Error", why]);
    assert.deepEqual(registrar.registrar.bindings.all(), []);

    const up = acs.waitForSession(tells("Up"));
    const corrected = acs.enqueue(device, set({ [PASSWORD]: "correct horse" }));
    await agent.local.inform("2 PERIODIC");
    assert.equal((await corrected).kind, "response");
    await up;
    const [binding] = registrar.registrar.bindings.of("1001");
    assert.match(binding?.userAgent ?? "", /^Akuvox SP-R53P 53\.0\.6\.45$/);
    assert.equal((await agent.local.status()).accounts[0]?.reason, "");
  } finally {
    await stop();
  }
  assert.deepEqual(registrar.registrar.bindings.all(), [], "a phone that stops unregisters");
  assert.ok(!log.text().includes("hunter2") && !log.text().includes("correct horse"));
});
