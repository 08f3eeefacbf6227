/**
 * Heap that one simulated phone takes (backend alone, without agent), in bytes.
 *
 *   node --expose-gc --import tsx bench/simulated-memory.ts [phones]
 */
import { createMemorySettings } from "../src/backends/settings/memory-settings.ts";
import { createSimulatedBackend } from "../src/backends/simulated/simulated-backend.ts";
import { defaultDataModelFolder, loadDataModel } from "../src/config/load-data-model.ts";
import { factorySettings } from "../src/model/factory.ts";
import { createSystemClock } from "../src/system/clock.ts";
import { createScheduler } from "../src/system/scheduler.ts";
import { createSystemRandom } from "../src/system/system-random.ts";

const phones = Number(process.argv[2] ?? 5_000);
const factory = factorySettings(loadDataModel(defaultDataModelFolder()), 3);
const clock = createSystemClock();
const world = { clock, scheduler: createScheduler(clock, () => {}), random: createSystemRandom() };
const lan = { ipAddress: "192.0.2.9", subnetMask: "", defaultGateway: "", primaryDns: "", secondaryDns: "" };

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const before = heap();
const fleet = await Promise.all(
  Array.from({ length: phones }, async () => {
    const backend = createSimulatedBackend({
      ...world,
      settings: createMemorySettings({ factory }),
      restartKeys: new Set(),
      accounts: 3,
      softwareVersion: "53.0.6.45",
      hardwareVersion: "53.0.0.0",
      rebootMs: 5000,
      lan: { ...lan, macAddress: "0c:11:05:00:00:01" },
    });
    await backend.start(() => {});
    return backend;
  }),
);
console.log(`${Math.round((heap() - before) / phones)} bytes a phone (${fleet.length} phones)`);
