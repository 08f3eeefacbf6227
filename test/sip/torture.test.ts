import assert from "node:assert/strict";
import { test } from "node:test";
import { sipLinesBehaviour } from "../../src/backends/simulated/sip-lines.ts";
import { simulatedInMemory } from "../backends/test-phone.ts";
import { createFakeSip, scriptedServer } from "../helpers/fake-sip.ts";
import { TORTURE } from "../helpers/torture-messages.ts";

for (const { name, text, status } of TORTURE) {
  test(`RFC 4475 ${name}: ${status ?? "no answer"}`, async (t) => {
    const world = createFakeSip();
    const phone = await simulatedInMemory({
      ...{ clock: world.time.clock, scheduler: world.time.scheduler },
      lines: () =>
        sipLinesBehaviour({
          ...{ stack: world.stack, accounts: 1, userAgent: () => "Akuvox" },
          habits: { answerAfterMs: null, voice: "silence" },
        }),
    });
    await phone.start();
    t.after(() => phone.backend.stop());
    world.servers.set(
      "192.0.2.1:5060",
      scriptedServer(() => [200]),
    );
    const account = { "GENERAL.Enable": "1", "GENERAL.UserName": "1001", "SIP.Server": "192.0.2.1" };
    const settings = Object.entries(account).map(([key, value]): [string, string] => [`Config.Account1.${key}`, value]);
    await (await phone.backend.stage(new Map(settings))).apply();
    await world.time.advance(0);
    const line = /;line=([0-9a-f]+)/.exec(world.sent[0]?.text ?? "")?.[1] ?? "";
    const { answers } = world.deliver(text.replaceAll("LINE", line));
    const [first] = answers;
    assert.equal(first === undefined ? null : Number(first.slice(8, 11)), status, first);
    assert.equal(await phone.read("Status.Account1.Line.State"), "Up");
  });
}
