import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex } from "../../src/parameters/key-index.ts";
import type { ParameterRef } from "../../src/parameters/layout-types.ts";

const KEY = "Config.Account1.GENERAL.Label";

/** A parameter of a row that uses the key, as rows do that come and go in the same place of the phone's file. */
function refOf(instance: number): ParameterRef {
  return { path: `Device.Row.${instance}.Label`, configKeys: [KEY], liveKey: null } as unknown as ParameterRef;
}

test("rows that come and go under the same keys leave nothing behind", () => {
  let index = new KeyIndex(
    () => [],
    () => true,
  );
  assert.deepEqual(index.get(KEY), []);
  let asked = 0;
  for (let instance = 1; instance <= 500; instance++) {
    const row = refOf(instance);
    const next = new KeyIndex(
      () => [],
      (ref) => {
        asked++;
        return ref === row;
      },
    );
    next.startFrom(index, [row]);
    asked = 0;
    assert.deepEqual(next.get(KEY), [row]);
    assert.ok(asked <= 2, `${asked} parameters are kept for the key after ${instance} rows`);
    index = next;
  }
});
