import { createSimulatedEnvironment } from "../../src/backends/simulated/environment.ts";
import { sipLinesBehaviour } from "../../src/backends/simulated/sip-lines.ts";
import { simulatedInMemory } from "../../test/backends/test-phone.ts";
import { createFakeSip, scriptedServer } from "../../test/helpers/fake-sip.ts";
import { TORTURE } from "../../test/helpers/torture-messages.ts";
import type { OpenTarget, Target } from "../target.ts";

const FROM = { host: "198.51.100.66", port: 5060 };
const LINE = "LINE";
const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8\r\n";
const METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "NOTIFY", "INFO", "MESSAGE", "REGISTER"];
/** After this many inputs time passes, so that the state of old requests expires. */
const INPUTS_A_TURN = 500;

const seeds = [
  ...METHODS.map((method) => requestOf(method, method === "INVITE" ? SDP : "")),
  requestOf("NOTIFY", "", "Event: check-sync;reboot=true\r\n"),
  requestOf("NOTIFY", "", 'Event: check-sync\r\nAuthorization: Digest username="1001", realm="x", nonce="n"\r\n'),
  "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.50:5062;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n\r\n",
  ...TORTURE.map(({ text }) => text),
].map((text) => Buffer.from(text));

/** Datagrams of strangers to a registered phone: no crash, nothing changed, no answer longer than what it answers. */
export const sip: Target = {
  name: "sip",
  seeds,
  words: [
    "SIP/2.0",
    "\r\n",
    "\r\n ",
    ";tag=",
    ";branch=z9hG4bK",
    '"',
    "<sip:",
    ">",
    ",",
    "Content-Length: ",
    "INVITE ",
    LINE,
  ],
  open: openSip,
};

function requestOf(method: string, body: string, more = ""): string {
  return (
    `${method} sip:1001@192.0.2.50:5062;line=${LINE} SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.66;branch=z9hG4bK1\r\n` +
    `From: "A" <sip:a@b>;tag=1\r\nTo: <sip:1001@pbx>\r\nCall-ID: 1\r\nCSeq: 1 ${method}\r\nMax-Forwards: 70\r\n` +
    `Contact: <sip:a@198.51.100.66>\r\nContent-Type: application/sdp\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

async function openSip(): Promise<OpenTarget> {
  const world = createFakeSip();
  const environment = createSimulatedEnvironment();
  let obeyed = 0;
  environment.onCheckSync(() => {
    obeyed++;
  });
  const phone = await simulatedInMemory({
    ...{ clock: world.time.clock, scheduler: world.time.scheduler, environment },
    lines: () =>
      sipLinesBehaviour({
        ...{ stack: world.stack, accounts: 1, userAgent: () => "Akuvox" },
        habits: { answerAfterMs: 1_000, voice: "silence" },
      }),
  });
  await phone.start();
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  const account = {
    "GENERAL.Enable": "1",
    "GENERAL.UserName": "1001",
    "GENERAL.Pwd": "secret",
    "SIP.Server": "192.0.2.1",
  };
  const settings = Object.entries(account).map(([key, value]): [string, string] => [`Config.Account1.${key}`, value]);
  await (await phone.backend.stage(new Map(settings))).apply();
  await world.time.advance(0);
  const line = /;line=([0-9a-f]+)/.exec(world.sent[0]?.text ?? "")?.[1] ?? "";
  const state = async (): Promise<string | undefined> => phone.read("Status.Account1.Line.State");
  let inputs = 0;

  async function take(input: Buffer): Promise<void> {
    // Every other input uses the phone's Contact, like its registrar.
    const text = inputs % 2 === 0 ? input.toString("latin1").replaceAll(LINE, line) : input.toString("latin1");
    const bytes = Buffer.from(text, "latin1");
    const { answers } = world.deliverBytes(bytes, FROM);
    const isStranger = !text.includes(line);
    if (isStranger && answers.some((answer) => Buffer.byteLength(answer) > bytes.length)) {
      throw new Error("a stranger's datagram was answered with a longer one");
    }
    if (++inputs % INPUTS_A_TURN === 0) await world.time.advance(120_000);
    if (obeyed > 0) throw new Error("a datagram without the password was obeyed");
    if (phone.reported.some(({ after }) => after === "Error")) throw new Error("a datagram has changed the line");
  }

  return {
    take,
    async close() {
      await world.time.advance(3_600_000);
      if ((await state()) !== "Up") throw new Error("the line is no longer up");
      const { answers } = world.deliver(requestOf("OPTIONS", "").replace(LINE, line), FROM);
      if (!answers[0]?.startsWith("SIP/2.0 200")) throw new Error("the genuine request after them was not answered");
      await phone.backend.stop();
    },
  };
}
