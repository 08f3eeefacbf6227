import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { leafRows } from "../../src/config/option-table.ts";
import { redactConfig } from "../../src/config/redact.ts";

test("secrets are masked, and empty ones are seen to be empty", () => {
  const config = loadConfig(null, { AKUVOX_CPE_ACS_PASSWORD: "hunter2", AKUVOX_CPE_ACS_USERNAME: "phone" });
  const redacted = redactConfig(config);
  assert.deepEqual(redacted.tr069, {
    enable: false,
    acs: { url: "", username: "phone", password: "********", passwordFile: null },
    periodicInform: { enable: false, interval: 1800 },
    cpe: { url: "default", username: "", password: "", passwordFile: null },
  });
  assert.doesNotMatch(JSON.stringify(redacted), /hunter2/);
});

test("every option whose name speaks of a password is a secret", () => {
  const secrets = leafRows().filter(({ secret }) => secret === true);
  const named = leafRows().filter(({ path }) => /password$/i.test(path));
  assert.deepEqual(secrets, named);
  assert.equal(secrets.length, 3);
});

test("the settings for eyes hold what the phone has and nothing of other backends", () => {
  const redacted = redactConfig(loadConfig(null, { AKUVOX_CPE_BACKEND: "simulated" }));
  const backend = redacted.backend as Readonly<Record<string, unknown>>;
  assert.deepEqual([backend.type, backend.file, backend.rebootSeconds], ["simulated", null, 5]);
  assert.ok(!("rebootCommand" in backend));
  assert.ok(!("stated" in redacted));
});
