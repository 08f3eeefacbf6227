/** The whole program under a flood from many addresses, on the wire. */
import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { registrarUnderTest } from "../helpers/registrar.ts";
import { startSipPhone } from "../helpers/sip-phone.ts";

const PASSWORD = "correct horse";
const ROUNDS = 250;
const ADDRESSES = 20;
/** Answers to strangers in a second. */
const LIMIT = 50;

interface Stranger {
  readonly socket: Socket;
  /** Bytes of each answer. */
  readonly answers: number[];
}

async function stranger(t: TestContext, address: string): Promise<Stranger> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  t.after(() => void socket.close());
  const answers: number[] = [];
  socket.on("message", (bytes: Buffer) => void answers.push(bytes.length));
  return { socket, answers };
}

function optionsOf({ socket }: Stranger, number: number): Buffer {
  const { address, port } = socket.address();
  const text = [
    "OPTIONS sip:1001@127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${number}`,
    ...[
      "From: <sip:a@b>;tag=1",
      "To: <sip:1001@c>",
      `Call-ID: ${number}`,
      "CSeq: 1 OPTIONS",
      "User-Agent: flood",
      "",
      "",
    ],
  ];
  return Buffer.from(text.join("\r\n"));
}

test("a phone under a flood from twenty addresses registers anew, and answers no more strangers than it may", async (t) => {
  const { port, registrar } = await registrarUnderTest(t);
  const phone = await startSipPhone(t);
  await phone.set({
    ...{ "GENERAL.UserName": "1001", "GENERAL.AuthName": "1001", "GENERAL.Pwd": PASSWORD, "GENERAL.Enable": "1" },
    ...{ "SIP.Server": "127.0.0.1", "SIP.Port": String(port) },
  });
  await phone.becomes(/^Up$/);
  const contact = (): string => registrar.bindings.of("1001")[0]?.contact ?? "";
  const before = contact();
  const target = Number(/:(\d+);line=/.exec(before)?.[1]);
  const strangers = await Promise.all(Array.from({ length: ADDRESSES }, (_, at) => stranger(t, `127.0.0.${at + 2}`)));

  const startedMs = performance.now();
  const flood = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      for (const one of strangers) one.socket.send(optionsOf(one, round), target, "127.0.0.1");
      await setImmediate();
    }
  };
  const flooding = flood();
  await phone.set({ "GENERAL.DisplayName": "Front desk" });
  await phone.becomes(/^Up$/);
  await flooding;
  // Once this is answered all before it have been looked at.
  await phone.set({ "GENERAL.DisplayName": "Back office" });
  await phone.becomes(/^Up$/);
  const seconds = (performance.now() - startedMs) / 1_000;

  assert.notEqual(contact(), before, "it has registered anew");
  assert.equal(registrar.bindings.of("1001").length, 1);
  const answers = strangers.flatMap((one) => one.answers);
  const most = Math.max(...strangers.map((one) => optionsOf(one, ROUNDS).length));
  assert.ok(answers.length > 0, "some are answered");
  assert.ok(answers.length <= LIMIT * (seconds + 1), `${answers.length} answers in ${seconds} s`);
  assert.ok(Math.max(...answers) <= most, "no answer is longer than its request");
});
