import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Acs, createAcs } from "../../src/acs/acs.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { type Daemon, startDaemon } from "../../src/daemon/daemon.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { createMemoryLogger } from "./memory-logger.ts";
import { LOGIN } from "./web-login.ts";

export interface PhoneWithPages {
  /** Where its pages are, with a slash at the end. */
  readonly url: string;
  readonly acs: Acs;
  readonly daemon: Daemon;
  close(): Promise<void>;
}

export interface PhoneWithPagesOptions {
  /** For its files. */
  readonly folder: string;
  /** Default 0: any free one. */
  readonly acsPort?: number;
  /** For connection requests; default 0: any free one. */
  readonly listenPort?: number;
  /** More lines of the settings file. */
  readonly yaml?: string;
}

/** A simulated phone fresh from its box, with its pages on loopback, and an ACS that it does not know of yet. */
export async function startPhoneWithPages(options: PhoneWithPagesOptions): Promise<PhoneWithPages> {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: options.acsPort ?? 0,
    authentication: { scheme: "digest", users: new Map([["phone", "hush-acs"]]) },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  const file = join(options.folder, "config.yaml");
  await writeFile(
    file,
    `
phone: { mac: "0c:11:05:00:00:07" }
backend: { type: simulated, ip: 127.0.0.1, rebootSeconds: 0 }
stateFolder: state
listen: { address: 127.0.0.1, port: ${options.listenPort ?? 0} }
control: { enable: false }
web: { enable: true, port: 0, username: ${LOGIN.username}, password: ${LOGIN.password} }
${options.yaml ?? ""}`,
  );
  const log = createMemoryLogger();
  const daemon = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "1.2.3", log });
  const url = log.lines
    .map(({ message, fields }) => (message === "The web page is served" ? String(fields.url) : ""))
    .join("");
  return {
    url,
    acs,
    daemon,
    async close() {
      await daemon.stop();
      await acs.close();
    },
  };
}
