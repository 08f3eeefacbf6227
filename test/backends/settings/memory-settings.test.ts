import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemorySettings } from "../../../src/backends/settings/memory-settings.ts";

test("phones share the factory settings and nothing else", async () => {
  const factory = new Map([["Config.A.B.C", "1"]]);
  const [one, other] = [createMemorySettings({ factory }), createMemorySettings({ factory })];
  assert.deepEqual(await one.stage(new Map([["Config.A.B.C", "2"]])).apply(), [
    { key: "Config.A.B.C", before: "1", after: "2" },
  ]);
  assert.deepEqual([one.get("Config.A.B.C"), other.get("Config.A.B.C"), factory.get("Config.A.B.C")], ["2", "1", "1"]);
  assert.deepEqual(await one.factoryReset(), [{ key: "Config.A.B.C", before: "2", after: "1" }]);
  assert.deepEqual(await one.factoryReset(), []);
});
