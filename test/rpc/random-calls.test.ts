import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMemorySettings } from "../../src/backends/settings/memory-settings.ts";
import { createSimulatedBackend } from "../../src/backends/simulated/simulated-backend.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { factorySettings } from "../../src/model/factory.ts";
import { openAttributes } from "../../src/parameters/attributes.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { type OpenTree, openParameterTree } from "../../src/parameters/tree.ts";
import type { RpcContext } from "../../src/rpc/context.ts";
import { addObject, deleteObject } from "../../src/rpc/dispatch.ts";
import { getParameterAttributes, setParameterAttributes } from "../../src/rpc/parameter-attributes.ts";
import { getParameterNames, getParameterValues, setParameterValues } from "../../src/rpc/parameter-values.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { durableState } from "../helpers/durable-state.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import {
  type AttributeEntry,
  NAMES,
  ParameterOracle,
  type Refusal,
  type SetEntry,
  TABLE,
} from "../helpers/parameter-oracle.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { silentLogger } from "../helpers/silent-logger.ts";

// On one Node only: calls in any order say the same on every Node.

const RUNS = 400;
const VERSION = "1.4";
const model = loadDataModel(defaultDataModelFolder());
const layouts = createLayouts(model, { accounts: 3, accountsFixed: false });
const factory = factorySettings(model, 3);
const LAN = {
  ipAddress: "192.0.2.1",
  subnetMask: "",
  defaultGateway: "",
  primaryDns: "",
  secondaryDns: "",
  macAddress: "",
};

type Action =
  | { readonly kind: "set"; readonly entries: readonly SetEntry[]; readonly key: string }
  | { readonly kind: "add" | "delete"; readonly path: string; readonly key: string }
  | { readonly kind: "attributes"; readonly entries: readonly AttributeEntry[] }
  | { readonly kind: "restart" };

const UNKNOWN = [
  "Device.Nothing",
  `${TABLE}1.`,
  "Device.LAN",
  "",
  "device.managementserver.url",
  `${TABLE}1.Line.2.Enable`,
];
/** Few names, so that they meet often. */
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...UNKNOWN) },
);
const value = fc.constantFrom(
  ...["0", "1", "7", "15", "16", "1800", "4294967295", "4294967296", "-1", "1.5", "", "true", "false", "TRUE"],
  ...[
    "Enabled",
    "Quiescent",
    "enabled",
    " blanks ",
    "two\nlines",
    "é".repeat(64),
    "é".repeat(65),
    "😀".repeat(128),
    "x".repeat(257),
  ],
);
/** Mostly values that fit: calls of several parameters would hardly ever succeed otherwise. */
const entry: fc.Arbitrary<SetEntry> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ name, value, type: fc.constantFrom(null, null, "string", "unsignedInt", "boolean", "int") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constantFrom(...NAMES),
      value: fc.constantFrom("1", "15", "Enabled"),
      type: fc.constant(null),
    }),
  },
);
const key = fc.constantFrom("", "k1", "k2", "é".repeat(32), "é".repeat(33));
const attribute: fc.Arbitrary<AttributeEntry> = fc.record({
  name: fc.oneof(
    { weight: 8, arbitrary: name },
    { weight: 1, arbitrary: fc.constantFrom(TABLE, `${TABLE}1.Line.1.SIP.`) },
  ),
  notificationChange: fc.boolean(),
  notification: fc.constantFrom(0, 1, 1, 2, 3, -1),
  accessListChange: fc.boolean(),
  accessList: fc.constantFrom([], ["Subscriber"], ["Other", "Subscriber"]),
});
const account = fc.integer({ min: 1, max: 7 }).map((number) => `${TABLE}${number}.`);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("set" as const), entries: fc.array(entry, { maxLength: 4 }), key }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      path: fc.constantFrom(TABLE, TABLE, TABLE, "Device.LAN.", `${TABLE}1.Line.`, "Device"),
      key,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("delete" as const),
      path: fc.oneof(account, fc.constantFrom(TABLE, `${TABLE}1.Line.1.`)),
      key,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("attributes" as const), entries: fc.array(attribute, { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
);

/** The agent's parameters, over a simulated phone that outlives a restart. */
function createPhone(): { restart(): Promise<RpcContext> } {
  const settings = createMemorySettings({ factory });
  const state = createMemoryStateStore();
  let tree: OpenTree | null = null;
  return {
    async restart() {
      await tree?.close();
      const hardware = {
        accounts: 3,
        softwareVersion: "1",
        hardwareVersion: "1",
        lan: LAN,
        restartKeys: new Set<string>(),
      };
      const time = createFakeTime();
      const backend = createSimulatedBackend({
        settings,
        rebootMs: 5000,
        ...hardware,
        ...time,
        random: seededRandom(),
      });
      const parts = { layouts, backend, state, scheduler: time.scheduler };
      tree = await openParameterTree({ ...parts, agentValues: () => "", log: silentLogger });
      const attributes = await openAttributes(durableState(state));
      // The calls of this test reach nothing else.
      const reached: Partial<RpcContext> = { parameters: tree, attributes, settled: async () => {} };
      return reached as RpcContext;
    },
  };
}

/** What a call came to, in the oracle's terms. */
async function outcomeOf<T>(call: Promise<T>): Promise<T | Refusal> {
  try {
    return await call;
  } catch (error) {
    assert.ok(error instanceof CwmpFault, String(error));
    const parameters = error.parameterFaults.map(({ parameterName, faultCode }) => [parameterName, faultCode]);
    return { faultCode: error.faultCode, parameters: Object.fromEntries(parameters) };
  }
}

async function perform(
  one: Exclude<Action, { kind: "restart" }>,
  context: RpcContext,
  oracle: ParameterOracle,
): Promise<void> {
  switch (one.kind) {
    case "set": {
      const actual = await outcomeOf(
        setParameterValues({ parameterList: one.entries, parameterKey: one.key }, context, VERSION),
      );
      return assert.deepEqual(actual, oracle.set(one.entries, one.key) ?? { status: 0 });
    }
    case "add": {
      const expected = oracle.add(one.path, one.key);
      const actual = await outcomeOf(addObject({ objectName: one.path, parameterKey: one.key }, context, VERSION));
      return assert.deepEqual(
        actual,
        typeof expected === "number" ? { instanceNumber: expected, status: 0 } : expected,
      );
    }
    case "delete": {
      const actual = await outcomeOf(deleteObject({ objectName: one.path, parameterKey: one.key }, context, VERSION));
      return assert.deepEqual(actual, oracle.delete(one.path, one.key) ?? { status: 0 });
    }
    case "attributes": {
      const actual = await outcomeOf(setParameterAttributes({ parameterList: one.entries }, context, VERSION));
      return assert.deepEqual(actual, oracle.setAttributes(one.entries) ?? {});
    }
  }
}

/** Everything that the oracle knows, read back; names of deleted accounts are faults. */
async function assertSame(context: RpcContext, oracle: ParameterOracle): Promise<void> {
  const expected = oracle.readable;
  const there = Object.keys(expected);
  const { parameterList } = await getParameterValues({ parameterNames: there }, context, VERSION);
  assert.deepEqual(Object.fromEntries(parameterList.map((each) => [each.name, each.value])), expected);
  const attributes = await getParameterAttributes({ parameterNames: there }, context, VERSION);
  const kept = attributes.parameterList.map(({ name: of, ...rest }) => [of, rest]);
  assert.deepEqual(Object.fromEntries(kept), oracle.attributes);
  const children = await getParameterNames({ parameterPath: TABLE, nextLevel: true }, context, VERSION);
  const rows = oracle.accounts.map((number) => ({ name: `${TABLE}${number}.`, writable: true }));
  assert.deepEqual(
    children.parameterList.map(({ name: of, writable }) => ({ name: of, writable })),
    rows,
  );
  for (const gone of NAMES.filter((each) => !there.includes(each))) {
    const outcome = await outcomeOf(getParameterValues({ parameterNames: [gone] }, context, VERSION));
    assert.deepEqual(outcome, { faultCode: 9005, parameters: {} });
  }
}

async function live(actions: readonly Action[]): Promise<void> {
  const phone = createPhone();
  const oracle = new ParameterOracle();
  let context = await phone.restart();
  for (const one of actions) {
    if (one.kind === "restart") context = await phone.restart();
    else await perform(one, context, oracle);
    await assertSame(context, oracle);
  }
}

test("C-119 C-120 C-123 C-124 C-125 C-126 C-128 C-129 C-131 C-153 C-154 C-163 C-165 C-167 C-259 any calls in any order come to what a plain model says", async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 30 }), live), {
    numRuns: RUNS,
    seed: 5,
  });
});
