import assert from "node:assert/strict";
import { test } from "node:test";
import { createRestartKeys } from "../../../src/backends/settings/restart-keys.ts";

test("the value in force is the one from before the first change, until the restart", () => {
  const restart = createRestartKeys(new Set(["ip"]));
  restart.changed([{ key: "ip", before: "1", after: "2" }]);
  restart.changed([{ key: "ip", before: "2", after: undefined }]);
  assert.equal(restart.inForce("ip", undefined), "1");
  assert.ok(restart.waiting(["other", "ip"]));
  restart.restarted();
  assert.equal(restart.inForce("ip", undefined), undefined);
  assert.ok(!restart.waiting(["ip"]));
});

test("a change that is taken back waits for nothing", () => {
  const restart = createRestartKeys(new Set(["ip"]));
  restart.changed([{ key: "ip", before: "1", after: "2" }]);
  restart.changed([{ key: "ip", before: "2", after: "1" }]);
  assert.ok(!restart.waiting(["ip"]));
});

test("other settings are in force at once", () => {
  const restart = createRestartKeys(new Set(["ip"]));
  restart.changed([{ key: "label", before: "1", after: "2" }]);
  assert.ok(!restart.waiting(["label"]));
  assert.equal(restart.inForce("label", "2"), "2");
});
