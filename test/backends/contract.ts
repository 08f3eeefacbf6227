import assert from "node:assert/strict";
import { test } from "node:test";
import { BACKEND_CONTRACT } from "../../src/backends/contract/contract.ts";
import type { ContractPhone } from "../../src/backends/contract/contract-phone.ts";
import { FACTORY, type PhoneFactory, RESTART, type TestPhone } from "./test-phone.ts";

/** What the agent relies on, whatever the phone is, in a world where time stands still. */
export function runBackendContract(name: string, makePhone: PhoneFactory): void {
  for (const { name: promised, prove, needsPowerCut = false } of BACKEND_CONTRACT) {
    // Those of our own have tests of their own for that.
    if (needsPowerCut) continue;
    test(`${name}: ${promised}`, async (t) => {
      const phone = await makePhone(t);
      await phone.start();
      t.after(() => phone.backend.stop());
      await prove(contractPhone(phone));
    });
  }

  test(`${name}: has every live value and action of a phone`, async (t) => {
    const { backend } = await makePhone(t);
    for (const key of [...LIVE_KEYS, ...ACTION_KEYS]) assert.ok(backend.supports(key), key);
    for (const key of ["Status.Account3.Line.State", "Action.Account3.Line.Reset"])
      assert.ok(!backend.supports(key), key);
  });
}

function contractPhone({ backend, time, reported, start }: TestPhone): ContractPhone {
  return {
    backend,
    reported,
    start,
    facts: { factory: FACTORY, restart: RESTART, liveKeys: LIVE_KEYS, actionKeys: ACTION_KEYS },
    wait: (ms) => time.advance(ms),
    settle: (promise) => time.runUntil(promise),
    pendingTimers: () => time.pendingTimers().map(({ name }) => name),
  };
}

const LIVE_KEYS = [
  "Status.Phone.General.UpTime",
  "Status.Phone.General.SoftwareVersion",
  "Status.Phone.General.HardwareVersion",
  "Status.Network.LAN.IPAddress",
  "Status.Network.LAN.SubnetMask",
  "Status.Network.LAN.DefaultGateway",
  "Status.Network.LAN.PrimaryDNS",
  "Status.Network.LAN.SecondaryDNS",
  "Status.Network.LAN.MACAddress",
  "Status.Account1.Line.State",
  "Status.Account2.Line.State",
];
const ACTION_KEYS = ["Action.Account1.Line.Reset", "Action.Account2.Line.Reset"];
