import assert from "node:assert/strict";
import { test } from "node:test";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { userSets } from "../helpers/calls.ts";
import { createPhoneUnderTest, PATHS } from "./phone-under-test.ts";

const PASSWORD = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.AuthPassword";

test("a Set of the ACS stands in the log with what it has changed, from what, to what, and no password", async () => {
  const phone = createPhoneUnderTest(true);
  const tree = await phone.open();
  const values = [
    { path: PATHS.user, value: "1001", type: null },
    { path: PATHS.domain, value: "http://u:hunter2@example.com/", type: null },
    { path: PASSWORD, value: "hunter2", type: null },
  ];
  await tree.setValues(values, "k1", "acs");
  const told = phone.log.lines.filter(({ message }) => message.startsWith("By the ACS"));
  assert.deepEqual(
    told.map(({ level, message, fields }) => [level, message, fields]),
    [
      [
        "info",
        "By the ACS 3 parameters were changed",
        {
          by: "acs",
          changes: [
            `${PATHS.user}: "" → "1001"`,
            `${PASSWORD}: changed, not shown`,
            `${PATHS.domain}: "" → "http://u:********@example.com/"`,
          ],
        },
      ],
    ],
  );
  assert.doesNotMatch(phone.log.text(), /hunter2/);

  await tree.setValues(values, "k1", "acs");
  assert.equal(phone.log.lines.filter(({ message }) => message.startsWith("By the ACS")).length, 1, "nothing changed");
  await tree.close();
});

test("long values are cut, and of many changes the first are told", async () => {
  const phone = createPhoneUnderTest(true);
  const tree = await phone.open();
  await tree.setValues([{ path: PATHS.user, value: "é".repeat(100), type: null }], null, "device");
  assert.match(phone.log.text(), /At the phone 1 parameter was changed/);
  assert.ok(
    phone.log.text().includes(`→ \\"${"é".repeat(64)}…\\"`) || phone.log.text().includes(`→ "${"é".repeat(64)}…"`),
  );
  await tree.close();
});

test("what somebody changes at the phone stands in the log too", async () => {
  const under = createAgentUnderTest();
  await under.agent.start();
  await userSets(under, "Config.Account1.GENERAL.UserName", "1002");
  await under.settle();
  assert.match(under.log.text(), /At the phone 1 parameter was changed/);
  assert.match(under.log.text(), /CUSTOM_UserName: \\*"\\*" → \\*"1002/);
  await under.agent.stop();
});
