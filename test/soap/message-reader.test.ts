import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRequest } from "../../src/soap/encode.ts";
import { MessageReader } from "../../src/soap/message-reader.ts";
import { agentError } from "../helpers/transport.ts";

const REBOOT = encodeRequest("Reboot", { commandKey: "k" }, { id: "1", version: "1.0" });

test("a message is read once, whoever asks first, and the next one anew", () => {
  const reader = new MessageReader();
  assert.deepEqual(reader.describe(REBOOT), { name: "Reboot", detail: "" });
  const first = reader.read(REBOOT);
  assert.equal(reader.read(REBOOT), first, "the same envelope, not another one made of the same text");
  assert.equal(reader.read(" "), null);
  assert.deepEqual(reader.describe(" "), { name: "", detail: "" });
  assert.notEqual(reader.read(REBOOT), first);
});

test("what cannot be read is described by nobody here, and fails each time it is read", () => {
  const reader = new MessageReader();
  assert.equal(reader.describe("<html>"), null);
  for (let times = 0; times < 2; times++) assert.throws(() => reader.read("<html>"), agentError("ACS_MESSAGE"));
  assert.equal(reader.read(REBOOT)?.body.kind, "request");
});
