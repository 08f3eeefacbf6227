import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTemplate } from "../../../src/config/fleet/template.ts";
import { parseThreshold } from "../../../src/config/fleet/thresholds.ts";

const VALUES = { i: 42, group: "north", mac: "0C110500002A" };

test("a template is filled with the number, the group and the MAC address", () => {
  for (const [text, filled] of [
    ["phone", "phone"],
    ["{i}", "42"],
    ["SN{i:06}", "SN000042"],
    ["{i:4}", "0042"],
    ["{i:04x}{i:02X}", "002a2A"],
    ["{group}-{mac}", "north-0C110500002A"],
    ["{{i}} {i}", "{i} 42"],
  ] as const)
    assert.equal(parseTemplate(text)?.fill(VALUES), filled, text);
});

test("a template with an unknown place or a brace alone is none", () => {
  for (const text of ["{}", "{j}", "{i", "i}", "{i:}x{", "{i:6y}", "{ i }", "{i:123}"])
    assert.equal(parseTemplate(text), null, text);
});

test("a threshold has a figure, an operator, a bound and the unit of its figure", () => {
  assert.deepEqual(parseThreshold(" p99.9<=1.5s "), {
    text: "p99.9<=1.5s",
    figure: "p99.9",
    operator: "<=",
    bound: 1500,
  });
  assert.equal(parseThreshold("failureRate < 1%")?.bound, 1);
  assert.equal(parseThreshold("faults != 3")?.operator, "!=");
  for (const text of [
    "p95 < 500",
    "faults == 0ms",
    "faults < 1%",
    "p42 < 1s",
    "faults = 0",
    "p95 <",
    "toString == 1",
    "",
  ])
    assert.equal(parseThreshold(text), null, text);
});
