import assert from "node:assert/strict";
import { test } from "node:test";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { compileDataModel } from "../../src/model/compile.ts";
import { openAttributes } from "../../src/parameters/attributes.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { durableState } from "../helpers/durable-state.ts";

/** Appendix A has none of these; a data model of one's own may. */
const TEXT = `in: Device.
standard: vendor
parameters:
  Always: { type: string, access: r, agent: stored, notification: forceEnabled, description: "Always told." }
  AtFirst: { type: string, access: r, agent: stored, notification: forceDefaultEnabled, description: "Told at first." }
`;
const { factory: layout } = createLayouts(compileDataModel([{ file: "own.yaml", text: TEXT }]), {
  accounts: 1,
  accountsFixed: false,
});

const request = (path: string, notification: number) => ({ path, notification, accessList: null });

test("C-156 a parameter with forced notification is active, and less is refused with 9009", async () => {
  const attributes = await openAttributes(durableState());
  const [always] = layout.find("Device.Always");
  assert.ok(always !== undefined);
  assert.equal(attributes.get(always).notification, 2);
  for (const less of [0, 1]) {
    await assert.rejects(
      attributes.set([request("Device.Always", less)], layout),
      (error) => error instanceof CwmpFault && error.faultCode === 9009,
    );
  }
  await attributes.set([request("Device.Always", 2)], layout);
  assert.ok(attributes.watched(layout).some(({ ref }) => ref === always));
});

test("C-157 a parameter with notification by default starts active and can be switched off for good", async () => {
  const state = createMemoryStateStore();
  const attributes = await openAttributes(durableState(state));
  const [atFirst] = layout.find("Device.AtFirst");
  assert.ok(atFirst !== undefined);
  assert.equal(attributes.get(atFirst).notification, 2);
  await attributes.set([request("Device.AtFirst", 0)], layout);
  assert.equal((await openAttributes(durableState(state))).get(atFirst).notification, 0);
  assert.ok(!attributes.watched(layout).some(({ ref }) => ref === atFirst));
});
