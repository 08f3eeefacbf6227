import assert from "node:assert/strict";
import { test } from "node:test";
import { cseqOf, headerOf, headersOf, listOf, type SipMessage } from "../../../src/sip/message/message.ts";
import { MAX_BODY_BYTES, MAX_HEAD_BYTES, parseMessage } from "../../../src/sip/message/parse.ts";

const parse = (text: string): SipMessage | null => parseMessage(Buffer.from(text, "utf8"));

function parsed(text: string): SipMessage {
  const message = parse(text);
  assert.ok(message !== null);
  return message;
}

test("a request is read with its headers under their usual names, and its body by its length", () => {
  const message = parsed("INVITE sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP x\r\nCALL-id:  7 \r\nX-Own: y\r\nl: 2\r\n\r\nhi");
  assert.ok(message.kind === "request");
  assert.deepEqual([message.method, message.uri, message.version], ["INVITE", "sip:a@b", "SIP/2.0"]);
  assert.deepEqual(message.headers, [
    { name: "Via", value: "SIP/2.0/UDP x" },
    { name: "Call-ID", value: "7" },
    { name: "X-Own", value: "y" },
    { name: "Content-Length", value: "2" },
  ]);
  assert.equal(Buffer.from(message.body).toString(), "hi");
  assert.equal(message.fault, null);
});

test("a response is read, with or without a reason", () => {
  const one = parsed("SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое\r\n\r\n");
  assert.ok(one.kind === "response");
  assert.deepEqual([one.status, one.reason], [200, "= 2**3 * 5**2 но сто девяносто девять - простое"]);
  const bare = parsed("SIP/2.0 100\r\n\r\n");
  assert.ok(bare.kind === "response");
  assert.deepEqual([bare.status, bare.reason], [100, ""]);
});

test("empty lines in front, bare line feeds, folded lines and white space before the colon are taken", () => {
  const message = parsed("\r\n\r\nOPTIONS sip:a SIP/2.0\nSubject : one\n two\n\tthree\nTo: <sip:a>\n\n");
  assert.equal(headerOf(message, "Subject"), "one two three");
  assert.equal(headerOf(message, "To"), "<sip:a>");
});

test("a list is split over lines and commas, but not in quotes and angle brackets", () => {
  const message = parsed('OPTIONS sip:a SIP/2.0\r\nContact: "a, \\"b" <sip:1,2@x>;q=1 , sip:c\r\nm: <sip:d>\r\n\r\n');
  assert.deepEqual(listOf(message, "Contact"), ['"a, \\"b" <sip:1,2@x>;q=1', "sip:c", "<sip:d>"]);
  assert.equal(headersOf(message, "Contact").length, 2);
});

test("a datagram's body that is longer than it says is cut, and one that is shorter is a fault", () => {
  const long = parsed("OPTIONS sip:a SIP/2.0\r\nContent-Length: 1\r\n\r\nabc");
  assert.deepEqual([Buffer.from(long.body).toString(), long.fault], ["a", null]);
  const short = parsed("OPTIONS sip:a SIP/2.0\r\nContent-Length: 9\r\n\r\nabc");
  assert.equal(short.fault, "the body is shorter than Content-Length");
});

for (const [what, lines, fault] of [
  ["negative length", "Content-Length: -1", "Content-Length must be a number"],
  ["length that is not a number", "Content-Length: ten", "Content-Length must be a number"],
  ["two lengths", "Content-Length: 1\r\nContent-Length: 2", "Content-Length is there twice"],
  ["line without a colon", "Content-Length", "a header line cannot be read"],
  ["name with a space", "Two Words: x", "a header line cannot be read"],
] as const) {
  test(`a ${what} is a fault that can be answered`, () => {
    assert.equal(parsed(`OPTIONS sip:a SIP/2.0\r\n${lines}\r\n\r\n`).fault, fault);
  });
}

for (const [what, text] of [
  ["nothing", ""],
  ["a keep-alive", "\r\n\r\n"],
  ["a head that does not end", "OPTIONS sip:a SIP/2.0"],
  ["a request of another protocol", "GET / HTTP/1.1\r\n\r\n"],
  ["a response with a status of four digits", "SIP/2.0 4294967301 better not break the receiver\r\n\r\n"],
  ["a response with a status below 100", "SIP/2.0 099 x\r\n\r\n"],
  ["too many headers", `OPTIONS sip:a SIP/2.0\r\n${"A: b\r\n".repeat(257)}\r\n`],
  ["a head that is too long", `OPTIONS sip:a SIP/2.0\r\nA: ${"b".repeat(MAX_HEAD_BYTES)}\r\n\r\n`],
  ["a body that is too long", `OPTIONS sip:a SIP/2.0\r\n\r\n${"b".repeat(MAX_BODY_BYTES + 1)}`],
] as const) {
  test(`${what} is no message`, () => {
    assert.equal(parse(text), null);
  });
}

test("white space within the Request-URI stays, for whoever refuses it", () => {
  const message = parsed("INVITE sip:a@b; lr  SIP/2.0 \r\n\r\n");
  assert.ok(message.kind === "request");
  assert.deepEqual([message.uri, message.version], ["sip:a@b; lr", "SIP/2.0"]);
});

test("CSeq is a number below 2^31 and a method", () => {
  const cseq = (value: string) => cseqOf(parsed(`OPTIONS sip:a SIP/2.0\r\nCSeq: ${value}\r\n\r\n`));
  assert.deepEqual(cseq("0009   INVITE"), { number: 9, method: "INVITE" });
  for (const bad of ["2147483648 OPTIONS", "36893488147419103232 OPTIONS", "-1 OPTIONS", "OPTIONS", "1"]) {
    assert.equal(cseq(bad), null, bad);
  }
});
