import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "../../src/agent/agent.ts";
import { createAgentClient } from "../../src/cli/control/client.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { startDaemon } from "../../src/daemon/daemon.ts";
import type { SipRecord } from "../../src/ports/sip-log.ts";
import { createMemoryLogger, type MemoryLogger } from "./memory-logger.ts";
import { until } from "./transport.ts";

export interface SipPhone {
  readonly agent: Agent;
  readonly log: MemoryLogger;
  /** Settings of account 1, such as `SIP.Server`, or of the phone where they begin with `Config.`. */
  set(values: Readonly<Record<string, string>>): Promise<void>;
  /** `Up`, or `Error: why`. */
  line(): Promise<string>;
  /** The last messages, as `akuvox-cpe trace --sip` has them. */
  messages(): Promise<readonly SipRecord[]>;
  /** Resolves when the line's state matches. */
  becomes(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** The whole program with one simulated phone that speaks SIP on loopback, until the test ends. */
export async function startSipPhone(
  t: { after(run: () => Promise<void>): void },
  { backend = "", more = "" }: { readonly backend?: string; readonly more?: string } = {},
): Promise<SipPhone> {
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-sip-"));
  const file = join(folder, "config.yaml");
  await writeFile(
    file,
    `phone: { mac: "0c:11:05:00:00:06" }
backend: { type: simulated, inMemory: true, sip: real, sipPort: 0${backend} }
listen: { address: 127.0.0.1, port: 0 }
stateFolder: state
${more}`,
    { mode: 0o600 },
  );
  const log = createMemoryLogger();
  const daemon = await startDaemon({ config: loadConfig(file, {}), traceFolder: null, version: "0", log });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= daemon.stop();
    return stopped;
  };
  t.after(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  const { agent } = daemon;
  const client = createAgentClient(join(folder, "state", "control.sock"));
  const line = async (): Promise<string> => {
    const [account] = (await agent.local.status()).accounts;
    return `${account?.line}${account?.reason === "" ? "" : `: ${account?.reason}`}`;
  };
  return {
    agent,
    log,
    line,
    messages: async () => (await client.get<{ messages: readonly SipRecord[] }>("/sip-messages")).messages,
    stop,
    async set(values) {
      const all = Object.entries(values).map(([key, value]): [string, string] => [
        key.startsWith("Config.") ? key : `Config.Account1.${key}`,
        value,
      ]);
      await agent.local.applySettings(new Map(all));
    },
    async becomes(pattern) {
      let now = "";
      let asking = false;
      await until(() => {
        if (!asking) {
          asking = true;
          void line().then((state) => {
            now = state;
            asking = false;
          });
        }
        return pattern.test(now);
      });
    },
  };
}
