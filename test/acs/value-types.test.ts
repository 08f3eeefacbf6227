import assert from "node:assert/strict";
import { test } from "node:test";
import { withTypes } from "../../src/acs/value-types.ts";

test("a value's type is the one written, else the one reported, else what the text looks like", () => {
  const value = (name: string, text: string, type: string | null = null) => ({ name, value: text, type });
  const parameterList = [
    value("Device.A", "5", "string"),
    value("Device.B", "5"),
    value("Device.C", "true"),
    value("Device.D", "-5"),
    value("Device.E", "0100"),
    value("Device.F", "True"),
    value("Device.G", ""),
  ];
  const call = { name: "SetParameterValues", args: { parameterList, parameterKey: "" } } as const;
  const reported = new Map([
    ["Device.A", "int"],
    ["Device.B", "int"],
  ]);
  const typed = withTypes(call, reported);
  assert.ok(typed.name === "SetParameterValues");
  const types = typed.args.parameterList.map(({ type }) => type);
  assert.deepEqual(types, ["string", "int", "boolean", "int", "unsignedInt", "string", "string"]);
});
