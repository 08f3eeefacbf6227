import assert from "node:assert/strict";
import { test } from "node:test";
import { readStunSettings } from "../../../src/agent/connection-requests/udp/stun-settings.ts";
import { readAcsSettings } from "../../../src/agent/core/acs-settings.ts";
import type { ParameterTree } from "../../../src/parameters/tree.ts";

const SERVER = "Device.ManagementServer.";

/** A tree whose data model has these parameters alone. */
function treeOf(values: Readonly<Record<string, string>>): ParameterTree {
  const known = new Map(Object.entries(values).map(([name, value]) => [SERVER + name, value]));
  const layout = { model: { root: { template: "Device." } } };
  const read = { layout, readSecrets: async () => known, readKeys: async () => new Map() };
  return read as unknown as ParameterTree;
}

test("a data model without an interval has no periodic Inform, rather than one every second", async () => {
  const { periodic } = await readAcsSettings(treeOf({ PeriodicInformEnable: "true" }));
  assert.deepEqual([periodic.enabled, periodic.phaseMs], [false, null]);
  const both = await readAcsSettings(treeOf({ PeriodicInformEnable: "true", PeriodicInformInterval: "60" }));
  assert.deepEqual([both.periodic.enabled, both.periodic.intervalSeconds], [true, 60]);
});

test("a data model without a maximum keep-alive period has no maximum, rather than none at all", async () => {
  const stun = await readStunSettings(treeOf({ STUNEnable: "true", STUNServerAddress: "stun.example" }));
  assert.ok(typeof stun === "object");
  assert.deepEqual([stun.server.port, stun.maximumSeconds], [3478, null]);
});
