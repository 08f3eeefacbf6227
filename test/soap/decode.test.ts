import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError, CwmpFault } from "../../src/cwmp/errors.ts";
import { decodeRequest, decodeResponse } from "../../src/soap/decode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { RequestOf, ResponseOf, RpcName, XmlElement } from "../../src/soap/messages.ts";
import { isRpcName } from "../../src/soap/rpc-table.ts";
import { envelopeOf } from "./samples.ts";

function elementOf(markup: string): XmlElement {
  const { body } = decodeEnvelope(envelopeOf(markup));
  return body.kind === "fault" ? assert.fail("a fault") : body.element;
}

function request<N extends RpcName>(name: N, content: string): RequestOf<N> {
  return decodeRequest(name, elementOf(`<c:${name}>${content}</c:${name}>`));
}

function response<N extends RpcName>(name: N, content: string): ResponseOf<N> {
  return decodeResponse(name, elementOf(`<c:${name}Response>${content}</c:${name}Response>`));
}

function value(content: string): string {
  return `<ParameterList><ParameterValueStruct><Name>N</Name>${content}</ParameterValueStruct></ParameterList><ParameterKey/>`;
}

function decodedValue(content: string) {
  return request("SetParameterValues", value(content)).parameterList[0];
}

test("C-056 a list is read without arrayType and with a wrong one", () => {
  for (const attribute of ["", ' e:arrayType="xsd:string[7]"', ' e:arrayType="nonsense"']) {
    const names = `<ParameterNames${attribute}><string>A.</string><string/></ParameterNames>`;
    assert.deepEqual(request("GetParameterValues", names), { parameterNames: ["A.", ""] });
  }
});

test("C-056 the xsi:type is the local name that was sent, or null", () => {
  for (const [attribute, type] of [
    ["", null],
    ['xsi:type=""', null],
    ['xsi:type="xsd:boolean"', "boolean"],
    ['xsi:type=" other:unsignedInt "', "unsignedInt"],
    ['xsi:type="string"', "string"],
    ['xsi:type="e:base64"', "base64"],
    ['xsi:type="xsd:base64Binary"', "base64"],
    ['xsi:type="xsd:float"', "float"],
    ['type="xsd:int"', null],
  ] as const) {
    assert.deepEqual(decodedValue(`<Value ${attribute}>1</Value>`), { name: "N", value: "1", type });
  }
});

test("C-064 the blanks of a value are kept, and an empty or nil value is empty", () => {
  assert.equal(decodedValue('<Value xsi:type="xsd:string"> a\tb \n</Value>')?.value, " a\tb \n");
  assert.equal(decodedValue("<Value><![CDATA[ <x> ]]></Value>")?.value, " <x> ");
  assert.equal(decodedValue("<Value/>")?.value, "");
  assert.equal(decodedValue('<Value xsi:nil="true"/>')?.value, "");
});

test("C-040 C-066 order, extra elements and a default namespace make no difference", () => {
  const expected = { objectName: "A.", parameterKey: "k" };
  for (const content of [
    "<ParameterKey>k</ParameterKey><Extra/><Extra/><ObjectName>A.</ObjectName>",
    "<c:ObjectName>A.</c:ObjectName><c:ParameterKey>k</c:ParameterKey>",
    '<ObjectName x="1">A.</ObjectName><x:ParameterKey xmlns:x="urn:x">no</x:ParameterKey><ParameterKey>k</ParameterKey>',
  ]) {
    assert.deepEqual(request("AddObject", content), expected);
  }
});

test("C-061 C-135 booleans are 0, 1, true or false", () => {
  const nextLevel = (word: string) =>
    request("GetParameterNames", `<ParameterPath/><NextLevel>${word}</NextLevel>`).nextLevel;
  assert.deepEqual(["0", "1", "true", " false\n"].map(nextLevel), [false, true, true, false]);
  for (const word of ["", "True", "yes", "2", "01"]) assert.throws(() => nextLevel(word), /NextLevel is not a boolean/);
});

test("C-061 C-262 numbers are decimal and in range", () => {
  const instance = (digits: string) =>
    response("AddObject", `<InstanceNumber>${digits}</InstanceNumber><Status>0</Status>`).instanceNumber;
  assert.deepEqual(["0", " 12 ", "+7", "007", "-0", "4294967295"].map(instance), [0, 12, 7, 7, 0, 4294967295]);
  for (const digits of ["", "-1", "4294967296", "0x1", "1e3", "1.0", "1 2", "9".repeat(400)]) {
    assert.throws(() => instance(digits), /InstanceNumber is not a whole decimal number/);
  }
  assert.throws(() => response("DeleteObject", "<Status>2</Status>"), /Status/);
});

for (const [name, content, argument] of [
  ["Reboot", "", "CommandKey is missing"],
  ["Reboot", "<CommandKey>a</CommandKey><CommandKey>b</CommandKey>", "CommandKey is given more than once"],
  ["Reboot", "<CommandKey><b/></CommandKey>", "CommandKey holds elements"],
  ["GetParameterValues", "", "ParameterNames is missing"],
  ["GetParameterValues", "<ParameterNames><item>A.</item></ParameterNames>", "ParameterNames holds no string"],
  ["GetParameterNames", "<NextLevel>1</NextLevel>", "ParameterPath is missing"],
  ["SetParameterValues", "<ParameterList/>", "ParameterKey is missing"],
  ["SetParameterValues", value(""), "ParameterList.ParameterValueStruct[1].Value is missing"],
  ["SetParameterValues", value("<Value><x/></Value>"), "ParameterList.ParameterValueStruct[1].Value holds elements"],
  [
    "SetParameterAttributes",
    "<ParameterList><SetParameterAttributesStruct><Name/></SetParameterAttributesStruct></ParameterList>",
    "ParameterList.SetParameterAttributesStruct[1].NotificationChange is missing",
  ],
  ["Inform", "<DeviceId/>", "DeviceId.Manufacturer is missing"],
] as const) {
  test(`C-061 ${name}: ${argument} is fault 9003`, () => {
    assert.throws(
      () => request(name, content),
      (error) => error instanceof CwmpFault && error.faultCode === 9003 && error.message.includes(argument),
    );
  });
}

test("C-061 a fault names the argument, never its value", () => {
  assert.throws(
    () => request("GetParameterNames", "<ParameterPath/><NextLevel>hunter2</NextLevel>"),
    (error) => error instanceof CwmpFault && !error.message.includes("hunter2"),
  );
});

test("C-074 MaxEnvelopes of an InformResponse may be missing or wrong", () => {
  assert.deepEqual(response("Inform", ""), { maxEnvelopes: 1 });
  assert.deepEqual(response("Inform", "<MaxEnvelopes>many</MaxEnvelopes>"), { maxEnvelopes: 1 });
  assert.deepEqual(response("Inform", "<MaxEnvelopes>4</MaxEnvelopes>"), { maxEnvelopes: 4 });
});

test("C-063 a response that cannot be read is a failed session", () => {
  assert.throws(
    () => response("GetRPCMethods", ""),
    (error) =>
      error instanceof AgentError && error.code === "ACS_MESSAGE" && /MethodList is missing/.test(error.message),
  );
});

test("an Inform's time must be a dateTime", () => {
  const inform = (time: string) =>
    request(
      "Inform",
      "<DeviceId><Manufacturer/><OUI/><ProductClass/><SerialNumber/></DeviceId><Event/><MaxEnvelopes>1</MaxEnvelopes>" +
        `<CurrentTime>${time}</CurrentTime><RetryCount>0</RetryCount><ParameterList/>`,
    ).currentTime;
  assert.equal(inform(" 2024-01-01T00:00:00.5-08:00 "), "2024-01-01T00:00:00.5-08:00");
  assert.throws(() => inform("yesterday"), /CurrentTime is not a dateTime/);
});

test("C-060 only names of the table are RPCs", () => {
  assert.ok(isRpcName("GetParameterValues"));
  for (const name of ["getparametervalues", "toString", "__proto__", "{urn:foo}Reboot", ""])
    assert.ok(!isRpcName(name));
});
