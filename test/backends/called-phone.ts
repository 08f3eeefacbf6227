import type { TestContext } from "node:test";
import type { CallHabits } from "../../src/backends/simulated/call-settings.ts";
import { createSimulatedEnvironment } from "../../src/backends/simulated/environment.ts";
import { sipLinesBehaviour } from "../../src/backends/simulated/sip-lines.ts";
import type { UserStep } from "../../src/backends/simulated/user.ts";
import { createFakeSip, scriptedServer } from "../helpers/fake-sip.ts";
import { simulatedInMemory } from "./test-phone.ts";

export const ACCOUNT = {
  "Config.Account1.GENERAL.Enable": "1",
  "Config.Account1.GENERAL.UserName": "1001",
  "Config.Account1.GENERAL.Pwd": "secret",
  "Config.Account1.SIP.Server": "192.0.2.1",
};
export const CALLS = "Status.Account1.Line.Calls";
export const SDP =
  "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8\r\n";

export interface Sent {
  readonly branch?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Of the body: SDP unless given. */
  readonly type?: string;
  readonly cseq?: string;
}

/** A phone whose line is up, and a caller. */
export async function calledPhone(
  t: TestContext,
  habits: Partial<CallHabits> = {},
  settings: Readonly<Record<string, string>> = {},
  script: readonly UserStep[] = [],
) {
  const sip = createFakeSip();
  const environment = createSimulatedEnvironment();
  const phone = await simulatedInMemory({
    ...{ clock: sip.time.clock, scheduler: sip.time.scheduler, environment, script },
    lines: () =>
      sipLinesBehaviour({
        ...{ stack: sip.stack, accounts: 2, userAgent: () => "Akuvox" },
        habits: { answerAfterMs: 2_000, voice: "silence", ...habits },
      }),
  });
  await phone.start();
  t.after(() => phone.backend.stop());
  sip.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  await (await phone.backend.stage(new Map(Object.entries({ ...ACCOUNT, ...settings })))).apply();
  await sip.time.advance(0);
  const contact = /Contact: <(sip:[^>]+)>/.exec(sip.sent[0]?.text ?? "")?.[1] ?? "";

  function send(method: string, sent: Sent = {}) {
    const { branch = method, to = "", callId = "c1", headers = [], body = "", type = "application/sdp", cseq } = sent;
    const text = [
      `${method} ${contact} SIP/2.0`,
      `Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK${branch}`,
      "From: <sip:1002@pbx>;tag=theirs",
      `To: <sip:1001@pbx>${to === "" ? "" : `;tag=${to}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq ?? `1 ${method}`}`,
      "Contact: <sip:1002@198.51.100.7:5060>",
      ...headers,
      ...(body === "" ? [] : [`Content-Type: ${type}`]),
      `Content-Length: ${body.length}`,
    ];
    return sip.deliver(`${text.join("\r\n")}\r\n\r\n${body}`).answers;
  }
  const invite = (more: Sent = {}) => send("INVITE", { body: SDP, ...more });
  const set = async (values: Readonly<Record<string, string>>): Promise<void> => {
    await (await phone.backend.stage(new Map(Object.entries(values)))).apply();
  };
  return { ...phone, sip, send, invite, set, environment, contact };
}

export const status = (text: string | undefined): string => text?.split("\r\n")[0]?.slice(8) ?? "";
export const tagIn = (text: string | undefined): string => /\r\nTo: [^\r]*;tag=([^\r;]+)/.exec(text ?? "")?.[1] ?? "";
