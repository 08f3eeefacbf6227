import assert from "node:assert/strict";
import { test } from "node:test";
import { userName } from "../../../src/agent/sessions/user-name.ts";
import { createAgentUnderTest, IDENTITY } from "../../helpers/agent-under-test.ts";

const named = (productClass: string, serialNumber = "0C1105ABCDEF") =>
  userName({ username: "", password: "secret" }, { ...IDENTITY, productClass, serialNumber });

test("C-026 a phone without a user name logs in as OUI-ProductClass-SerialNumber, percent-encoded", async () => {
  const { agent, acs, settle } = createAgentUnderTest({ keys: { "Config.TR069.ManagementServer.Username": "" } });
  await agent.start();
  await settle();
  assert.equal(acs.last.target.username, "0C1105-SP%2DR53P-0C1105ABCDEF");
});

test("C-026 what is neither a letter, a digit nor an underscore is encoded; without a ProductClass it is left out", () => {
  assert.equal(named("A_b 1.é~"), "0C1105-A_b%201%2E%C3%A9%7E-0C1105ABCDEF");
  assert.equal(named("", "x-1"), "0C1105-x%2D1");
});

test("a name that was given stands, and without a password there is no name either", () => {
  assert.equal(userName({ username: "me", password: "" }, IDENTITY), "me");
  assert.equal(userName({ username: "", password: "" }, IDENTITY), "");
});
