import assert from "node:assert/strict";
import { test } from "node:test";
import * as read from "../../src/durable/read.ts";

interface Sample {
  readonly name: string;
  readonly on: boolean;
  readonly at: number | null;
  readonly kind: "a" | "b";
  readonly rows: readonly { readonly row: number }[];
  readonly hashes: Readonly<Record<string, string>>;
  readonly later: readonly string[];
}

const sample = read.shape<Sample>({
  name: read.text,
  on: read.flag,
  at: read.nullOr(read.number),
  kind: read.oneOf(["a", "b"]),
  rows: read.listOf(read.shape({ row: read.positiveNumber })),
  hashes: read.mapOf(read.text),
  later: read.withDefault(read.listOf(read.text), []),
});

const GOOD = { name: "x", on: true, at: null, kind: "b", rows: [{ row: 1 }], hashes: { k: "v" } };

test("a value of the right shape is taken, without fields that are unknown", () => {
  assert.deepEqual(sample({ ...GOOD, unknown: 1 }, "it"), { ...GOOD, later: [] });
  assert.deepEqual(sample({ ...GOOD, at: 1.5, later: ["y"] }, "it"), { ...GOOD, at: 1.5, later: ["y"] });
});

for (const [change, message] of [
  [{ name: 1 }, "it.name must be a text"],
  [{ on: "true" }, "it.on must be true or false"],
  [{ at: "secret" }, "it.at must be a number"],
  [{ at: undefined }, "it.at must be a number"],
  [{ kind: "secret" }, "it.kind is not a value that this program knows"],
  [{ rows: {} }, "it.rows must be a list"],
  [{ rows: [{ row: 1 }, { row: 0 }] }, "it.rows[1].row must be 1 or more"],
  [{ rows: [{ row: 1.5 }] }, "it.rows[0].row must be a whole number"],
  [{ rows: [null] }, "it.rows[0] must be an object"],
  [{ hashes: [] }, "it.hashes must be an object"],
  [{ hashes: { k: 1 } }, "it.hashes.k must be a text"],
  [{ later: null }, "it.later must be a list"],
] as const) {
  test(`${message}, and no value is quoted`, () => {
    assert.throws(() => sample({ ...GOOD, ...change }, "it"), { message });
  });
}

test("a key named __proto__ is a key like any other", () => {
  const found = read.mapOf(read.text)(JSON.parse('{"__proto__":"x"}'), "it");
  assert.deepEqual(Object.entries(found), [["__proto__", "x"]]);
});
