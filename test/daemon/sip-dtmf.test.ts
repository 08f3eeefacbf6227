/** How keys come, as an ACS sets it: from DTMFMethod to what two phones say to each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { registrarUnderTest } from "../helpers/registrar.ts";
import { startSipPhone } from "../helpers/sip-phone.ts";

const METHOD = "Device.LAN.VoiceService.1.VoiceProfile.1.DTMFMethod";

test("DTMFMethod decides whether a phone that calls offers RFC 4733 events", async (t) => {
  const { port } = await registrarUnderTest(t);
  const phone = await startSipPhone(t);
  await phone.set({
    ...{ "GENERAL.UserName": "1001", "GENERAL.AuthName": "1001", "GENERAL.Pwd": "correct horse" },
    ...{ "GENERAL.Enable": "1", "SIP.Server": "127.0.0.1", "SIP.Port": String(port) },
  });
  await phone.becomes(/^Up$/);
  for (const [method, isOffered] of [
    ["RFC2833", true],
    ["SIPInfo", false],
    ["InBand", false],
  ] as const) {
    await phone.agent.local.setValues(new Map([[METHOD, method]]));
    // Nobody of that name is there: what is offered matters.
    await phone.agent.local.call(1, method);
    const invite = (await phone.messages()).find(({ name }) => name.startsWith(`INVITE sip:${method}@`));
    assert.match(invite?.text ?? "", /\r\nm=audio \d+ RTP\/AVP 0 /);
    assert.equal(invite?.text.includes("telephone-event/8000"), isOffered, method);
  }
});
