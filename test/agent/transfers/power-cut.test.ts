import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { StateStore } from "../../../src/ports/state-store.ts";
import { createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { download, firmwareImage, reportsIn, URL_OF_FILE, VERSION } from "../../helpers/transfers.ts";

// On one Node only: each durable step in turn says the same on every Node.

/** Power: every durable step costs one; at zero the step fails, before or after it took effect, and so does all that follows. */
interface Power {
  left: number;
  steps: number;
  readonly tornAfter: boolean;
}

class PowerCut extends Error {}

function cutStore(store: StateStore, power: Power): StateStore {
  return {
    ...store,
    load: store.load,
    async save(document, value) {
      if (power.left < 0) throw new PowerCut();
      power.steps++;
      if (power.left-- > 0) return store.save(document, value);
      if (power.tornAfter) await store.save(document, value);
      throw new PowerCut();
    },
  };
}

interface Found {
  readonly reports: number;
  readonly codes: readonly number[];
  readonly applied: string;
  readonly pending: number;
  readonly files: number;
  readonly steps: number;
}

/** Two downloads are asked for; the power fails so many durable steps later; the phone starts again and runs for an hour. */
async function cut(left: number, tornAfter: boolean): Promise<Found> {
  const power: Power = { left: Number.POSITIVE_INFINITY, steps: 0, tornAfter };
  let cutting = true;
  const wrapState = (inner: StateStore): StateStore => (cutting ? cutStore(inner, power) : inner);
  const under = createAgentUnderTest({ wrapState });
  under.server.serve(URL_OF_FILE, "Config.Account1.GENERAL.UserName = 1001\n");
  under.server.serve(`${URL_OF_FILE}.rom`, firmwareImage());
  await under.agent.start();
  await under.settle();
  under.acs.plan({
    rpcs: [
      download({ commandKey: "cfg", delaySeconds: 1 }),
      download({ commandKey: "fw", delaySeconds: 2, fileType: "1 Firmware Upgrade Image", url: `${URL_OF_FILE}.rom` }),
    ],
  });
  under.endpoints[0]?.requested();
  await under.settle();
  power.steps = 0;
  power.left = left;
  await under.time.advance(60_000);
  cutting = false;
  const before = under.acs.sessions.flatMap(reportsIn);
  const after = await under.restarted();
  await after.agent.start();
  await after.time.advance(3_600_000);
  await after.settle();
  const reports = [...before, ...after.acs.sessions.flatMap(reportsIn)];
  const settings = `${after.settings.get("Config.Account1.GENERAL.UserName")}`;
  const version = after.acs.last.inform.parameterList.find(({ name }) => name === VERSION)?.value;
  return {
    reports: new Set(reports.map(({ commandKey }) => commandKey)).size,
    codes: [...new Set(reports.map(({ faultStruct }) => faultStruct.faultCode))],
    applied: `${settings} ${version}`,
    pending: after.agent.status().pendingEvents.length,
    files: after.server.kept.size,
    steps: power.steps,
  };
}

const DONE = { reports: 2, codes: [0], applied: "1001 53.1.0.7", pending: 0, files: 0 };

describe("a power cut at each durable step of a configuration file and a firmware upgrade", () => {
  for (const tornAfter of [false, true]) {
    test(`C-185 C-179 C-287 ${tornAfter ? "right after" : "before"} each step took effect: both are applied and told in the end`, async () => {
      const { steps: all } = await cut(Number.POSITIVE_INFINITY, tornAfter);
      assert.ok(all >= 12, `there are ${all} steps`);
      for (let steps = 0; steps < all; steps++) {
        const { steps: _steps, ...found } = await cut(steps, tornAfter);
        assert.deepEqual(found, DONE, `${steps} durable steps in`);
      }
    });
  }

  test("C-185 a configuration file that is in force whole is a success, however often the phone goes down around installing it", async () => {
    let isCut = true;
    const wrapState = (inner: StateStore): StateStore => ({
      ...inner,
      load: inner.load,
      save: (document, value) =>
        isCut && document.name === "transfers" && JSON.stringify(value).includes('"reporting"')
          ? new Promise(() => {})
          : inner.save(document, value),
    });
    let under = createAgentUnderTest({ wrapState });
    under.server.serve(URL_OF_FILE, "Config.Account1.GENERAL.UserName = 1001\n");
    under.acs.plan({ rpcs: [download()] });
    for (let cuts = 0; cuts < 4; cuts++) {
      await under.agent.start();
      await under.settle();
      assert.equal(under.settings.get("Config.Account1.GENERAL.UserName"), "1001");
      assert.deepEqual(under.acs.sessions.flatMap(reportsIn), []);
      under = await under.crashed();
    }
    isCut = false;
    await under.agent.start();
    await under.settle();
    assert.deepEqual(
      under.acs.sessions.flatMap(reportsIn).map(({ faultStruct }) => faultStruct.faultCode),
      [0],
    );
  });

  for (const step of ["installing", "rebooting", "reporting"]) {
    test(`C-185 firmware that runs is a success, although "${step}" could not be written down`, async () => {
      let left = 1;
      const wrapState = (inner: StateStore): StateStore => ({
        ...inner,
        load: inner.load,
        async save(document, value) {
          if (document.name === "transfers" && JSON.stringify(value).includes(`"${step}"`) && left-- > 0) {
            throw new Error("EIO");
          }
          await inner.save(document, value);
        },
      });
      const under = createAgentUnderTest({ wrapState });
      under.server.serve(URL_OF_FILE, firmwareImage());
      under.acs.plan({ rpcs: [download({ fileType: "1 Firmware Upgrade Image" })] });
      await under.agent.start();
      await under.time.advance(600_000);
      assert.ok(left <= 0, "a save has failed");
      assert.deepEqual(
        under.acs.sessions.flatMap(reportsIn).map(({ faultStruct }) => faultStruct.faultCode),
        [0],
      );
      assert.equal(under.acs.last.inform.parameterList.find(({ name }) => name === VERSION)?.value, "53.1.0.7");
    });
  }

  test("C-185 installing that goes down each time is given up with 9010, and the phone goes on", async () => {
    const dying = { times: 0 };
    const under = createAgentUnderTest({
      wrapBackend: (backend) => ({
        ...backend,
        files: {
          installs: ["1 Firmware Upgrade Image"],
          produces: [],
          produce: async () => new Uint8Array(),
          install: () => new Promise(() => void dying.times++),
        },
      }),
    });
    under.server.serve(URL_OF_FILE, firmwareImage());
    under.acs.plan({ rpcs: [download({ fileType: "1 Firmware Upgrade Image" })] });
    await under.agent.start();
    await under.settle();
    assert.equal(dying.times, 1);
    const second = await under.crashed();
    await second.agent.start();
    await second.settle();
    assert.equal(dying.times, 2);
    const third = await second.crashed();
    await third.agent.start();
    await third.settle();
    assert.equal(dying.times, 2);
    assert.deepEqual(
      third.acs.sessions.flatMap(reportsIn).map(({ faultStruct }) => faultStruct.faultCode),
      [9010],
    );
  });
});
