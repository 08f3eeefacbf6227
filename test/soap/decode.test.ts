import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError, CwmpFault } from "../../src/cwmp/errors.ts";
import { decodeRequest, decodeResponse } from "../../src/soap/decode.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { XmlElement } from "../../src/soap/messages.ts";
import type { RequestOf, ResponseOf, RpcName } from "../../src/soap/rpc-table.ts";
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
  ["Reboot", "<CommandKey>a</CommandKey><CommandKey>b</CommandKey>", "CommandKey is given more than once"],
  ["Reboot", "<CommandKey><b/></CommandKey>", "CommandKey holds elements"],
  ["GetParameterValues", "", "ParameterNames is missing"],
  ["GetParameterValues", "<ParameterNames><a>A.</a><b>B.</b></ParameterNames>", "ParameterNames holds no string"],
  ["GetParameterNames", "<NextLevel>1</NextLevel>", "ParameterPath is missing"],
  ["SetParameterValues", "<ParameterKey/>", "ParameterList is missing"],
  ["Download", "<FileType>1 Firmware Upgrade Image</FileType>", "URL is missing"],
  ["Download", "<URL>http://x/</URL>", "FileType is missing"],
  ["Upload", "<FileType>x</FileType>", "URL is missing"],
  ["AddObject", "<ParameterKey/>", "ObjectName is missing"],
  ["CancelTransfer", "", "CommandKey is missing"],
  ["ScheduleInform", "<CommandKey/>", "DelaySeconds is missing"],
  ["SetParameterValues", value(""), "ParameterList.ParameterValueStruct[1].Value is missing"],
  ["SetParameterValues", value("<Value><x/></Value>"), "ParameterList.ParameterValueStruct[1].Value holds elements"],
  [
    "SetParameterAttributes",
    "<ParameterList><SetParameterAttributesStruct><Name/><Notification>2</Notification></SetParameterAttributesStruct></ParameterList>",
    "ParameterList.SetParameterAttributesStruct[1].NotificationChange is missing",
  ],
  [
    "SetParameterAttributes",
    "<ParameterList><SetParameterAttributesStruct><Name/><NotificationChange>1</NotificationChange></SetParameterAttributesStruct></ParameterList>",
    "ParameterList.SetParameterAttributesStruct[1].Notification is missing",
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
    () => response("GetRPCMethods", "<MethodList>none</MethodList><MethodList/>"),
    (error) =>
      error instanceof AgentError &&
      error.code === "ACS_MESSAGE" &&
      /MethodList is given more than once/.test(error.message),
  );
});

test("C-056 C-066 the members of a list are its members whatever they are called, if all are called the same", () => {
  assert.deepEqual(request("GetParameterValues", "<ParameterNames><item>A.</item><item>B</item></ParameterNames>"), {
    parameterNames: ["A.", "B"],
  });
  assert.deepEqual(request("GetParameterValues", "<ParameterNames><note/><string>A.</string></ParameterNames>"), {
    parameterNames: ["A."],
  });
});

test("C-040 blanks around a name are those of a sender that indents", () => {
  assert.deepEqual(request("GetParameterValues", "<ParameterNames><string>\n A.B \n</string></ParameterNames>"), {
    parameterNames: ["A.B"],
  });
  assert.equal(request("GetParameterNames", "<ParameterPath> A.\t</ParameterPath>").parameterPath, "A.");
  assert.equal(request("Reboot", "<CommandKey> k </CommandKey>").commandKey, " k ");
});

/** Each message whole, with the members that nobody needs to send; [member, how it reads when it is left out]. */
const NOT_NEEDED = {
  Reboot: { whole: "<CommandKey>k</CommandKey>", members: { CommandKey: ["commandKey", ""] } },
  SetParameterValues: {
    whole: "<ParameterList/><ParameterKey>k</ParameterKey>",
    members: { ParameterKey: ["parameterKey", ""] },
  },
  AddObject: {
    whole: "<ObjectName>A.</ObjectName><ParameterKey>k</ParameterKey>",
    members: { ParameterKey: ["parameterKey", ""] },
  },
  DeleteObject: {
    whole: "<ObjectName>A.</ObjectName><ParameterKey>k</ParameterKey>",
    members: { ParameterKey: ["parameterKey", ""] },
  },
  GetParameterNames: {
    whole: "<ParameterPath>A.</ParameterPath><NextLevel>1</NextLevel>",
    members: { NextLevel: ["nextLevel", false] },
  },
  ScheduleInform: {
    whole: "<DelaySeconds>5</DelaySeconds><CommandKey>k</CommandKey>",
    members: { CommandKey: ["commandKey", ""] },
  },
  Download: {
    whole:
      "<CommandKey>k</CommandKey><FileType>1 x</FileType><URL>http://x/</URL><Username>u</Username><Password>p</Password>" +
      "<FileSize>1</FileSize><TargetFileName>t</TargetFileName><DelaySeconds>2</DelaySeconds>" +
      "<SuccessURL>s</SuccessURL><FailureURL>f</FailureURL>",
    members: {
      CommandKey: ["commandKey", ""],
      Username: ["username", ""],
      Password: ["password", ""],
      FileSize: ["fileSize", 0],
      TargetFileName: ["targetFileName", ""],
      DelaySeconds: ["delaySeconds", 0],
      SuccessURL: ["successUrl", ""],
      FailureURL: ["failureUrl", ""],
    },
  },
  Upload: {
    whole:
      "<CommandKey>k</CommandKey><FileType>1 x</FileType><URL>http://x/</URL><Username>u</Username><Password>p</Password>" +
      "<DelaySeconds>2</DelaySeconds>",
    members: {
      CommandKey: ["commandKey", ""],
      Username: ["username", ""],
      Password: ["password", ""],
      DelaySeconds: ["delaySeconds", 0],
    },
  },
} as const;

for (const [name, { whole, members }] of Object.entries(NOT_NEEDED)) {
  for (const [member, [key, reading]] of Object.entries(members)) {
    test(`${name} without ${member} reads as with ${JSON.stringify(reading)}, and it is told`, () => {
      if (!isRpcName(name)) assert.fail(`no RPC ${name}`);
      const left = whole.replace(new RegExp(`<${member}>.*</${member}>`), "");
      const absent: string[] = [];
      const decoded = decodeRequest(name, elementOf(`<c:${name}>${left}</c:${name}>`), (what) => absent.push(what));
      assert.deepEqual(decoded, {
        ...decodeRequest(name, elementOf(`<c:${name}>${whole}</c:${name}>`)),
        [key]: reading,
      });
      assert.deepEqual(absent, [member]);
    });
  }
}

test("a member that is misspelt in its capitals alone is the one that is meant", () => {
  const content = "<FileType>1 x</FileType><Url>http://x/</Url><TargetFilename>t</TargetFilename>";
  const { url, targetFileName } = request("Download", content);
  assert.deepEqual([url, targetFileName], ["http://x/", "t"]);
  assert.throws(() => request("Download", `${content}<uRL>http://y/</uRL>`), /URL is given more than once/);
});

test("C-152 attributes that are left out are not changed", () => {
  const entry = "<SetParameterAttributesStruct><Name>A.</Name>";
  const list = (content: string) => `<ParameterList>${entry}${content}</SetParameterAttributesStruct></ParameterList>`;
  const absent: string[] = [];
  const element = elementOf(`<c:SetParameterAttributes>${list("<AccessList/>")}</c:SetParameterAttributes>`);
  const { parameterList } = decodeRequest("SetParameterAttributes", element, (what) => absent.push(what));
  assert.deepEqual(parameterList, [
    { name: "A.", notificationChange: false, notification: 0, accessListChange: false, accessList: [] },
  ]);
  assert.equal(absent[0], "ParameterList.SetParameterAttributesStruct.NotificationChange");
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
