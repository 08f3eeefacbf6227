import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedBackend } from "../../../src/backends/plugin/checked-backend.ts";
import type { Backend, BackendChange } from "../../../src/ports/backend.ts";
import { LABEL, PASSWORD } from "./modules.ts";

const good = {
  name: "good",
  supports: () => true,
  start: async () => {},
  stop: async () => {},
  read: async () => new Map([[LABEL, "desk"]]),
  stage: async () => ({ apply: async () => "applied", discard: async () => {} }),
  locate: () => null,
  reboot: async () => {},
  factoryReset: async () => {},
  files: { installs: [], produces: [], install: async () => "applied", produce: async () => new Uint8Array([1]) },
};

/** A backend with something in it that no type allows. */
function backendWith(wrong: object): Backend {
  return checkedBackend({ ...good, ...wrong } as unknown as Backend, () => {});
}

const files = (wrong: object) => ({ files: { ...good.files, ...wrong } });
const staged = (wrong: object) => ({ stage: async () => ({ apply: () => "applied", discard() {}, ...wrong }) });
const read = (backend: Backend) => backend.read([LABEL, PASSWORD]);
const apply = async (backend: Backend) => (await backend.stage(new Map())).apply();

/** What it does → how it is used, and what is said of it. */
const NONSENSE: readonly (readonly [
  what: string,
  wrong: object,
  use: (backend: Backend) => unknown,
  message: string,
])[] = [
  ["reads nothing", { read: async () => {} }, read, "it must answer a Map of texts, not nothing"],
  ["reads an object", { read: () => ({ [LABEL]: "x" }) }, read, "it must answer a Map of texts, not an object"],
  ["reads a list", { read: () => [] }, read, "it must answer a Map of texts, not a list"],
  ["reads a number", { read: () => new Map([[LABEL, 5]]) }, read, `it must answer a text for ${LABEL}, not a number`],
  [
    "reads what nobody asked for",
    { read: () => new Map([["Own", "1"]]) },
    read,
    "it answers a key that was not requested: Own",
  ],
  ["stages nothing", { stage: async () => null }, apply, "it must answer { apply, discard }, not null"],
  ["stages half a change", staged({ discard: 1 }), apply, "it must answer { apply, discard }, not an object"],
  [
    "applies without saying how",
    staged({ apply: () => {} }),
    apply,
    'it must answer "applied" or "needs-reboot", not nothing',
  ],
  [
    "applies somehow",
    staged({ apply: () => "done" }),
    apply,
    'it must answer "applied" or "needs-reboot", not a string',
  ],
  [
    "installs somehow",
    files({ install: () => true }),
    ({ files }) => files?.install("1 x", "/x"),
    'it must answer "applied" or "needs-reboot", not a boolean',
  ],
  [
    "produces a text",
    files({ produce: () => "x" }),
    ({ files }) => files?.produce("1 x"),
    "it must answer a Uint8Array, not a string",
  ],
  [
    "supports by a promise",
    { supports: async () => true },
    (backend) => backend.supports(LABEL),
    "it must answer true or false, not a Promise",
  ],
  [
    "locates by a number",
    { locate: () => 12 },
    (backend) => backend.locate(LABEL),
    "it must answer a text or null, not a number",
  ],
];

for (const [what, wrong, use, message] of NONSENSE) {
  test(`a backend that ${what} is found out`, async () => {
    await assert.rejects(
      async () => use(backendWith(wrong)),
      (error) => error instanceof Error && error.message === message,
    );
  });
}

const REPORTS: readonly (readonly [report: unknown, reason: string])[] = [
  [undefined, "it must answer a list of changes, not nothing"],
  [{ key: LABEL }, "it must answer a list of changes, not an object"],
  [[LABEL], "it must answer changes { key, before, after }, not a string"],
  [[{ before: "1" }], "it must answer a text as the key of a change, not nothing"],
  [
    [{ key: LABEL, before: "secret", after: 5 }],
    `it must answer texts, or undefined, as before and after of ${LABEL}, not a number`,
  ],
];

for (const [report, reason] of REPORTS) {
  test(`a report of ${JSON.stringify(report) ?? "nothing"} is dropped, with a word about it`, async () => {
    const told: string[] = [];
    const seen: BackendChange[] = [];
    const wrong = { ...good, start: async (onChange: (report: unknown) => void) => onChange(report) };
    const backend = checkedBackend(wrong as unknown as Backend, (why) => told.push(why));
    await backend.start((changes) => void seen.push(...changes));
    assert.deepEqual([told, seen], [[reason], []]);
  });
}

test("a good backend is what it was, and what it throws passes", async () => {
  const changes = [{ key: LABEL, before: "desk", after: undefined, more: "than asked" }];
  const seen: (readonly BackendChange[])[] = [];
  const backend = backendWith({
    start: async (onChange: (report: unknown) => void) => onChange(changes),
    factoryReset: () => {
      throw new Error("at once");
    },
  });
  await backend.start((report) => void seen.push(report));
  assert.deepEqual(seen, [[{ key: LABEL, before: "desk", after: undefined }]]);
  assert.deepEqual(await backend.read([LABEL]), new Map([[LABEL, "desk"]]));
  assert.equal(await apply(backend), "applied");
  assert.deepEqual(await backend.files?.produce("1 x"), new Uint8Array([1]));
  assert.equal(backend.reached, undefined);
  await assert.rejects(async () => backend.factoryReset(), /at once/);
});
