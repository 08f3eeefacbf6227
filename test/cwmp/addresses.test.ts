import assert from "node:assert/strict";
import { test } from "node:test";
import { isHost, isHostWithPort, isJabberId, isUrlOf, parseHttpUrl } from "../../src/cwmp/addresses.ts";

const LONG_LABEL = "a".repeat(64);
const LONG_NAME = `${"a.".repeat(130)}example`;

function table(check: (text: string) => boolean, good: readonly string[], bad: readonly string[]): void {
  for (const text of good) assert.ok(check(text), `${text} is taken`);
  for (const text of bad) assert.ok(!check(text), `${text} is refused`);
}

test("an http URL is one that can be connected to", () => {
  table(
    (text) => parseHttpUrl(text) !== null,
    [
      "http://acs.example/",
      "https://acs.example:65535/cwmp?x=1",
      "http://192.0.2.1:7547",
      "http://[2001:db8::1]:7547/",
      "http://acs_1.example.",
      "http://xn--bcher-kva.example/",
      "http://user:secret@acs.example/",
      "http://localhost",
    ],
    [
      "",
      "acs.example",
      "ftp://acs.example/",
      "http://acs.example:99999/",
      "http://acs.example:0/",
      "http://999.1.1.1/",
      "http://1.2.3.4.5/",
      "http://[::::]/",
      "http://[fe80::1%25eth0]/",
      "http://a%zz/",
      "http://a%00b/",
      "http://a..b/",
      "http://.example/",
      "http://-acs.example/",
      "http://a~b/",
      `http://${LONG_LABEL}.example/`,
      `http://${LONG_NAME}/`,
      "http://",
      "http://:80/",
      "http:// acs.example/x y",
    ],
  );
});

test("a file URL has one of the schemes that are asked for, and a host", () => {
  table(
    (text) => isUrlOf(["http", "https", "ftp", "tftp"], text),
    [
      "http://a.example/x y.cfg",
      "ftp://u:p@a.example/",
      "tftp://192.0.2.1/a",
      "tftp://[2001:db8::1]/",
      "tftp://a.example:69/a",
    ],
    [
      "file:///etc/passwd",
      "tftp:///a",
      "tftp://999.1.1.1/",
      "ftp://a.example:99999/",
      "tftp://a.example:0/",
      "ftp://[::::]/",
    ],
  );
});

test("a host is a name, an IPv4 address or an IPv6 address, and nothing around it", () => {
  const hosts = ["stun.example", "localhost", "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "stun_1.example."];
  table(
    isHost,
    [...hosts, "::ffff:192.0.2.1"],
    [
      ...["", "a b", "a.example:3478", "stun:a.example", "http://a.example", "a.example/", "a@b", "999.1.1.1", "1.2.3"],
      ...[
        "0x7f.1",
        "256.1.1.1",
        "1.2.3.4.",
        "::::",
        "[::1",
        "fe80::1%eth0",
        "a..b",
        "-a.example",
        LONG_LABEL,
        "a\nb",
        "a%41",
      ],
    ],
  );
  table(
    isHostWithPort,
    [...hosts, "ntp.example.net:123", "192.0.2.1:123", "[2001:db8::1]:123"],
    [
      ...[
        "",
        "a b",
        "ntp.example:0",
        "ntp.example:99999",
        "ntp.example:",
        ":123",
        "999.1.1.1:123",
        "2001:db8::1:99999",
      ],
      ...["ntp.example:123:4"],
    ],
  );
});

test("a Jabber ID has a domain, and may have a user and a resource", () => {
  table(
    isJabberId,
    [
      "acs@xmpp.example",
      "acs@xmpp.example/cpe 1",
      "xmpp.example",
      "xmpp.example/r",
      "a.b+c@192.0.2.1",
      "é@xmpp.example",
    ],
    [
      "",
      "@xmpp.example",
      "acs@",
      "a@b@c",
      "a b@xmpp.example",
      "acs@xmpp.example/",
      "acs@999.1.1.1",
      "acs@x..y",
      "a<b@x.example",
    ],
  );
});
