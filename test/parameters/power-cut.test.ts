import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createMemorySettings } from "../../src/backends/settings/memory-settings.ts";
import { createSimulatedBackend } from "../../src/backends/simulated/simulated-backend.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { type OpenTree, openParameterTree } from "../../src/parameters/tree.ts";
import type { Backend } from "../../src/ports/backend.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { spreadable } from "../helpers/spreadable.ts";

const model = loadDataModel(defaultDataModelFolder());
const layouts = createLayouts(model, { accounts: 3, accountsFixed: false });
const ACCOUNT = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const IN_FILE = `${ACCOUNT}Line.1.SIP.CUSTOM_UserName`;
const ALSO_IN_FILE = `${ACCOUNT}SIP.OutboundProxy`;
const IN_STATE = `${ACCOUNT}SIP.UserAgentDomain`;
const KEY = "Device.ManagementServer.ParameterKey";
const WATCHED = [IN_FILE, ALSO_IN_FILE, IN_STATE, KEY];

/** Power: every durable step costs one; at zero the step fails before or after it took effect, and so does all that follows. */
interface Power {
  left: number;
  readonly tornAfter: boolean;
}

class PowerCut extends Error {}

async function powered(power: Power, step: () => Promise<unknown>): Promise<void> {
  if (power.left < 0) throw new PowerCut();
  if (power.left-- > 0) {
    await step();
    return;
  }
  if (power.tornAfter) await step();
  throw new PowerCut();
}

function phone() {
  const time = createFakeTime();
  const settings = createMemorySettings({ factory: factorySettings(model, 3) });
  const store = createMemoryStateStore();
  const open = (power: Power | null): Promise<OpenTree> => {
    const address = { ipAddress: "192.0.2.1", subnetMask: "", defaultGateway: "", primaryDns: "", secondaryDns: "" };
    const backend = createSimulatedBackend({
      settings,
      restartKeys: new Set(),
      accounts: 3,
      softwareVersion: "1",
      hardwareVersion: "1",
      rebootMs: 5000,
      lan: { ...address, macAddress: "" },
      ...time,
      random: createSeededRandom(1),
    });
    return openParameterTree({
      layouts,
      backend: power === null ? backend : cutBackend(backend, power),
      scheduler: time.scheduler,
      state: power === null ? store : cutStore(store, power),
      agentValues: () => "",
      log: createMemoryLogger(),
    });
  };
  return { open };
}

function cutStore(store: StateStore, power: Power): StateStore {
  return { ...store, load: store.load, save: (document, value) => powered(power, () => store.save(document, value)) };
}

function cutBackend(backend: Backend, power: Power): Backend {
  return {
    ...spreadable(backend),
    async stage(changes) {
      const staged = await backend.stage(changes);
      return {
        ...staged,
        async apply() {
          await powered(power, () => staged.apply());
          return "applied";
        },
      };
    },
  };
}

async function read(tree: OpenTree): Promise<string> {
  const values = await tree.read(WATCHED.flatMap((path) => tree.find(path)));
  return WATCHED.map((path) => values.get(path)).join("|");
}

const change = (tag: string) => [IN_FILE, ALSO_IN_FILE, IN_STATE].map((path) => ({ path, value: tag, type: null }));

describe("a power cut at any instant of a SetParameterValues", () => {
  for (const tornAfter of [false, true]) {
    for (let steps = 0; steps <= 3; steps++) {
      const where = `${steps} durable steps in, ${tornAfter ? "right after" : "before"} the next took effect`;
      test(`C-123 C-287 ${where}: a restart finds all of it or none of it`, async () => {
        const { open } = phone();
        const before = await open(null);
        await before.setValues(change("old"), "old-key", "acs");
        await before.close();
        const cut = await open({ left: steps, tornAfter });
        const answered = await cut.setValues(change("new"), "new-key", "acs").then(
          () => true,
          () => false,
        );
        const after = await open(null);
        const found = await read(after);
        assert.ok(["old|old|old|old-key", "new|new|new|new-key"].includes(found), found);
        if (answered) assert.equal(found, "new|new|new|new-key", "what was answered is durable");
        await after.setValues(change("next"), "next-key", "acs");
        assert.equal(await read(after), "next|next|next|next-key");
      });
    }
  }

  test("C-127 a phone that cannot store the change is fault 9002, and everything is as before", async () => {
    const { open } = phone();
    const tree = await open({ left: 1, tornAfter: false });
    await assert.rejects(tree.setValues(change("x"), "x-key", "acs"), { faultCode: 9002, parameterFaults: [] });
    assert.equal(await read(tree), "|||");
  });

  test("a finished change is not made again over a later hand edit", async () => {
    const { open } = phone();
    const tree = await open(null);
    await tree.setValues(change("by the ACS"), "k", "acs");
    await tree.writeKeys(new Map([["Config.Account1.GENERAL.UserName", "by hand"]]));
    await tree.close();
    assert.match(await read(await open(null)), /^by hand\|by the ACS/);
  });
});
