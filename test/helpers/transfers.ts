import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { RequestOf } from "../../src/soap/rpc-table.ts";
import { type AgentUnderTest, type AgentUnderTestOptions, createAgentUnderTest } from "./agent-under-test.ts";
import { rpc, type ScriptedSession, type SessionPlan } from "./scripted-acs.ts";

export const URL_OF_FILE = "http://files.example/a";
export const VERSION = "Device.DeviceInfo.SoftwareVersion";

/** A Download with what most tests need. */
export function download(change: Partial<RequestOf<"Download">> = {}) {
  return rpc("Download", {
    commandKey: "k",
    fileType: "3 Vendor Configuration File",
    url: URL_OF_FILE,
    username: "",
    password: "",
    fileSize: 0,
    targetFileName: "",
    delaySeconds: 0,
    successUrl: "",
    failureUrl: "",
    ...change,
  });
}

export function upload(change: Partial<RequestOf<"Upload">> = {}) {
  return rpc("Upload", {
    commandKey: "u",
    fileType: "1 Vendor Configuration File",
    url: URL_OF_FILE,
    username: "",
    password: "",
    delaySeconds: 0,
    ...change,
  });
}

/** One window of the next minute, unless others are given. */
export function scheduleDownload(change: Partial<RequestOf<"ScheduleDownload">> = {}) {
  return rpc("ScheduleDownload", {
    commandKey: "s",
    fileType: "3 Vendor Configuration File",
    url: URL_OF_FILE,
    username: "",
    password: "",
    fileSize: 0,
    targetFileName: "",
    timeWindowList: [window(0, 60)],
    ...change,
  });
}

export function window(windowStart: number, windowEnd: number, maxRetries = 0, windowMode = "1 At Any Time") {
  return { windowStart, windowEnd, windowMode, userMessage: "", maxRetries };
}

/** A firmware image as docs/firmware-image.md has it. */
export function firmwareImage(
  change: Partial<Record<"model" | "version" | "sha256" | "format" | "fails", string>> = {},
): string {
  const payload = "payload of the image";
  const manifest = {
    format: "akuvox-cpe-rom-1",
    model: "SP-R53P",
    version: "53.1.0.7",
    sha256: createHash("sha256").update(payload).digest("hex"),
    ...change,
  };
  return `${JSON.stringify(manifest)}\n${payload}`;
}

export interface TransferTest {
  /** Set anew by `restart`. */
  under: AgentUnderTest;
  /** Runs a session that calls these, and lets what follows at once happen. */
  call(...rpcs: NonNullable<SessionPlan["rpcs"]>): Promise<ScriptedSession>;
  restart(): Promise<void>;
  /** The same after `kill -9`. */
  crash(): Promise<void>;
  /** TransferCompletes in the order they came, over all sessions. */
  reports(): readonly RequestOf<"TransferComplete">[];
}

/** An agent that has had its first session. */
export async function transferTest(options: AgentUnderTestOptions = {}): Promise<TransferTest> {
  const under = createAgentUnderTest(options);
  await under.agent.start();
  await under.settle();
  const all = [under];
  const begin = async (next: AgentUnderTest): Promise<void> => {
    test.under = next;
    all.push(next);
    await next.agent.start();
    await next.settle();
  };
  const test: TransferTest = {
    under,
    async call(...rpcs) {
      const { acs, endpoints, settle } = test.under;
      const number = acs.sessions.length;
      acs.plan({ rpcs });
      endpoints[0]?.requested();
      await settle();
      return acs.sessions[number] ?? assert.fail("there was no session");
    },
    restart: async () => begin(await test.under.restarted()),
    crash: async () => begin(await test.under.crashed()),
    reports: () => all.flatMap(({ acs }) => acs.sessions.flatMap(reportsIn)),
  };
  return test;
}

export function reportsIn({ told }: ScriptedSession): readonly RequestOf<"TransferComplete">[] {
  return told.flatMap(({ name, args }) => (name === "TransferComplete" ? [args as RequestOf<"TransferComplete">] : []));
}

/** An answer of the ACS to whatever was asked. */
export function faultEnvelope(code: number): string {
  const fault = `<c:Fault><FaultCode>${code}</FaultCode><FaultString>x</FaultString></c:Fault>`;
  const soapFault = `<s:Fault><faultcode>Server</faultcode><faultstring>CWMP fault</faultstring><detail>${fault}</detail></s:Fault>`;
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Body>${soapFault}</s:Body></s:Envelope>`;
}
