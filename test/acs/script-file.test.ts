import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fillVariables } from "../../src/acs/script.ts";
import { parseScript } from "../../src/acs/script-file.ts";
import { FindingsError, formatFinding } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

function findingsOf(text: string): readonly string[] {
  try {
    parseScript(text, "s.yaml");
  } catch (error) {
    assert.ok(error instanceof FindingsError);
    return error.findings.map(formatFinding);
  }
  return [];
}

test("every RPC can be written, and values stay as they were typed", () => {
  const script = parseScript(
    `# provisioning
sessions:
  - name: provision
    on: ["0 BOOTSTRAP", 1 BOOT]
    device: "*-SP-R53P-*"
    once: true
    rpcs:
      - GetRPCMethods
      - GetParameterNames: { path: Device., nextLevel: true }
      - GetParameterValues: [Device.DeviceInfo., Device.LAN.]
      - SetParameterValues:
          values:
            Device.A: 0100
            Device.B: { value: yes, type: string }
            Device.C: user-\${serialNumber}
          key: p1
        expectFault: 9003
      - GetParameterAttributes: Device.LAN.IPAddress
      - SetParameterAttributes: { Device.A: active, Device.B: off, Device.C: 1 }
        holdRequests: true
      - AddObject: { object: Device.T., key: k }
      - DeleteObject: Device.T.2.
      - Reboot: { commandKey: r1 }
      - FactoryReset
      - ScheduleInform: { delaySeconds: 60, commandKey: s1 }
`,
    "s.yaml",
  );
  const [entry] = script.entries;
  assert.ok(entry !== undefined);
  const { steps, ...rest } = entry;
  assert.deepEqual(rest, { name: "provision", on: ["0 BOOTSTRAP", "1 BOOT"], device: "*-SP-R53P-*", once: true });
  const change = (name: string, notification: number) => ({
    name,
    notificationChange: true,
    notification,
    accessListChange: false,
    accessList: [],
  });
  assert.deepEqual(
    steps.map(({ call }) => call),
    [
      { name: "GetRPCMethods", args: {} },
      { name: "GetParameterNames", args: { parameterPath: "Device.", nextLevel: true } },
      { name: "GetParameterValues", args: { parameterNames: ["Device.DeviceInfo.", "Device.LAN."] } },
      {
        name: "SetParameterValues",
        args: {
          parameterKey: "p1",
          parameterList: [
            { name: "Device.A", value: "0100", type: null },
            { name: "Device.B", value: "yes", type: "string" },
            { name: "Device.C", value: `user-\${serialNumber}`, type: null },
          ],
        },
      },
      { name: "GetParameterAttributes", args: { parameterNames: ["Device.LAN.IPAddress"] } },
      {
        name: "SetParameterAttributes",
        args: { parameterList: [change("Device.A", 2), change("Device.B", 0), change("Device.C", 1)] },
        holdRequests: true,
      },
      { name: "AddObject", args: { objectName: "Device.T.", parameterKey: "k" } },
      { name: "DeleteObject", args: { objectName: "Device.T.2.", parameterKey: "" } },
      { name: "Reboot", args: { commandKey: "r1" } },
      { name: "FactoryReset", args: {} },
      { name: "ScheduleInform", args: { delaySeconds: 60, commandKey: "s1" } },
    ],
  );
  assert.deepEqual(
    steps.map(({ expectFault }) => expectFault),
    [null, null, null, 9003, null, null, null, null, null, null, null],
  );
});

test("an entry needs no more than its RPCs", () => {
  const [entry] = parseScript("sessions: [{ rpcs: [GetRPCMethods] }]", "s.yaml").entries;
  assert.deepEqual({ ...entry, steps: [] }, { name: "session 1", on: [], device: "*", once: false, steps: [] });
});

test("all mistakes are told in one go, each with its place", () => {
  const findings = findingsOf(`sessions:
  - on: [0 BOOT]
    when: now
    rpcs: []
  - rpcs:
      - Explode
      - GetParameterNames: { nextLevel: perhaps }
      - SetParameterValues: { values: { Device.A: { value: 1, type: number } } }
      - SetParameterAttributes: { Device.A: loud }
      - Reboot: { commandKey: "\${nonsense}" }
      - ScheduleInform: { delaySeconds: soon }
      - GetRPCMethods: { a: 1 }
      - GetParameterValues: Device.
        expectFault: 42
      - { Reboot: {}, FactoryReset: {} }
    once: maybe
`);
  const calls =
    "GetRPCMethods, GetParameterNames, GetParameterValues, SetParameterValues, GetParameterAttributes, " +
    "SetParameterAttributes, AddObject, DeleteObject, Reboot, Download, Upload, ScheduleDownload, CancelTransfer, GetQueuedTransfers, GetAllQueuedTransfers, FactoryReset, ScheduleInform";
  assert.deepEqual(findings, [
    's.yaml:2:5: on: "0 BOOT" is not an event code such as "1 BOOT" [EVENT]',
    's.yaml:3:5: when: unknown key "when"; known: name, on, device, once, rpcs [UNKNOWN_KEY]',
    `s.yaml:6:9: expected one RPC (${calls}), found Explode [RPC]`,
    "s.yaml:7:9: path: is missing [MISSING]",
    "s.yaml:7:30: nextLevel: expected true or false [TYPE]",
    's.yaml:8:63: type: "number" is not a CWMP type; known types: string, int, unsignedInt, long, unsignedLong, boolean, dateTime, base64, hexBinary [TYPE]',
    "s.yaml:9:35: Device.A: expected off, passive, active or a number [NOTIFICATION]",
    `s.yaml:10:19: commandKey: there is no variable \${nonsense}; known: \${manufacturer}, \${oui}, \${productClass}, \${serialNumber} [VARIABLE]`,
    "s.yaml:11:27: delaySeconds: expected a whole number of seconds [NUMBER]",
    "s.yaml:12:9: GetRPCMethods: this RPC takes no arguments [ARGUMENTS]",
    "s.yaml:14:9: expectFault: expected a fault code, 9000 to 9999 [FAULT_CODE]",
    `s.yaml:15:9: expected one RPC (${calls}), found Reboot, FactoryReset [RPC]`,
    "s.yaml:16:5: once: expected true or false [TYPE]",
  ]);
});

test("an unknown key hides no other mistake, at no depth", () => {
  const findings = findingsOf(`sesions: []
sessions:
  - whem: now
    on: [0 BOOT]
    once: maybe
    rpcs:
      - Reboot: { comandKey: "\${nonsense}", commandKey: [] }
        expectFualt: 9003
        expectFault: 42
        holdRequests: soon
      - Download: { filetype: x, url: [], fileSize: big, delaySeconds: soon }
      - ScheduleDownload: { windows: [{ strat: 1, start: a, end: b }, 3] }
      - SetParameterValues: { valeus: {}, values: { A: { valeu: 1, type: number } } }
      - { Reboot: { a: 1 }, ScheduleInform: { delaySeconds: x, b: 2 } }
`);
  const told = findings.map((line) => line.replace(/^s\.yaml:(\d+):\d+: (.*) \[(\w+)\]$/s, "$1 $3 $2"));
  const places = told.map((line) => line.replace(/^(\d+ \w+) (?:([\w.]+): )?.*$/s, "$1 $2").trim());
  assert.deepEqual(
    [...places].sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10) || (one < other ? -1 : 1)),
    [
      "1 UNKNOWN_KEY sesions",
      "3 UNKNOWN_KEY whem",
      "4 EVENT on",
      "5 TYPE once",
      ...["7 RPC", "7 TYPE commandKey", "7 UNKNOWN_KEY comandKey", "7 VARIABLE comandKey"],
      ...["9 FAULT_CODE expectFault", "10 TYPE holdRequests"],
      ...[
        "11 MISSING fileType",
        "11 NUMBER delaySeconds",
        "11 NUMBER fileSize",
        "11 TYPE url",
        "11 UNKNOWN_KEY filetype",
      ],
      ...[
        "12 MISSING fileType",
        "12 MISSING url",
        "12 NUMBER end",
        "12 NUMBER start",
        "12 TYPE",
        "12 UNKNOWN_KEY strat",
      ],
      ...["13 MISSING value", "13 TYPE type", "13 UNKNOWN_KEY valeu", "13 UNKNOWN_KEY valeus"],
      ...["14 NUMBER delaySeconds", "14 RPC", "14 UNKNOWN_KEY a", "14 UNKNOWN_KEY b"],
    ],
  );
});

test("the file of a Download is looked for in the folder of the script, and named where it is not there", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "a.cfg"), "");
  const read = (url: string) =>
    parseScript(`sessions: [{ rpcs: [{ Download: { fileType: x, url: "${url}" } }] }]`, join(folder, "s.yaml"));
  const localOf = (url: string) => read(url).entries[0]?.steps[0]?.call.local;
  assert.equal(localOf("a.cfg"), join(folder, "a.cfg"));
  assert.equal(localOf(`\${oui}.cfg`), join(folder, `\${oui}.cfg`));
  assert.equal(localOf("http://a.cfg"), undefined);
  assert.throws(() => read("b.cfg"), FindingsError);
});

test("what a phone says of itself leads to no other folder", () => {
  const [entry] = parseScript(
    `sessions: [{ rpcs: [{ Download: { fileType: x, url: "/c/\${serialNumber}" } }] }]`,
    "s",
  ).entries;
  const localFor = (serialNumber: string) => {
    assert.ok(entry?.steps[0] !== undefined);
    return fillVariables(entry.steps[0].call, { serialNumber }).local;
  };
  assert.equal(localFor("0C1105000001"), "/c/0C1105000001");
  assert.equal(localFor("../../etc/passwd"), "/c/__.._etc_passwd");
  assert.equal(localFor(".."), "/c/_");
});

test("a key that stands twice hides no other mistake", () => {
  assert.deepEqual(
    findingsOf("sessions:\n  - once: true\n    once: false\n    rpcs: [Jump]\n").map((line) => line.slice(0, 9)),
    ["s.yaml:3:", "s.yaml:4:"],
  );
});

test("an unknown event is named with its place", () => {
  assert.deepEqual(findingsOf("sessions:\n  - on: [0 BOOT]\n    rpcs: []\n"), [
    's.yaml:2:5: on: "0 BOOT" is not an event code such as "1 BOOT" [EVENT]',
  ]);
});

test("text that is no YAML, or no script, is told with its place", () => {
  assert.match(findingsOf("sessions: [").join(), /^s\.yaml:1:\d+: .*\[YAML\]$/);
  assert.match(findingsOf("").join(), /^s\.yaml:1:1: expected a mapping.*\[TYPE\]$/);
  assert.match(findingsOf("sessions: 3").join(), /^s\.yaml:1:1: sessions: expected a list \[TYPE\]$/);
});

test("the script in the documentation is a good one", async () => {
  const text = await readFile(new URL("../../docs/acs-scripts.md", import.meta.url), "utf8");
  const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  assert.equal(parseScript(example, "docs/acs-scripts.md").entries.length, 2);
});

test("a text that is nested too deep, or that aliases blow up, is refused as any other mistake", () => {
  const bomb = `- &a [1]\n- &b [${"*a,".repeat(50)}*a]\n- &c [${"*b,".repeat(50)}*b]\n- [${"*c,".repeat(50)}*c]\n`;
  const deepMap = `phone:\n${Array.from({ length: 3000 }, (_, at) => `${" ".repeat(at + 1)}a:\n`).join("")}`;
  for (const text of ["- ".repeat(20_000), "[".repeat(20_000), "a: 3".repeat(20_000), deepMap, bomb])
    assert.throws(() => parseScript(text, "script.yaml"), FindingsError);
});
