/**
 * The environment of a phone without a configured server: a file server, PnP that gives its URL, and a SIP registrar.
 */
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { stringify } from "yaml";
import type { SipMessages, Status } from "../../control/answers.ts";
import type { SipRecord } from "../../ports/sip-log.ts";
import { type PnpEvent, type RunningPnp, startPnp } from "../acs/pnp.ts";
import { createAgentClient } from "../control/client.ts";
import { type RegistrarPorts, type RunningRegistrar, startRegistrar } from "../registrar/start-registrar.ts";
import { CONNECTION_REQUEST_LOGIN } from "./account.ts";
import type { Child } from "./child.ts";
import { ACS_LOGIN, freePort, type Stage } from "./stage.ts";
import { createTraceReader, type TraceReader } from "./trace-reader.ts";

export const BARE_DEVICE = "0C1105-SP-R53P-0C110500D301";
export const BARE_MAC = "0c110500d301";
export const SIP_USER = { name: "1001", password: "right-secret", wrong: "wrong-secret" };

export interface BarePhone {
  /** The socket of the phone's process, after it has started. */
  readonly child: Child;
  readonly registrar: RunningRegistrar;
  readonly ports: RegistrarPorts;
  readonly trace: TraceReader;
  /** PnP requests received so far. */
  readonly questions: readonly PnpEvent[];
  /** Paths requested from the file server. */
  readonly fetched: readonly string[];
  status(): Promise<Status>;
  sip(): Promise<readonly SipRecord[]>;
  /** Stops the phone, then its environment; resolves with the phone's exit code. */
  stop(): Promise<number | string>;
}

/** Starts the phone and its environment; on failure everything is closed. */
export async function startBarePhone(stage: Stage, ports: RegistrarPorts): Promise<BarePhone> {
  const fetched: string[] = [];
  const files = createServer(({ url = "" }, response) => {
    fetched.push(url);
    if (url === `/${BARE_MAC}.cfg`) response.end(configurationFile(stage.listening.url));
    else response.writeHead(404).end();
  });
  const opened: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const port = await listen(files);
    opened.push(() => closed(files));
    const pnp = await openPnp(port, ports);
    opened.push(() => pnp.close());
    const questions: PnpEvent[] = [];
    pnp.onEvent((event) => void questions.push(event));
    const registrar = await startRegistrar({ ...REGISTRAR, event: () => {} }, ports);
    opened.push(() => registrar.close());
    const folder = join(stage.files.folder, "bare");
    const settings = join(stage.files.folder, "bare.yaml");
    await writeFile(settings, settingsYaml(pnp.port, await freePort()), { mode: 0o600 });
    const traces = join(folder, "trace");
    const trace = await createTraceReader(join(traces, "trace.jsonl"));
    const child = stage.children.start(["run", "--config", settings, "--trace", traces]);
    const agent = createAgentClient(join(folder, "state", "control.sock"));
    return {
      ...{ child, registrar, ports, trace, questions, fetched },
      status: () => agent.get<Status>("/status"),
      sip: async () => (await agent.get<SipMessages>("/sip-messages")).messages,
      async stop() {
        const how = await child.stop();
        await stop();
        return how;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const REGISTRAR = {
  ...{ address: "127.0.0.1", port: 0, realm: "demo", tls: null, refusals: new Map<string, number>() },
  users: new Map([[SIP_USER.name, SIP_USER.password]]),
  ...{ minExpiresSeconds: 60, maxExpiresSeconds: 3_600 },
};

async function openPnp(filePort: number, ports: RegistrarPorts): Promise<RunningPnp> {
  const url = `http://127.0.0.1:${filePort}/`;
  const pnp = await startPnp({ pnp: url, pnpPort: 0, address: "127.0.0.1" }, ports);
  if (pnp === null) throw new TypeError("PnP is not answered though it has a URL");
  return pnp;
}

/** What an operator would put on a file server: the ACS's URL and credentials alone. */
function configurationFile(acsUrl: string): string {
  const lines = {
    "General.Enable": "1",
    "ManagementServer.URL": acsUrl,
    "ManagementServer.Username": ACS_LOGIN.username,
    "ManagementServer.Password": ACS_LOGIN.password,
    "ManagementServer.ConnectionRequestUsername": CONNECTION_REQUEST_LOGIN.username,
    "ManagementServer.ConnectionRequestPassword": CONNECTION_REQUEST_LOGIN.password,
  };
  return Object.entries(lines)
    .map(([key, value]) => `Config.TR069.${key} = ${value}\n`)
    .join("");
}

/** No ACS, no account, no file server: only its identity, and PnP turned on. */
function settingsYaml(pnpPort: number, port: number): string {
  return stringify({
    phone: { model: "SP-R53P", mac: BARE_MAC.replace(/..(?!$)/g, "$&:"), accounts: 1 },
    backend: { type: "simulated", file: "bare/phone.cfg", sip: "real", sipPort: 0, calls: { answerSeconds: 60 } },
    stateFolder: "bare/state",
    listen: { address: "127.0.0.1", port },
    tls: { ca: "tls/ca.pem" },
    autop: { powerOnSpreadSeconds: 0, pnp: { enable: true, port: pnpPort } },
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });
}
