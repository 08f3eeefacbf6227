import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError, CwmpFault } from "../../src/cwmp/errors.ts";
import { encodeFault } from "../../src/soap/encode.ts";
import { decodeEnvelope, decodeMessage } from "../../src/soap/envelope.ts";
import { envelopeOf } from "./samples.ts";

const REBOOT = "<c:Reboot><CommandKey>k</CommandKey></c:Reboot>";

function assertRefused(text: string, reason: RegExp): void {
  assert.throws(
    () => decodeEnvelope(text),
    (error) => error instanceof AgentError && error.code === "ACS_MESSAGE" && reason.test(error.message),
  );
}

test("C-040 an envelope is read whatever its prefixes", () => {
  const { id, body, version } = decodeEnvelope(
    `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header>
       <ID xmlns="urn:dslforum-org:cwmp-1-1" q:mustUnderstand="1" xmlns:q="http://schemas.xmlsoap.org/soap/envelope/"> 7 </ID>
     </Header><Body><Reboot xmlns="urn:dslforum-org:cwmp-1-1"><CommandKey xmlns="">k</CommandKey></Reboot></Body></Envelope>`,
  );
  assert.deepEqual([id, version, body.kind], [" 7 ", "1.1", "request"]);
});

test("C-042 a request and a response are told apart by name", () => {
  const request = decodeEnvelope(envelopeOf(REBOOT)).body;
  const response = decodeEnvelope(envelopeOf("<c:InformResponse/>")).body;
  assert.ok(request.kind === "request" && request.name === "Reboot" && request.element.children.length === 1);
  assert.ok(response.kind === "response" && response.name === "Inform");
});

test("C-043 a cwmp:ID of any length and content is kept; without one it is null", () => {
  const id = "😀&lt; ".repeat(1000);
  assert.equal(decodeEnvelope(envelopeOf(REBOOT, `<c:ID s:mustUnderstand="1">${id}</c:ID>`)).id, "😀< ".repeat(1000));
  assert.equal(decodeEnvelope(envelopeOf(REBOOT)).id, null);
  assert.equal(decodeEnvelope(envelopeOf(REBOOT, "<ID>foreign</ID>")).id, null);
});

test("C-044 HoldRequests is 0, 1, true or false, and absent means false", () => {
  const hold = (word: string) =>
    decodeEnvelope(envelopeOf(REBOOT, `<c:HoldRequests s:mustUnderstand="1">${word}</c:HoldRequests>`)).holdRequests;
  assert.deepEqual(["1", "true", " True ", "0", "false", ""].map(hold), [true, true, true, false, false, false]);
  assert.equal(decodeEnvelope(envelopeOf(REBOOT)).holdRequests, false);
  assert.throws(() => hold("perhaps"), /HoldRequests/);
});

test("C-048 C-050 the namespace gives the version, UseCWMPVersion stands beside it", () => {
  const text = envelopeOf("<c:InformResponse/>", '<c:UseCWMPVersion s:mustUnderstand="1"> 1.3 </c:UseCWMPVersion>');
  const newer = decodeEnvelope(text.replace("cwmp-1-0", "cwmp-1-2"));
  assert.deepEqual([newer.version, newer.useCwmpVersion], ["1.2", "1.3"]);
  const older = decodeEnvelope(envelopeOf("<c:InformResponse/>"));
  assert.deepEqual([older.version, older.useCwmpVersion], ["1.0", null]);
});

test("C-049 every CWMP namespace that an ACS may write is read as one, and no other", () => {
  const nameIn = (namespace: string) => {
    const { body } = decodeEnvelope(envelopeOf(REBOOT).replace("urn:dslforum-org:cwmp-1-0", namespace));
    return body.kind === "request" ? body.name : assert.fail("not a request");
  };
  for (const minor of [0, 1, 2, 3, 4]) assert.equal(nameIn(`urn:dslforum-org:cwmp-1-${minor}`), "Reboot");
  for (const foreign of ["urn:dslforum-org:cwmp-1-5", "urn:dslforum-org:cwmp-2-0", "urn:dslforum-org:cwmp-1-22"])
    assert.equal(nameIn(foreign), `{${foreign}}Reboot`);
});

test("C-005 nothing is said by blanks, and by an envelope with nothing in its Body", () => {
  for (const text of ["", " \r\n\t", "\uFEFF\n", envelopeOf(""), envelopeOf(" \n"), envelopeOf("<!-- x -->")])
    assert.equal(decodeMessage(text), null);
  assert.throws(() => decodeMessage(envelopeOf("done")), /text instead of a message/);
});

test("C-064 blanks before the XML declaration are no harm", () => {
  for (const before of ["\n", "  \r\n", "\uFEFF", "\uFEFF\n"])
    assert.equal(decodeEnvelope(`${before}<?xml version="1.0"?>\n${envelopeOf(REBOOT)}`).body.kind, "request");
  assertRefused(`x<?xml version="1.0"?>${envelopeOf(REBOOT)}`, /not well-formed|refused/);
});

test("C-045 C-062 header entries: known ones are understood, foreign ones only need be if they say so", () => {
  const foreign = (attributes: string) => `<x:Sign xmlns:x="urn:x" ${attributes}/>`;
  const missed = (header: string) => decodeEnvelope(envelopeOf(REBOOT, header)).notUnderstood;
  assert.deepEqual(missed('<c:NoMoreRequests s:mustUnderstand="1">1</c:NoMoreRequests>'), []);
  assert.deepEqual(missed('<c:SessionTimeout s:mustUnderstand="1">60</c:SessionTimeout>'), []);
  assert.deepEqual(missed('<c:Novelty s:mustUnderstand="1"/>'), ["Novelty"]);
  assert.deepEqual(missed(foreign('s:mustUnderstand="1"') + foreign('s:mustUnderstand="true"')), ["Sign", "Sign"]);
  assert.deepEqual(missed(foreign('s:mustUnderstand="0"') + foreign("") + foreign('mustUnderstand="1"')), []);
  assert.deepEqual(missed(foreign('s:mustUnderstand="1" s:actor="urn:someone-else"')), []);
  const next = "http://schemas.xmlsoap.org/soap/actor/next";
  assert.deepEqual(missed(foreign(`s:mustUnderstand="1" s:actor="${next}"`)), ["Sign"]);
});

test("C-060 an unknown RPC, or one in a foreign namespace, is a request that can be answered", () => {
  const nameOf = (element: string) => {
    const { body, id } = decodeEnvelope(envelopeOf(element, '<c:ID s:mustUnderstand="1">7</c:ID>'));
    assert.equal(id, "7");
    return body.kind === "request" ? body.name : assert.fail("not a request");
  };
  assert.equal(nameOf("<c:X_Dance/>"), "X_Dance");
  assert.equal(nameOf('<x:Reboot xmlns:x="urn:foo"/>'), "{urn:foo}Reboot");
  assert.equal(nameOf("<Reboot/>"), "{}Reboot");
  assert.equal(nameOf("<c:Response/>"), "Response");
});

for (const [what, text, reason] of [
  ["XML that is not well-formed", envelopeOf("<c:Reboot>"), /not well-formed/],
  ["a DOCTYPE", `<!DOCTYPE a>${envelopeOf(REBOOT)}`, /DOCTYPE/],
  ["no envelope", "<html/>", /not a SOAP 1.1 envelope/],
  [
    "another root in the SOAP namespace",
    '<s:Fault xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
    /not a SOAP/,
  ],
  ["no Body", '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>', /no Body/],
  ["an empty Body", envelopeOf(" "), /empty Body/],
  ["two RPCs in one Body", envelopeOf(REBOOT + REBOOT), /more than one message/],
  ["two Bodies", envelopeOf(`${REBOOT}</s:Body><s:Body>`), /more than one message/],
  ["a response in a foreign namespace", envelopeOf('<x:InformResponse xmlns:x="urn:foo"/>'), /not CWMP's/],
] as const) {
  test(`C-063 ${what} is refused`, () => assertRefused(text, reason));
}

test("C-038 SOAP 1.2 is refused by name", () => {
  const soap12 = envelopeOf(REBOOT).replace(
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
  );
  assertRefused(soap12, /SOAP 1\.2/);
});

test("C-057 C-059 a fault is read with its parameter faults", () => {
  const parameterFaults = [{ parameterName: "Device.A", faultCode: 9007, faultString: "bad & wrong" }] as const;
  const xml = encodeFault(new CwmpFault(9003, "why", { parameterFaults }), { id: "1", version: "1.2" });
  const { body, version, id } = decodeEnvelope(xml);
  assert.deepEqual(body, { kind: "fault", faultCode: 9003, faultString: "Invalid arguments: why", parameterFaults });
  assert.deepEqual([version, id], ["1.2", "1"]);
});

test("an incomplete fault is still a fault", () => {
  const faultOf = (content: string) => decodeEnvelope(envelopeOf(`<s:Fault>${content}</s:Fault>`)).body;
  const fault = (faultCode: number, faultString: string) => ({
    kind: "fault",
    faultCode,
    faultString,
    parameterFaults: [],
  });
  assert.deepEqual(faultOf("<faultcode>Server</faultcode><faultstring>broken</faultstring>"), fault(0, "broken"));
  assert.deepEqual(faultOf(""), fault(0, ""));
  assert.deepEqual(faultOf("<detail><c:Fault><FaultCode>8005</FaultCode></c:Fault></detail>"), fault(8005, ""));
  assert.deepEqual(faultOf("<detail><c:Fault><FaultCode>-1</FaultCode></c:Fault></detail>"), fault(0, ""));
});

test("a fault as GenieACS writes it is a clear error", () => {
  const fault =
    "<s:Body:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><c:Fault>" +
    "<FaultCode>8003</FaultCode><FaultString>Invalid arguments</FaultString></c:Fault></detail></s:Body:Fault>";
  assertRefused(envelopeOf(fault), /a name with more than one colon/);
});

test("C-052 an envelope with 10,000 names is read", { timeout: 600_000 }, () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `<string>Device.Table.${index}.Name</string>`).join("");
  const { body } = decodeEnvelope(
    envelopeOf(`<c:GetParameterValues><ParameterNames>${names}</ParameterNames></c:GetParameterValues>`),
  );
  assert.ok(body.kind === "request" && body.element.children[0]?.children.length === 10_000);
});
