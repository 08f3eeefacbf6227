/** The demo's parts: a folder, the ACS, the phone's agent. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { stringify } from "yaml";
import { makeTemporaryFolder } from "../../system/temporary-folder.ts";
import { type AcsChild, type Listening, startAcsChild } from "./acs-child.ts";
import { type Child, type Children, createChildren } from "./child.ts";
import type { Narrator } from "./narrator.ts";
import { createTraceReader, type TraceReader } from "./trace-reader.ts";

export interface Stage {
  readonly narrator: Narrator;
  readonly children: Children;
  readonly files: StageFiles;
  readonly acs: AcsChild;
  readonly listening: Listening;
  readonly trace: TraceReader;
  /** Starts the phone's agent, the first time or after a kill. */
  startAgent(): Child;
  readPhoneFile(): Promise<string>;
}

export interface StageFiles {
  readonly folder: string;
  readonly settings: string;
  readonly phone: string;
  readonly trace: string;
  readonly ca: string;
}

/** The phone's connection request path; unique to the demo. */
export const DEMO_DEVICE = "0C1105-SP-R53P-0C110500D300";
const DEMO_MAC = "0c:11:05:00:d3:00";
export const ACS_LOGIN = { username: "phone", password: "phone-secret" };

/** @param traceFolder for the phone's envelopes; null: in the demo's temporary folder. */
export async function setStage(narrator: Narrator, traceFolder: string | null): Promise<Stage> {
  const folder = await makeTemporaryFolder("akuvox-cpe-demo-");
  const files: StageFiles = {
    folder,
    settings: join(folder, "settings.yaml"),
    phone: join(folder, "phone.cfg"),
    trace: traceFolder ?? join(folder, "trace"),
    ca: join(folder, "tls", "ca.pem"),
  };
  const children = createChildren();
  const login = `${ACS_LOGIN.username}:${ACS_LOGIN.password}`;
  const acs = startAcsChild(children, ["--port", "0", "--tls-folder", join(folder, "tls"), "--auth", login]);
  try {
    const listening = await acs.event(0, "listening");
    await writeFile(files.settings, settingsYaml(listening.url, await freePort()), { mode: 0o600 });
    return {
      narrator,
      children,
      files,
      acs,
      listening,
      trace: await createTraceReader(join(files.trace, "trace.jsonl")),
      startAgent: () => children.start(["run", "--config", files.settings, "--trace", files.trace]),
      readPhoneFile: () => readFile(files.phone, "utf8"),
    };
  } catch (error) {
    children.killAll();
    await strikeStage(folder);
    throw error;
  }
}

export async function strikeStage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** The settings of a phone on this machine, as its owner would write them. Paths are relative to the settings file. */
function settingsYaml(acsUrl: string, port: number): string {
  return stringify({
    tr069: { enable: true, acs: { url: acsUrl, ...ACS_LOGIN } },
    phone: { model: "SP-R53P", mac: DEMO_MAC, accounts: 3 },
    backend: { type: "config-file", file: "phone.cfg" },
    stateFolder: "state",
    listen: { address: "127.0.0.1", port },
    tls: { ca: "tls/ca.pem" },
  });
}

/** Chosen once, so that the phone keeps its port over a restart. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
