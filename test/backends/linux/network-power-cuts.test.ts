/** What becomes of a network change when the agent, or the host with it, ends at any instant. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import type { Settings } from "../../../src/backends/settings/settings.ts";
import type { PhoneStorage } from "../../../src/ports/phone-storage.ts";
import { spreadable } from "../../helpers/spreadable.ts";
import { journal, type LinuxPhone, type LinuxPhoneOptions, linuxPhone, STATIC } from "./linux-phone.ts";

// On one Node only: each step of a kill and of a power cut in turn says the same on every Node.

const TYPE = "Config.Network.LAN.Type";
const ADDRESS = "Config.Network.LAN.StaticIP";

/** Ends everything after so many effects on the world: each save, each write of the settings, each command. */
interface Fuse {
  left: number;
  readonly used: () => number;
  readonly options: LinuxPhoneOptions;
}

function fuse(left: number): Fuse {
  let used = 0;
  const self: Fuse = {
    left,
    used: () => used,
    options: {
      wrapStorage: (storage: PhoneStorage) => ({
        ...spreadable(storage),
        save: (name, content) => effect(() => storage.save(name, content)),
      }),
      wrapSettings: (settings: Settings) => ({
        ...spreadable(settings),
        stage: (changes) => ({ apply: () => effect(() => settings.stage(changes).apply()) }),
      }),
      run: () => effect(async () => {}),
    },
  };
  async function effect<T>(work: () => Promise<T>): Promise<T> {
    // Cut before it has happened, or after it has and before anybody knows.
    if (self.left-- <= 0) throw new Error("the power is off");
    const result = await work();
    if (self.left-- <= 0) throw new Error("the power is off");
    used += 2;
    return result;
  }
  return self;
}

/** An ACS sets an address, the phone restarts, the ACS is gone: the change and the roll-back, as far as the fuse holds. */
async function changeAndLoseAcs(t: TestContext, own: Fuse): Promise<LinuxPhone> {
  const phone = await linuxPhone(t, own.options);
  try {
    await phone.start();
    await phone.write(STATIC);
    await phone.backend.stop();
    await phone.time.runUntil(phone.backend.reboot("key"));
    await phone.start();
    await phone.time.advance(121_000);
  } catch {
    // Dead.
  }
  await phone.backend.stop();
  return phone;
}

for (const [what, how] of [
  ["the agent is killed", "afterKill"],
  ["the power goes", "afterPowerCut"],
] as const) {
  test(`whenever ${what}, a phone whose ACS is lost ends as it began: file, host and settings`, async (t) => {
    const whole = fuse(Number.POSITIVE_INFINITY);
    await changeAndLoseAcs(t, whole);
    assert.ok(whole.used() >= 16, "there is something to cut");
    for (let cut = 0; cut < whole.used(); cut++) {
      const own = fuse(cut);
      const dead = await changeAndLoseAcs(t, own);
      own.left = Number.POSITIVE_INFINITY;
      const phone = await dead[how]();
      await phone.start();
      await phone.time.advance(200_000);
      const end = [await phone.read(TYPE), await phone.networkFile(), await phone.hostNetwork()];
      assert.deepEqual(end, ["0", null, null], `cut ${cut}`);
      assert.equal((await journal(phone)).pending, null, `cut ${cut}`);
      await phone.backend.stop();
    }
  });

  test(`whenever ${what}, an address that leads to the ACS is in force in the end`, async (t) => {
    const whole = fuse(Number.POSITIVE_INFINITY);
    await changeAndLoseAcs(t, whole);
    for (let cut = 0; cut < whole.used(); cut++) {
      const own = fuse(cut);
      const dead = await changeAndLoseAcs(t, own);
      own.left = Number.POSITIVE_INFINITY;
      const wanted = await readFile(dead.path, "utf8").catch(() => "");
      const record = await journal(dead).catch(() => null);
      // Where it was never stored, or is being taken back already, that is the end of it.
      if (!wanted.includes("192.0.2.77") || record?.pending?.rollingBack === true) continue;
      const phone = await dead[how]();
      await phone.start();
      phone.backend.reached?.();
      await phone.time.advance(200_000);
      assert.match((await phone.hostNetwork()) ?? "", /192\.0\.2\.77/, `cut ${cut}`);
      assert.equal(await phone.read(ADDRESS), "192.0.2.77", `cut ${cut}`);
      assert.equal((await journal(phone)).pending, null, `cut ${cut}`);
      await phone.backend.stop();
    }
  });
}
