import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { registerParams } from "../../src/cli/commands/params.ts";
import { runCli } from "../../src/cli/program.ts";
import { EXTENSION_NAMES } from "../../src/config/extensions.ts";
import { capturedIo } from "../helpers/captured-io.ts";

const folder = mkdtempSync(join(tmpdir(), "simulator-csv-"));
after(() => rmSync(folder, { recursive: true }));

async function params(...args: readonly string[]): Promise<string> {
  const captured = capturedIo();
  assert.equal(await runCli(["params", ...args], captured.io, [registerParams]), 0, captured.stderr());
  return captured.stdout();
}

/** RFC 4180, by the letter: a quote may only open a field, or be doubled inside a quoted one. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    const [whole, quoted, plain, end] =
      /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)/.exec(text.slice(at)) ?? assert.fail(`no field at ${at}`);
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\n") {
      rows.push(row);
      row = [];
    }
    at += whole.length;
  }
  assert.deepEqual(row, [], "the last line ends");
  return rows;
}

const ODD_LABEL = 'Smith, "Jo"; =1+1 ü';

function odd(): string {
  const file = join(folder, "config.yaml");
  writeFileSync(file, "backend: { file: phone.cfg }\nphone: { serialNumber: AB12 }\n");
  writeFileSync(
    join(folder, "phone.cfg"),
    `Config.Account1.GENERAL.Label = ${ODD_LABEL}\nConfig.TR069.ManagementServer.Password = hunter2\n` +
      "Config.TR069.ManagementServer.Username = phone\nConfig.Account1.GENERAL.Pwd = hunter3\n",
  );
  return file;
}

describe("params --format csv", () => {
  test("it has the columns of the GenieACS simulator, and every object and parameter of params --names once", async () => {
    const extensions = EXTENSION_NAMES.flatMap((name) => ["--extension", name]);
    for (const args of [[], extensions]) {
      const [header, ...rows] = parseCsv(await params("--format", "csv", ...args));
      assert.deepEqual(header, ["Parameter", "Object", "Writable", "Value", "Value type"]);
      const names = rows.map(([name, object, writable]) => {
        assert.ok(object === "true" || object === "false");
        return `${name}${object === "true" ? "." : ""}\t${writable === "true" ? 1 : 0}`;
      });
      assert.deepEqual(names, (await params("--names", ...args)).split("\n").slice(0, -1));
    }
  });

  test("parameters have their value and type, objects have neither; the values are those of params --values", async () => {
    const [, ...rows] = parseCsv(await params("--format", "csv"));
    const values = (await params("--values")).split("\n").slice(0, -1);
    const parameters = rows.filter(([, object]) => object === "false");
    assert.deepEqual(
      parameters.map(([name, , , value]) => `${name}\t${value}`),
      values,
    );
    const types = new Set(parameters.map((row) => row[4]));
    assert.deepEqual([...types].toSorted(), [
      "xsd:boolean",
      "xsd:dateTime",
      "xsd:int",
      "xsd:string",
      "xsd:unsignedInt",
    ]);
    for (const row of rows) if (row[1] === "true") assert.deepEqual(row.slice(3), ["", ""]);
    const interval = rows.find(([name]) => name === "Device.ManagementServer.PeriodicInformInterval");
    assert.deepEqual(interval?.slice(1), ["false", "true", "1800", "xsd:unsignedInt"]);
  });

  test("the phone's own values survive quoting; secrets are empty", async () => {
    const text = await params("--format", "csv", "--config", odd());
    const value = (name: string) => parseCsv(text).find(([path]) => path?.endsWith(name))?.[3];
    assert.equal(value("VoiceProfile.1.Line.1.SIP.CUSTOM_Label"), ODD_LABEL);
    assert.equal(value("Device.DeviceInfo.SerialNumber"), "AB12");
    assert.equal(value("Device.ManagementServer.Username"), "phone");
    assert.equal(value("Device.ManagementServer.Password"), "");
    assert.doesNotMatch(text, /hunter/);
  });

  test("a path is a part of the table; rows of three accounts are three", async () => {
    const rows = parseCsv(await params("--format", "csv", "Device.Time."));
    assert.ok(rows.length > 3 && rows.slice(1).every(([name]) => name?.startsWith("Device.Time")));
    const profiles = parseCsv(await params("--format", "csv", "--accounts", "5")).filter(([name]) =>
      /VoiceProfile\.\d+$/.test(name ?? ""),
    );
    assert.equal(profiles.length, 5);
    assert.deepEqual(profiles[4]?.slice(1), ["true", "true", "", ""]);
  });
});
