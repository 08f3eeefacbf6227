import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import type { CwmpType } from "../../src/cwmp/types.ts";
import { ENCODINGS } from "../../src/model/encodings.ts";
import type { Encoding, ParameterDef } from "../../src/model/types.ts";
import { canonicalValue, checkValue } from "../../src/model/value.ts";

function encoding(name: string, type: CwmpType): Encoding {
  const made = ENCODINGS[name]?.make({ type });
  assert.ok(made !== undefined, `there is an encoding ${name}`);
  return made;
}

interface Case {
  readonly name: string;
  readonly type: CwmpType;
  /** Both ways. */
  readonly both?: readonly (readonly [wire: string, ...texts: string[]])[];
  /** From the file alone. */
  readonly read?: readonly (readonly [wire: string | null, ...texts: (string | undefined)[]])[];
}

const CASES: readonly Case[] = [
  {
    name: "text",
    type: "string",
    both: [
      ["a # b", "a # b"],
      ["", ""],
    ],
    read: [
      ["a", " a "],
      [null, "a\nb"],
      [null, undefined],
    ],
  },
  {
    name: "boolean",
    type: "boolean",
    both: [
      ["true", "1"],
      ["false", "0"],
    ],
    read: [
      [null, ""],
      [null, "yes"],
      [null, undefined],
    ],
  },
  {
    name: "integer",
    type: "int",
    both: [
      ["8", "8"],
      ["-1", "-1"],
    ],
    read: [
      [null, ""],
      [null, "eight"],
      [null, "1.5"],
    ],
  },
  { name: "integer", type: "unsignedInt", read: [[null, ""]] },
  {
    name: "dateTime",
    type: "dateTime",
    both: [
      ["0001-01-01T00:00:00Z", ""],
      ["2031-12-24T18:30:00.000Z", "2031-12-24T18:30:00.000Z"],
    ],
  },
  {
    name: "addressingType",
    type: "string",
    both: [
      ["DHCP", "0"],
      ["Static", "2"],
    ],
    read: [
      ["DHCP", "1"],
      [null, ""],
      [null, "3"],
    ],
  },
  {
    name: "dtmfMethod",
    type: "string",
    both: [
      ["InBand", "0"],
      ["RFC2833", "1"],
      ["SIPInfo", "2"],
    ],
    read: [
      ["SIPInfo", "3"],
      ["RFC2833", "4"],
      [null, "5"],
    ],
  },
  {
    name: "lineEnable",
    type: "string",
    both: [
      ["Disabled", "0"],
      ["Enabled", "1"],
      ["Quiescent", "00"],
    ],
    read: [
      [null, ""],
      [null, "2"],
    ],
  },
  {
    name: "rankInversion",
    type: "unsignedInt",
    both: [
      ["1", "13"],
      ["10", "4"],
      ["13", "1"],
    ],
    read: [
      [null, "0"],
      [null, "14"],
      [null, ""],
    ],
  },
  {
    name: "hourMinute",
    type: "string",
    both: [
      ["22:00", "22", "0"],
      ["07:05", "7", "5"],
      ["00:59", "0", "59"],
    ],
    read: [
      ["22:00", "22", undefined],
      ["22:00", "22", ""],
      [null, "24", "0"],
      [null, "1", "60"],
      [null, undefined, "5"],
    ],
  },
  {
    name: "allKeys",
    type: "unsignedInt",
    both: [["5062", "5062", "5062", "5062"]],
    read: [
      ["5062", undefined, "5062", "5070"],
      [null, "x", "1", "1"],
      [null, undefined, undefined, undefined],
    ],
  },
  {
    name: "textAndEnable",
    type: "string",
    both: [
      ["proxy", "proxy", "1"],
      ["", "", "0"],
    ],
    read: [
      ["", "proxy", "0"],
      ["proxy", "proxy", undefined],
      [null, "proxy", "on"],
      [null, undefined, "1"],
    ],
  },
  {
    name: "timeZone",
    type: "string",
    both: [
      ["+08:00", "+08:00", "GMT+08:00"],
      ["CET-1CEST", "CET-1CEST", "CET"],
      ["", "", ""],
    ],
    read: [
      ["GMT+3:00", "GMT+3:00", undefined],
      ["+03:00", "+03:00", "Somewhere else"],
      [null, undefined, "CET"],
    ],
  },
  {
    name: "ringMute",
    type: "boolean",
    read: [
      ["true", "0"],
      ["false", "8"],
      [null, "16"],
      [null, ""],
    ],
  },
  {
    name: "ringPercent",
    type: "unsignedInt",
    read: [
      ["0", "0"],
      ["53", "8"],
      ["100", "15"],
      [null, "loud"],
    ],
  },
];

for (const { name, type, both = [], read = [] } of CASES) {
  test(`encoding ${name} of ${type}: the file's texts and the wire's values`, () => {
    const made = encoding(name, type);
    assert.equal(made.name, name);
    for (const [wire, ...texts] of both) {
      assert.deepEqual(made.encode(wire, texts.length), texts, `${wire} is written`);
      assert.equal(made.decode(texts), wire, `${texts} is read`);
    }
    for (const [wire, ...texts] of read) assert.equal(made.decode(texts), wire, `${texts} is read`);
  });
}

test("every encoding of the table is tested", () => {
  assert.deepEqual([...new Set(CASES.map(({ name }) => name))].sort(), Object.keys(ENCODINGS).sort());
});

test("no encoding throws, whatever the file holds or an ACS wrote", () => {
  const text = fc.option(fc.string(), { nil: undefined });
  for (const [name, { types, keyCount, make }] of Object.entries(ENCODINGS)) {
    for (const type of types) {
      const made = make({ type });
      const texts = fc.array(text, { maxLength: keyCount.maximum + 1 });
      fc.assert(
        fc.property(texts, fc.string(), (raw, value) => {
          const read = made.decode(raw);
          assert.ok(read === null || typeof read === "string");
          const count = keyCount.minimum;
          assert.ok(
            made.encode(value, count).every((part) => typeof part === "string"),
            name,
          );
        }),
        { numRuns: 50 },
      );
    }
  }
});

/** Values that the parameter allows, near its bounds and within. */
function allowed(def: ParameterDef): fc.Arbitrary<string> {
  return candidates(def).filter((value) => checkValue(def, value) === null);
}

function candidates(def: ParameterDef): fc.Arbitrary<string> {
  if (def.enumeration !== null) return fc.constantFrom(...def.enumeration);
  if (def.pattern !== null) return fc.stringMatching(def.pattern);
  switch (def.type) {
    case "boolean":
      return fc.constantFrom("0", "1", "true", "false");
    case "dateTime":
      return fc.oneof(
        fc.constant("0001-01-01T00:00:00Z"),
        fc
          .date({ min: new Date("1000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
          .map((date) => date.toISOString()),
      );
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 40 });
    default:
      return fc
        .bigInt({ min: def.minimum ?? (def.type === "int" ? -(2n ** 31n) : 0n), max: def.maximum ?? 2n ** 31n - 1n })
        .map(String);
  }
}

test("every value that a setting of the shipped data model allows comes back from the phone's file as it was written", () => {
  const { parameters } = loadDataModel(defaultDataModelFolder());
  const settings = parameters.flatMap((def) =>
    def.source.kind === "config" && def.writable ? [{ def, source: def.source }] : [],
  );
  assert.ok(settings.length > 80);
  for (const { def, source } of settings) {
    fc.assert(
      fc.property(allowed(def), (value) => {
        const texts = source.encoding.encode(canonicalValue(def, value), source.keys.length);
        assert.equal(texts.length, source.keys.length);
        // As the file does: one line a key, blanks around the value gone.
        for (const text of texts) assert.equal(text, text.trim().replace(/[\r\n].*/s, ""));
        assert.equal(source.encoding.decode(texts), canonicalValue(def, value), def.template);
      }),
      { numRuns: 25, seed: 1 },
    );
  }
});
