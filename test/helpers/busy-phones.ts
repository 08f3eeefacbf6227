import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAcs } from "../../src/acs/acs.ts";
import type { RpcCall } from "../../src/acs/calls.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { freePort } from "./free-port.ts";
import { createMemoryLogger } from "./memory-logger.ts";

const LOGIN = { username: "acs", password: "hush-cpe" };
const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

/** Three phones that serve metrics: two have an ACS with a lot to do, that of the third is not there. */
export interface BusyPhones {
  /** `host:port` of the metrics of each. */
  readonly targets: readonly string[];
  /** Sessions with reads, writes, refused writes and transfers, asked for with the right password and with a wrong one. */
  round(): Promise<void>;
  close(): Promise<void>;
}

/** @param folder for their files */
export async function startBusyPhones(folder: string): Promise<BusyPhones> {
  const clock = createSystemClock();
  const ports = { clock, scheduler: createScheduler(clock, () => {}), random: createSystemRandom() };
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, authentication: { scheme: "none" }, connectionRequestCredentials: LOGIN },
    ...ports,
  });
  const files = createServer((request, response) => {
    response.statusCode = request.url === "/phone.cfg" ? 200 : 404;
    response.end("Config.Account1.GENERAL.Label = Reception\n");
  });
  files.listen(0, "127.0.0.1");
  await once(files, "listening");
  const fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  const urls = [acs.url, acs.url, `http://127.0.0.1:${await freePort()}/`];
  const phones = await Promise.all(urls.map((url, at) => startPhone(join(folder, `phone-${at}`), url, at)));
  let rounds = 0;

  const visit = async (id: string): Promise<void> => {
    const path = rounds % 2 === 0 ? "/phone.cfg" : "/none.cfg";
    const download = {
      ...{ commandKey: `d${rounds}`, fileType: "3 Vendor Configuration File", url: fileUrl + path },
      ...{
        username: "",
        password: "",
        fileSize: 0,
        targetFileName: "",
        delaySeconds: 0,
        successUrl: "",
        failureUrl: "",
      },
    };
    const calls: readonly RpcCall[] = [
      { name: "GetParameterValues", args: { parameterNames: ["Device.DeviceInfo."] } },
      set(LABEL, `desk ${rounds}`),
      set("Device.DeviceInfo.UpTime", "1"),
      { name: "Download", args: download },
    ];
    const answers = calls.map((call, at) => acs.enqueue(id, call, { more: at < calls.length - 1 }));
    await acs.connectionRequest(id, { ...LOGIN, password: "wrong" });
    await acs.connectionRequest(id);
    await Promise.all(answers);
  };
  return {
    targets: phones.map(({ target }) => target),
    async round() {
      rounds += 1;
      await Promise.all(acs.devices().map(({ id }) => visit(id)));
    },
    async close() {
      for (const { daemon } of phones) await daemon.stop();
      await acs.close();
      files.close();
    },
  };
}

function set(name: string, value: string): RpcCall {
  return { name: "SetParameterValues", args: { parameterList: [{ name, value, type: "string" }], parameterKey: "" } };
}

async function startPhone(folder: string, acsUrl: string, at: number) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `
tr069: { enable: true, acs: { url: "${acsUrl}" }, cpe: { username: ${LOGIN.username}, password: ${LOGIN.password} } }
phone: { mac: "0c:11:05:00:00:0${at}" }
backend: { type: simulated, ip: 127.0.0.1, rebootSeconds: 0 }
stateFolder: state
listen: { address: 127.0.0.1, port: 0, requestsPerMinute: 600 }
control: { enable: false }
metrics: { enable: true, port: 0 }
`,
    { mode: 0o600 },
  );
  const log = createMemoryLogger();
  const daemon = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "1.2.3", log });
  const served = log.lines.find(({ message }) => message.startsWith("Metrics are at"));
  return { daemon, target: new URL(String(served?.fields.url)).host };
}
