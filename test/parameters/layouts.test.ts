import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMemorySettings } from "../../src/backends/settings/memory-settings.ts";
import { createSimulatedBackend } from "../../src/backends/simulated/simulated-backend.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { factorySettings } from "../../src/model/factory.ts";
import type { Layout } from "../../src/parameters/layout.ts";
import { createLayouts, type Layouts } from "../../src/parameters/layouts.ts";
import { openParameterTree } from "../../src/parameters/tree.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { silentLogger } from "../helpers/silent-logger.ts";

const model = loadDataModel(defaultDataModelFolder());
const PROFILES = "Device.LAN.VoiceService.1.VoiceProfile.";
const ROUNDS = 200;

/** Node's own, which a program may call once it is asked for. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  assert.ok(typeof gc === "function");
  for (let round = 0; round < 3; round++) {
    // What a WeakRef has answered with is kept until the end of the turn.
    await setImmediate();
    gc();
  }
}

function openTree(layouts: Layouts) {
  const time = createFakeTime({ inMemory: true });
  const lan = { ipAddress: "", subnetMask: "", defaultGateway: "", primaryDns: "", secondaryDns: "", macAddress: "" };
  const backend = createSimulatedBackend({
    settings: createMemorySettings({ factory: factorySettings(model, 2) }),
    restartKeys: new Set(),
    accounts: 2,
    softwareVersion: "1",
    hardwareVersion: "1",
    lan,
    rebootMs: 5000,
    ...time,
    random: createSeededRandom(1),
  });
  const state = createMemoryStateStore();
  const { scheduler } = time;
  return openParameterTree({ layouts, backend, state, scheduler, agentValues: () => "", log: silentLogger });
}

describe("layouts", () => {
  test("phones with the same instances share one layout, whatever others have done meanwhile", async () => {
    const layouts = createLayouts(model, { accounts: 2, accountsFixed: false });
    const rows = new Map(layouts.factory.rows).set(PROFILES, [{ instance: 1, slot: 1 }]);
    const first = layouts.of(rows);
    for (let instance = 3; instance < 100; instance++) {
      layouts.of(new Map(rows).set(PROFILES, [{ instance, slot: 1 }]));
    }
    await collectGarbage();
    assert.equal(layouts.of(new Map(rows)), first);
    assert.equal(layouts.of(layouts.factory.rows), layouts.factory);
  });

  test("AddObject and DeleteObject leave no layout behind: instance numbers never come back", async () => {
    const layouts = createLayouts(model, { accounts: 2, accountsFixed: false });
    const made: WeakRef<Layout>[] = [];
    const tree = await openTree(layouts);
    await tree.deleteObject(`${PROFILES}2.`, "k");
    for (let round = 0; round < ROUNDS; round++) {
      const { instance } = await tree.addObject(PROFILES, "k");
      made.push(new WeakRef(tree.layout));
      await tree.deleteObject(`${PROFILES}${instance}.`, "k");
      made.push(new WeakRef(tree.layout));
    }
    await collectGarbage();
    const left = new Set(made.flatMap((layout) => layout.deref() ?? []));
    assert.ok(left.size <= 3, `${left.size} layouts are still in memory`);
    await tree.close();
  });
});
