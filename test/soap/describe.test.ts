import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CwmpFault } from "../../src/cwmp/errors.ts";
import { describeFault, describeMessage, describeRequest, describeResponse } from "../../src/soap/describe.ts";
import { encodeFault, encodeRequest, encodeResponse } from "../../src/soap/encode.ts";
import type { RpcName } from "../../src/soap/rpc-table.ts";
import { PARAMETERS, SAMPLES } from "./samples.ts";

const HEADER = { id: "1", version: "1.0" } as const;
const OF_THE_CPE: readonly RpcName[] = [
  "Inform",
  "GetRPCMethods",
  "TransferComplete",
  "AutonomousTransferComplete",
  "RequestDownload",
];

test("messages are named, with what a reader wants to see", () => {
  const parameterFaults = [{ parameterName: "Device.A", faultCode: 9007, faultString: "hunter2" }] as const;
  for (const [text, name, detail] of [
    ["", "", ""],
    [encodeRequest("Inform", SAMPLES.Inform.request, HEADER), "Inform", "0 BOOTSTRAP, M Reboot"],
    [encodeResponse("Inform", { maxEnvelopes: 1 }, HEADER), "InformResponse", ""],
    [
      encodeRequest("GetParameterNames", { parameterPath: "Device.", nextLevel: true }, HEADER),
      "GetParameterNames",
      "Device.",
    ],
    [
      encodeResponse("GetParameterValues", { parameterList: PARAMETERS }, HEADER),
      "GetParameterValuesResponse",
      "11 parameters",
    ],
    [encodeRequest("GetParameterValues", { parameterNames: ["A."] }, HEADER), "GetParameterValues", "A."],
    [
      encodeFault(new CwmpFault(9003, "hunter2", { parameterFaults }), HEADER),
      "Fault",
      "9003 Invalid arguments, Device.A 9007 Invalid parameter value",
    ],
  ] as const) {
    assert.deepEqual(describeMessage(text), { name, detail });
  }
});

test("a TransferComplete of a failure is told with its fault, that of a success as complete", () => {
  const told = (faultCode: 0 | 9010, faultString = "") => {
    const { detail, name } = describeMessage(
      encodeRequest(
        "TransferComplete",
        { ...SAMPLES.TransferComplete.request, commandKey: "c1", faultStruct: { faultCode, faultString } },
        HEADER,
      ),
    );
    return [name, detail];
  };
  assert.deepEqual(told(9010), ["TransferComplete", "fault 9010 File transfer failure (c1)"]);
  assert.deepEqual(told(9010, "http://u:hunter2@files/ answers 404"), [
    "TransferComplete",
    "fault 9010 http://u:********@files/ answers 404 (c1)",
  ]);
  assert.deepEqual(told(0), ["TransferComplete", "complete (c1)"]);
});

test("what is no envelope is described too", () => {
  const { name, detail } = describeMessage("<html>hunter2");
  assert.equal(name, "Invalid");
  assert.match(detail, /not well-formed/);
  assert.doesNotMatch(detail, /hunter2/);
});

test("describing never throws", () => {
  const pieces = fc.constantFrom(
    "<",
    ">",
    "/",
    "&",
    "a",
    ":",
    "'",
    '"',
    "<![CDATA[",
    "]]>",
    "<!--",
    "<?",
    " ",
    "=",
    "\u0000",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      assert.equal(typeof describeMessage(parts.join("")).name, "string");
    }),
    { seed: 20 },
  );
});

test("who writes a message describes it as one that reads it does", () => {
  for (const name of Object.keys(SAMPLES) as RpcName[]) {
    const { request, response } = SAMPLES[name];
    assert.deepEqual(
      describeResponse(name, response),
      describeMessage(encodeResponse(name, response, HEADER)),
      `${name}Response`,
    );
    if (OF_THE_CPE.includes(name))
      assert.deepEqual(describeRequest(name, request), describeMessage(encodeRequest(name, request, HEADER)), name);
  }
  const fault = new CwmpFault(9003, "hunter2", {
    parameterFaults: [{ parameterName: "Device.A", faultCode: 9007, faultString: "hunter2" }],
  });
  assert.deepEqual(describeFault(fault), describeMessage(encodeFault(fault, HEADER)));
  const list = [{ name: "Device.A", value: "hunter2", type: null }];
  for (const parameterList of [[], list, [...list, ...list]])
    assert.deepEqual(
      describeResponse("GetParameterValues", { parameterList }),
      describeMessage(encodeResponse("GetParameterValues", { parameterList }, HEADER)),
    );
});

test("a description has the secrets out of the URLs that others put into it", () => {
  const commandKey = "http://u:hunter2@host/";
  const told = describeMessage(encodeRequest("Reboot", { commandKey }, HEADER));
  assert.deepEqual(told, { name: "Reboot", detail: "" });
  const path = encodeRequest("GetParameterNames", { parameterPath: commandKey, nextLevel: true }, HEADER);
  assert.equal(describeMessage(path).detail, "http://u:********@host/");
  const { request } = SAMPLES.TransferComplete;
  for (const faultStruct of [
    { faultCode: 9010, faultString: `no way to ${commandKey}` },
    { faultCode: 0, faultString: "" },
  ] as const) {
    const sent = { ...request, commandKey, faultStruct };
    assert.ok(!describeRequest("TransferComplete", sent).detail.includes("hunter2"));
  }
});
