import assert from "node:assert/strict";
import { test } from "node:test";
import { appendixNames, provisions, readsAs } from "../../../src/cli/demo/account.ts";

test("accounts and codecs of an account count once, objects do not count", () => {
  const names = [
    "Device.",
    "Device.LAN.VoiceService.1.VoiceProfile.1.Reset",
    "Device.LAN.VoiceService.1.VoiceProfile.2.Reset",
    "Device.LAN.VoiceService.1.VoiceProfile.2.Line.1.Codec.List.1.Codec",
    "Device.LAN.VoiceService.1.VoiceProfile.2.Line.1.Codec.List.10.Codec",
    "Device.LAN.VoiceService.1.Capabilities.SIP.Codecs.1.Codec",
    "Device.LAN.VoiceService.1.Capabilities.SIP.Codecs.2.Codec",
  ];
  assert.equal(appendixNames(names).size, 4);
});

test("the next periodic Inform is half an hour away, in whole seconds", () => {
  const time = provisions(Date.UTC(2026, 0, 1, 0, 0, 0, 999)).find(({ path }) => path.endsWith("PeriodicInformTime"));
  assert.equal(time?.value, "2026-01-01T00:30:00Z");
});

test("passwords are to read as empty, everything else as it was set", () => {
  const password = provisions(0).filter(({ path }) => /Password$/.test(path));
  assert.deepEqual(password.map(readsAs), ["", ""]);
  const label = provisions(0).find(({ path }) => path.endsWith("CUSTOM_Label"));
  assert.equal(label && readsAs(label), "Reception");
});
