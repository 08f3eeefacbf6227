import assert from "node:assert/strict";
import { test } from "node:test";
import { nameAddressText, parseNameAddress, parseUri, uriText } from "../../../src/sip/message/uri.ts";
import { answeredVias, parseVia } from "../../../src/sip/message/via.ts";
import { writeMessage } from "../../../src/sip/message/write.ts";

const shown = (text: string) => {
  const uri = parseUri(text);
  return uri === null ? null : [uri.scheme, uri.user, uri.host, uri.port, Object.fromEntries(uri.params)];
};

test("SIP URIs are read with user, host, port and parameters", () => {
  assert.deepEqual(shown("sip:pbx.example.com"), ["sip", "", "pbx.example.com", null, {}]);
  assert.deepEqual(shown("SIPS:a:pw@PBX:5061;lr;transport=TLS?Subject=x"), [
    ...["sips", "a", "pbx", 5061],
    { lr: "", transport: "TLS" },
  ]);
  assert.deepEqual(shown("sip:1@[2001:db8::1]:5060"), ["sip", "1", "2001:db8::1", 5060, {}]);
  assert.deepEqual(shown("sip:user;par=u%40example.net@example.com"), [
    "sip",
    "user;par=u%40example.net",
    "example.com",
    null,
    {},
  ]);
});

for (const bad of [
  ...["", "sip:", "sip:@", "http://x", "tel:+1", "sip:a b@c", "sip:a@b:0", "sip:a@b:65536", "<sip:a@b>"],
  ...["sip:a@b; lr", `sip:${"a".repeat(1024)}@b`],
]) {
  test(`"${bad.slice(0, 20)}" is no SIP URI`, () => {
    assert.equal(parseUri(bad), null);
  });
}

test("addresses are written so that they are read again, whatever a user is called", () => {
  for (const user of ["1001", "a b", "ü@x", "100%", "<>"]) {
    const uri = parseUri(uriText(user, "pbx.example", 5070));
    assert.equal(decodeURIComponent(uri?.user ?? ""), user);
  }
  assert.equal(uriText("", "2001:db8::1", null), "sip:[2001:db8::1]");
});

test("a name in quotes, without quotes and none at all are read", () => {
  const read = (text: string) => {
    const address = parseNameAddress(text);
    return address && [address.display, address.uri, Object.fromEntries(address.params)];
  };
  assert.deepEqual(read('"A \\"quoted\\" name" <sip:a@b;x=1>;tag=7'), ['A "quoted" name', "sip:a@b;x=1", { tag: "7" }]);
  assert.deepEqual(read("Plain Name <sip:a@b>"), ["Plain Name", "sip:a@b", {}]);
  assert.deepEqual(read("sip:a@b;tag=7;Q=0.5"), ["", "sip:a@b", { tag: "7", q: "0.5" }]);
  for (const bad of ['"open <sip:a@b>', "<sip:a@b", "no address", '"a" b <sip:c>']) assert.equal(read(bad), null, bad);
  assert.equal(nameAddressText('a"\\', "sip:a@b", { tag: "1" }), '"a\\"\\\\" <sip:a@b>;tag=1');
});

test("a Via is read with odd white space, and refused with a port that is none", () => {
  const via = parseVia("SIP / 2.0 / UDP 192.0.2.2 : 5061 ;branch=z9hG4bKx; rport");
  assert.deepEqual(
    [via?.protocol, via?.host, via?.port, via?.params.get("branch"), via?.params.get("rport")],
    [...["UDP", "192.0.2.2", 5061, "z9hG4bKx", ""]],
  );
  assert.equal(parseVia("SIP/2.0/TCP [2001:db8::9:1];branch=b")?.host, "2001:db8::9:1");
  assert.equal(parseVia("SIP/2.0/UDP host:99999"), null);
  assert.equal(parseVia("SIP/7.0/UDP host"), null);
});

test("the first Via of an answer says where the request really came from", () => {
  const from = { host: "198.51.100.7", port: 40_000 };
  assert.deepEqual(answeredVias(["SIP/2.0/UDP 10.0.0.1:5060;rport;branch=b", "SIP/2.0/UDP y"], from), [
    "SIP/2.0/UDP 10.0.0.1:5060;rport=40000;branch=b;received=198.51.100.7",
    "SIP/2.0/UDP y",
  ]);
  assert.deepEqual(answeredVias(["SIP/2.0/UDP 198.51.100.7;branch=b"], from), ["SIP/2.0/UDP 198.51.100.7;branch=b"]);
  assert.deepEqual(answeredVias(["SIP/2.0/UDP 10.0.0.1;branch=b;received=1.1.1.1"], from), [
    "SIP/2.0/UDP 10.0.0.1;branch=b;received=198.51.100.7",
  ]);
});

test("a text from the settings cannot begin a header line of its own", () => {
  const bytes = writeMessage({
    ...{ kind: "response", status: 200, reason: "OK\r\nX: 1", body: Buffer.from("hi") },
    headers: [{ name: "From", value: "a\r\nEvil: 1" }],
  });
  assert.equal(Buffer.from(bytes).toString(), "SIP/2.0 200 OK X: 1\r\nFrom: a Evil: 1\r\nContent-Length: 2\r\n\r\nhi");
});
