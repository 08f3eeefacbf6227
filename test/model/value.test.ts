import assert from "node:assert/strict";
import test from "node:test";
import {
  allowedInFile,
  allowedValues,
  canonicalValue,
  checkValue,
  decodeFromFile,
  valueOnWire,
} from "../../src/model/value.ts";
import { declaredAs } from "../helpers/data-model.ts";

/** Every text of `good` can be set, no text of `bad` can. */
function checks(name: string, fields: string, good: readonly string[], bad: readonly string[]): void {
  test(name, () => {
    const def = declaredAs(`access: rw, agent: stored, ${fields}`);
    for (const value of good) assert.equal(checkValue(def, value), null, `${JSON.stringify(value)} can be set`);
    for (const value of bad) assert.notEqual(checkValue(def, value), null, `${JSON.stringify(value)} cannot be set`);
  });
}

checks(
  "C-261 a length counts characters, not bytes or UTF-16 units",
  "type: string, maxLength: 4",
  ["äöüß", "😀😀😀😀", ""],
  ["abcde", "😀😀😀😀😀"],
);
checks(
  "C-262 an int has 32 bits and is written in decimal",
  "type: int",
  ["-2147483648", "2147483647", "0", "-1"],
  ["-2147483649", "2147483648", "", "0x10", "1e3", "1.0", " 1", "1 ", "one", "9".repeat(1_000_000)],
);
checks("C-262 an unsignedInt has 32 bits", "type: unsignedInt", ["0", "4294967295"], ["-1", "4294967296"]);
checks(
  "C-262 a long has 64 bits and loses no digit",
  "type: long",
  ["9223372036854775807", "-9223372036854775808"],
  ["9223372036854775808", "-9223372036854775809"],
);
checks(
  "C-262 an unsignedLong has 64 bits",
  "type: unsignedLong",
  ["18446744073709551615"],
  ["18446744073709551616", "-1"],
);
checks(
  "C-263 a range is enforced, both ends belonging to it",
  "type: unsignedInt, range: 1..15, default: 1",
  ["1", "15"],
  ["0", "16"],
);
checks("C-263 a range can be open at one end", "type: int, range: -1..", ["-1", "2147483647"], ["-2"]);
checks(
  "C-263 an enumeration is enforced, letter for letter",
  "type: string, enumeration: [DHCP, Static], default: DHCP",
  ["DHCP", "Static"],
  ["dhcp", "", "DHCP "],
);
checks(
  "C-263 a pattern is for the whole value",
  'type: string, pattern: "[0-9]+|x", default: x',
  ["12", "x"],
  ["12x", "", "xx"],
);
checks(
  "C-135 a boolean is 0, 1, true or false",
  "type: boolean",
  ["0", "1", "true", "false"],
  ["TRUE", "yes", "", "2", " 1"],
);
checks(
  "C-265 base64 is counted in decoded bytes",
  "type: base64, maxLength: 3",
  ["", "AAAA", "AA==", "AAA="],
  ["AAAAAAAA", "AAA", "A===", "AA==AAAA"],
);
checks(
  "C-265 hexBinary has an even number of digits and is counted in bytes",
  "type: hexBinary, maxLength: 2",
  ["", "0aFF"],
  ["0", "0aFF00", "0g"],
);
checks(
  "C-266 a dateTime is in UTC, and only a time since the start has no zone",
  "type: dateTime",
  [
    "2031-12-24T18:30:00Z",
    "2031-12-24T18:30:00.000Z",
    "2024-02-29T00:00:00+00:00",
    "2031-12-24T18:30:00-00:00",
    "0001-01-02T03:04:05",
  ],
  [
    "2031-12-24T18:30:00",
    "2031-12-24T18:30:00+02:00",
    "2031-02-29T00:00:00Z",
    "2031-13-01T00:00:00Z",
    "2031-04-31T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2031-12-24T24:00:00Z",
    "2031-12-24T18:60:00Z",
    "0000-01-01T00:00:00Z",
    "2031-12-24",
    "",
  ],
);
checks(
  "C-267 the unknown and the infinite time are times",
  "type: dateTime",
  ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
  [],
);
checks(
  "C-268 a list has one comma a separator, none at its end, and every item is checked",
  "type: string, list: true, enumeration: [UDP, TCP]",
  ["", "UDP", "UDP,TCP", "UDP , TCP"],
  ["UDP,", ",UDP", "UDP,,TCP", "UDP TCP", "UDP,SCTP", " "],
);
checks(
  "C-268 the length of a list is that of its text",
  "type: unsignedInt, list: true, maxLength: 5, default: 1",
  ["1,2,3"],
  ["1,2,34"],
);
checks(
  "C-065 characters that XML 1.0 cannot carry are refused",
  "type: string",
  ["\t\n\r", "\uFFFD", "😀"],
  ["a\u0000b", "\u001B", "\uFFFE", "\uD800"],
);
checks(
  "C-277 an IP address is dotted IPv4 or IPv6 without a zone, or empty",
  "type: string, maxLength: 45, format: ipAddress",
  [
    "",
    "0.0.0.0",
    "192.168.1.255",
    "::",
    "::1",
    "1::",
    "2001:db8::8:800:200c:417a",
    "1:2:3:4:5:6:7:8",
    "::ffff:10.0.0.1",
  ],
  [
    "256.0.0.1",
    "1.2.3",
    "01.2.3.4",
    "fe80::1%eth0",
    "1::2::3",
    "1:2:3:4:5:6:7::8",
    "1:2:3:4:5:6:7",
    "::10.0.0.256",
    " 1.2.3.4",
  ],
);
checks(
  "C-277 a MAC address has colons, or is empty",
  "type: string, format: macAddress",
  ["", "0C:11:05:aa:bb:cc"],
  ["0C-11-05-AA-BB-CC", "0C1105AABBCC", "0C:11:05:aa:bb"],
);
checks(
  "a netmask is ones, then zeros",
  "type: string, format: subnetMask",
  ["", "255.255.255.0", "255.255.240.0", "0.0.0.0"],
  ["255.0.255.0", "255.255.255.1", "::1"],
);
checks(
  "C-034 a host is what can be looked up, with a port only where the format says so",
  "type: string, format: host",
  ["", "stun.example", "192.0.2.1", "2001:db8::1"],
  ["a b", "stun.example:3478", "999.1.1.1", "stun:a", "a..b"],
);
checks(
  "C-034 a host with a port",
  "type: string, format: hostWithPort",
  ["", "ntp.example", "ntp.example:123", "[2001:db8::1]:123"],
  ["a b", "ntp.example:0", "ntp.example:99999", "999.1.1.1:123"],
);
checks(
  "C-034 each Jabber ID of a list is one",
  "type: string, list: true, format: jabberId",
  ["", "acs@xmpp.example", "acs@xmpp.example/cpe,other@xmpp.example"],
  ["@xmpp.example", "acs@", "acs@xmpp.example,a@b@c"],
);
checks(
  "C-034 the URL of an ACS is http or https",
  "type: string, format: httpUrl",
  ["", "http://acs", "https://acs.example.net:7547/a/b?c=d", "http://[2001:db8::1]:80/", "http://10.0.0.1"],
  [
    "ftp://acs/",
    "http://",
    "acs.example.net",
    "http:// acs/",
    "http://user:secret@acs/",
    "http://acs/a b",
    "http://acs:port/",
    "http://acs.example:99999/",
    "http://999.1.1.1/",
    "http://[::::]/",
    "http://a%zz/",
  ],
);
checks(
  "a time zone is the phone's offset or a POSIX zone",
  "type: string, format: timeZone",
  [
    "",
    "+08:00",
    "-5",
    "0",
    "UTC0",
    "GMT+3:00",
    "EST+5 EDT,M4.1.0/2,M10.5.0/2",
    "CET-1CEST",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "<+0330>-3:30",
  ],
  [
    "8h",
    "Europe/Berlin",
    "+15:00",
    "GMT+25:00",
    "CET-99",
    "CET",
    "+8:60",
    "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,J0,J9",
  ],
);

test("C-135 C-262 blanks around a typed value have no meaning, those of a text have", () => {
  const meant = (type: string, text: string) =>
    valueOnWire(declaredAs(`access: rw, agent: stored, type: ${type}`), text);
  assert.equal(meant("unsignedInt", "\n  300 \r\n"), "300");
  assert.equal(meant("unsignedInt", "+0300"), "300");
  assert.equal(meant("int", " -0 "), "0");
  assert.equal(meant("long", "-09223372036854775808"), "-9223372036854775808");
  assert.equal(meant("boolean", "\ttrue\n"), "true");
  assert.equal(meant("dateTime", " 2024-01-01T00:00:00Z "), "2024-01-01T00:00:00Z");
  assert.equal(meant("hexBinary", "\n00FF\n"), "00FF");
  assert.equal(meant("string", " a \n"), " a \n");
  assert.equal(meant("unsignedInt", "3 00"), "3 00");
  assert.equal(meant("unsignedInt", "\u00A0300"), "\u00A0300");
  assert.equal(meant("unsignedInt", " "), "");
});

test("C-264 a boolean reads back as true or false, however it was written", () => {
  const def = declaredAs("type: boolean, access: rw, agent: stored");
  assert.deepEqual(
    ["0", "1", "false", "true"].map((value) => canonicalValue(def, value)),
    ["false", "true", "false", "true"],
  );
});

test("everything but a boolean reads back exactly as it was written", () => {
  const number = declaredAs("type: unsignedInt, access: rw, agent: stored");
  assert.equal(canonicalValue(number, "+007"), "+007");
  const time = declaredAs("type: dateTime, access: rw, agent: stored");
  assert.equal(canonicalValue(time, "2031-12-24T18:30:00.000Z"), "2031-12-24T18:30:00.000Z");
});

test("C-261 blanks and line ends of a text are no fault: the agent keeps what a line of the phone's file cannot", () => {
  const def = declaredAs("type: string, access: rw, config: Config.A.B.C");
  for (const value of [" a", "a ", "a\nb", "a\r", "a b\tc # d = e"]) assert.equal(checkValue(def, value), null);
});

test("a number that the phone's file would give back in another form is refused", () => {
  const def = declaredAs(
    "type: unsignedInt, range: 1..13, access: rw, default: 1, config: Config.A.B.C, encoding: rankInversion",
  );
  assert.equal(checkValue(def, "7"), null);
  assert.equal(checkValue(def, "007"), "must be a whole number from 1 to 13, without sign and leading zeros");
});

test("C-281 what is said of a wrong value says what is allowed and never holds the value", () => {
  const def = declaredAs("type: string, maxLength: 8, access: rw, hidden: true, config: Config.A.B.C");
  assert.equal(checkValue(def, "a-long-secret"), "must be at most 8 characters");
  assert.doesNotMatch(checkValue(def, "secret\u0001") ?? "secret", /secret/);
});

test("the allowed values are told in words", () => {
  const told = (fields: string) => allowedValues(declaredAs(`access: rw, agent: stored, ${fields}`));
  assert.equal(told("type: unsignedInt, range: 0..15"), "a whole number from 0 to 15");
  assert.equal(told("type: unsignedInt"), "a whole number from 0 to 4294967295");
  assert.equal(told("type: string, enumeration: [A, B], default: A"), "one of A, B");
  assert.equal(told("type: string, enumeration: [A], default: A"), "A");
  assert.equal(told("type: string, maxLength: 64"), "at most 64 characters");
  assert.equal(told("type: string, format: macAddress"), "a MAC address such as 0C:11:05:00:00:01 or empty");
  assert.equal(told('type: string, pattern: "[0-9]*"'), "text that matches [0-9]*");
  assert.equal(told("type: string, list: true"), "a comma-separated list, each item text");
});

test("a person who edits the phone's file is told its own spelling", () => {
  assert.equal(allowedInFile(declaredAs("type: boolean, access: rw, config: Config.A.B.C")), "0 or 1");
  assert.equal(
    allowedInFile(declaredAs("type: unsignedInt, range: 1..5, default: 1, access: rw, config: Config.A.B.C")),
    "a whole number from 1 to 5",
  );
});

test("the phone's file: missing keys mean the row's default, a refused value means nothing", () => {
  const def = declaredAs("type: unsignedInt, range: 1..15, default: 8, access: rw, config: Config.A.B.C");
  assert.equal(decodeFromFile(def, [undefined], 1), "8");
  assert.equal(decodeFromFile(def, [""], 1), "8");
  assert.equal(decodeFromFile(def, ["3"], 1), "3");
  assert.equal(decodeFromFile(def, ["16"], 1), null);
  assert.equal(decodeFromFile(def, ["loud"], 1), null);
});

test("an item of the file that is left empty is the default, unless empty is a value of its own", () => {
  const read = (fields: string, texts: readonly (string | undefined)[], row = 1): string | null =>
    decodeFromFile(declaredAs(`access: rw, ${fields}`), texts, row);
  assert.equal(read("type: boolean, default: true, config: Config.A.B.C", [""]), "true");
  assert.equal(read("type: boolean, default: false, config: Config.A.B.C", [""]), "false");
  const method = "type: string, enumeration: [InBand, RFC2833, SIPInfo], default: SIPInfo";
  assert.equal(read(`${method}, config: Config.A.B.C, encoding: dtmfMethod`, [""]), "SIPInfo");
  const rank = "type: unsignedInt, range: 1..13, default: 4, config: Config.A.B.C, encoding: rankInversion";
  assert.equal(read(rank, [""]), "4");
  const time = 'type: string, default: "22:15", config: [Config.A.B.C, Config.A.B.D], encoding: hourMinute';
  assert.equal(read(time, ["", "30"]), "22:30");
  assert.equal(read(time, ["7", ""]), "07:00");
  assert.equal(read(time, ["", "99"]), null, "what stands beside it is checked");
  const ports = "type: unsignedInt, default: 5062, config: [Config.A.B.C, Config.A.B.D], encoding: allKeys";
  assert.equal(read(ports, ["", ""]), "5062");
  assert.equal(read(ports, ["", "5070"]), "5070");
  assert.equal(read("type: string, default: pool.ntp.org, config: Config.A.B.C", [""]), "");
  assert.equal(
    read("type: dateTime, default: 2031-12-24T18:30:00Z, config: Config.A.B.C", [""]),
    "0001-01-01T00:00:00Z",
  );
});

test("a ring volume that is left empty is the default of what is shown of it", () => {
  const mute = "type: boolean, access: r, default: false, config: Config.A.B.C, encoding: ringMute";
  assert.equal(decodeFromFile(declaredAs(mute), [""], 1), "false");
});

checks(
  "numbers in steps count from the low end of the range",
  "type: unsignedInt, range: 0..120, step: 6, default: 30",
  ["0", "6", "120"],
  ["5", "121", "126"],
);

test("what the phone's file holds may be beyond what can be set, within limits of its own", () => {
  const port = "access: rw, type: unsignedInt, range: 1024..65535, inFile: { range: 0..65535 }, default: 5060";
  const def = declaredAs(`${port}, config: Config.A.B.C`);
  assert.equal(decodeFromFile(def, ["80"], 1), "80");
  assert.equal(decodeFromFile(def, ["65536"], 1), null);
  assert.notEqual(checkValue(def, "80"), null);
  const wait = "access: rw, type: unsignedInt, range: 0..120, step: 6, inFile: { range: 0..120 }, default: 30";
  assert.equal(decodeFromFile(declaredAs(`${wait}, config: Config.A.B.C`), ["31"], 1), "31");
  const text = declaredAs("access: rw, type: string, maxLength: 2, inFile: { maxLength: 4 }, config: Config.A.B.C");
  assert.deepEqual([decodeFromFile(text, ["abcd"], 1), decodeFromFile(text, ["abcde"], 1)], ["abcd", null]);
});
