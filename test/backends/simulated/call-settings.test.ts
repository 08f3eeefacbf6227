import assert from "node:assert/strict";
import { test } from "node:test";
import { incomingPolicy } from "../../../src/backends/simulated/call-settings.ts";

for (const [target, domain, uri] of [
  ["1004", "pbx.example", "sip:1004@pbx.example"],
  ["1004", "2001:db8::1", "sip:1004@[2001:db8::1]"],
  ["*21#", "192.0.2.1", "sip:*21%23@192.0.2.1"],
  ["1004@other.example", "2001:db8::1", "sip:1004@other.example"],
] as const) {
  test(`a call is forwarded to ${target} of ${domain} as ${uri}`, () => {
    const settings: Readonly<Record<string, string>> = {
      "Config.Forward.ALWAYS.Enable": "1",
      "Config.Forward.ALWAYS.Target": target,
    };
    const policy = incomingPolicy((key) => settings[key], { answerAfterMs: null, voice: "silence" }, 0, domain);
    assert.deepEqual(policy, { kind: "forward", target: uri });
  });
}
