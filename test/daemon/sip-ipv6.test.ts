/** The whole program over IPv6: it registers at a registrar on ::1, and one phone calls another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { IPV6_MISSING } from "../helpers/ipv6.ts";
import { registrarUnderTest } from "../helpers/registrar.ts";
import { type SipPhone, startSipPhone } from "../helpers/sip-phone.ts";

const PASSWORD = "correct horse";
const USERS = new Map([
  ["1001", PASSWORD],
  ["1002", PASSWORD],
]);

/** A phone on ::1 that is registered as that user. */
async function phoneOf(t: Parameters<typeof startSipPhone>[0], user: string, port: number, transport = "0") {
  const backend = `, sipAddress: "::1", calls: { answerSeconds: 0 }`;
  const phone = await startSipPhone(t, { backend });
  await phone.set({
    ...{ "GENERAL.UserName": user, "GENERAL.AuthName": user, "GENERAL.Pwd": PASSWORD, "GENERAL.Enable": "1" },
    ...{ "SIP.Server": "::1", "SIP.Port": String(port), "SIP.TransType": transport },
  });
  await phone.becomes(/^Up$/);
  return phone;
}

/** The first message of that name that the phone has sent or got, headers and all. */
async function firstMessage(phone: SipPhone, from: "phone" | "peer", name: RegExp): Promise<string> {
  const found = (await phone.messages()).find((message) => message.from === from && name.test(message.name));
  return found?.text ?? assert.fail(`no message ${name}`);
}

const calls = async ({ agent }: SipPhone): Promise<string> => (await agent.local.status()).accounts[0]?.calls ?? "";

for (const [transport, protocol, parameter] of [
  ["0", "UDP", ""],
  ["1", "TCP", ";transport=tcp"],
] as const) {
  test(`over ${protocol} a phone registers at ::1 with every IPv6 literal in brackets, and leaves again`, {
    skip: IPV6_MISSING,
  }, async (t) => {
    const { port, registrar, events } = await registrarUnderTest(t, { address: "::1", users: USERS });
    const phone = await phoneOf(t, "1001", port, transport);
    const request = await firstMessage(phone, "phone", /^REGISTER/);
    assert.match(request, new RegExp(`^REGISTER sip:\\[::1\\]:${port} SIP/2\\.0\r\n`));
    assert.match(request, new RegExp(`\r\nVia: SIP/2\\.0/${protocol} \\[::1\\]:\\d+;branch=`));
    assert.match(request, /\r\nTo: <sip:1001@\[::1\]>\r\n/);
    const contact = `sip:1001@\\[::1\\]:\\d+${parameter};line=[0-9a-f]+`;
    assert.match(request, new RegExp(`\r\nContact: <${contact}>\r\n`));
    assert.match(registrar.bindings.of("1001")[0]?.contact ?? "", new RegExp(`^${contact}$`));
    assert.match(events[0]?.from ?? "", new RegExp(`^${protocol} \\[::1\\]:\\d+$`));
    assert.match((await phone.messages())[0]?.peer ?? "", new RegExp(`^${protocol} \\[::1\\]:${port}$`));
    await phone.set({ "GENERAL.Pwd": "wrong" });
    await phone.becomes(new RegExp(`^Error: \\[::1\\]:${port}: 401 `));
    await phone.stop();
    assert.deepEqual(registrar.bindings.all(), []);
  });
}

test("over IPv6 one phone calls another, and both say IP6 where their voice is", { skip: IPV6_MISSING }, async (t) => {
  const { port } = await registrarUnderTest(t, { address: "::1", users: USERS });
  const [caller, called] = [await phoneOf(t, "1001", port), await phoneOf(t, "1002", port)];
  await caller.agent.local.call(1, "1002");
  while (!/^InCall to /.test(await calls(caller))) await setTimeout(5);
  assert.match(await firstMessage(caller, "phone", /^INVITE sip:1002@\[::1\]$/), /\r\nc=IN IP6 ::1\r\n/);
  assert.match(await firstMessage(called, "peer", /^INVITE sip:1002@\[::1\]:\d+;line=/), /\r\nc=IN IP6 ::1\r\n/);
  assert.match(await firstMessage(called, "phone", /^200/), /^SIP/);
  await caller.agent.local.hangUp();
  while ((await calls(called)) !== "") await setTimeout(5);
});
