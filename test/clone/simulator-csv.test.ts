/** The table that genieacs-sim takes as a device. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLayouts } from "../../src/parameters/layouts.ts";
import { cloneOf } from "../helpers/clone.ts";

const HEADER =
  "Parameter,Object,Object timestamp,Writable,Writable timestamp,Value,Value type,Value timestamp,Notification,Notification timestamp,Access list,Access list timestamp";

function table(...rows: readonly string[]): string {
  return `${[HEADER, ...rows].join("\r\n")}\r\n`;
}

async function factoryOf(text: string) {
  const clone = await cloneOf(text);
  return { ...clone, factory: createLayouts(clone.model, { accounts: 1, accountsFixed: false }).factory };
}

test("a table of genieacs-sim becomes a clone: quoted fields, objects without their dot, rows in any order", async () => {
  const { factory, report, format } = await factoryOf(
    table(
      'Device.A.2.Text,false,1,true,1,"one, ""two""\nthree",xsd:string,1',
      "Device.A,true,1,true,1,,,",
      "Device.A.2,true,1,true,1,,,",
      "Device.A.2.Count,false,1,false,1,7,xsd:unsignedInt,1",
      "Device.Data,false,1,true,1,aGk=,xsd:base64Binary,1",
      "",
    ),
  );
  assert.match(format, /simulator/);
  assert.equal(factory.get("Device.A.2.Text")?.initial, 'one, "two"\nthree');
  assert.deepEqual(
    [factory.get("Device.A.2.Count")?.def.type, factory.get("Device.Data")?.def.type],
    ["unsignedInt", "base64"],
  );
  assert.equal(factory.table("Device.A.")?.creatable, true);
  assert.deepEqual(report.findings, []);
});

test("a table without a column, with a broken quote or with words for flags says so in the line", async () => {
  const { report } = await cloneOf(
    'Parameter,Object,Value,Value type\nDevice.A,false,1,xsd:int\nDevice.B,perhaps,2,xsd:int\nDevice.C,false,"open,xsd:int\n',
  );
  assert.deepEqual(
    report.findings.map(({ code, line }) => `${code} ${line}`),
    ["MISSING_COLUMN 1", "WRONG_VALUE 3", "NOT_A_DUMP 4"],
  );
  assert.equal(report.unsaid.access, report.parameters);
});
