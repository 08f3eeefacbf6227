import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAutop, valueRefusal } from "../../src/autop/document.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";

const FILE = [
  "# phone 12",
  "; made by hand",
  "",
  "Config.Network.LAN.Type = 0",
  "  config.account1.general.USERNAME=1001 ",
  "Config.Account1.SIP.Server   =   sip.example.com",
  "Config.Account1.SIP.Port =",
  "Config.Settings.OTHERS.Title = a # b = c",
  "not a setting",
  "= nothing",
  "Config.Own.THING.Item = kept",
].join("\n");

test("values are found in any case, without the blanks around them", () => {
  const document = parseAutop(FILE);
  assert.equal(document.get("Config.Account1.GENERAL.UserName"), "1001");
  assert.equal(document.get("CONFIG.ACCOUNT1.SIP.SERVER"), "sip.example.com");
  assert.equal(document.get("Config.Account1.SIP.Port"), "");
  assert.equal(document.get("Config.Account2.SIP.Port"), undefined);
  assert.equal(document.has("config.network.lan.type"), true);
});

test("a value is all behind the first equals sign, with its # and =", () => {
  assert.equal(parseAutop(FILE).get("Config.Settings.OTHERS.Title"), "a # b = c");
});

test("comments are not settings", () => {
  const document = parseAutop("#Config.A.B.C = 1\n ; Config.A.B.D = 2\n# Config.A.B.E=3");
  for (const key of ["Config.A.B.C", "Config.A.B.D", "Config.A.B.E", "#Config.A.B.C"]) assert.ok(!document.has(key));
});

test("a change touches the value of its line alone: the key keeps the file's own spelling", () => {
  const document = parseAutop(FILE);
  document.set("Config.Account1.GENERAL.UserName", "2002");
  document.set("Config.Account1.SIP.Server", "pbx");
  document.set("Config.Account1.SIP.Port", "5080");
  document.set("Config.Settings.OTHERS.Title", "");
  assert.equal(
    document.toText(),
    FILE.replace("USERNAME=1001 ", "USERNAME=2002 ")
      .replace("sip.example.com", "pbx")
      .replace("Port =", "Port = 5080")
      .replace("Title = a # b = c", "Title ="),
  );
});

test("the same value again leaves the line as it is", () => {
  const document = parseAutop(FILE);
  document.set("Config.Account1.GENERAL.UserName", "1001");
  assert.equal(document.toText(), FILE);
});

test("a new key comes behind the last of its file section, or at the end", () => {
  const document = parseAutop("Config.Account1.SIP.Port = 1\nConfig.Voice.A.B = 2\n");
  document.set("Config.Account1.GENERAL.Label", "desk");
  document.set("Config.Account1.GENERAL.Pwd", "");
  document.set("Config.Account11.GENERAL.Label", "hall");
  assert.equal(
    document.toText(),
    "Config.Account1.SIP.Port = 1\nConfig.Account1.GENERAL.Label = desk\nConfig.Account1.GENERAL.Pwd =\n" +
      "Config.Voice.A.B = 2\nConfig.Account11.GENERAL.Label = hall\n",
  );
});

test("a new key extends the section that is there, in that section's spelling", () => {
  const document = parseAutop(
    "Config.Account1.General.Label = a\nConfig.Account1.Sip.Port =\nConfig.account2.X.Y = 1\nConfig.Firmware.url = u\n",
  );
  document.set("Config.Account1.GENERAL.Pwd", "s");
  document.set("Config.Account1.REG.Timeout", "60");
  document.set("Config.Account2.GENERAL.Label", "b");
  document.set("Config.Firmware.Url", "v");
  assert.equal(
    document.toText(),
    "Config.Account1.General.Label = a\nConfig.Account1.General.Pwd = s\nConfig.Account1.Sip.Port =\n" +
      "Config.Account1.REG.Timeout = 60\nConfig.account2.X.Y = 1\nConfig.account2.GENERAL.Label = b\nConfig.Firmware.url = v\n",
  );
  assert.equal(document.get("Config.Account1.GENERAL.Pwd"), "s");
});

for (const [line, value] of [
  ["Config.A.B.C = 1   //RFC2833//", "1"],
  ["Config.A.B.C=1\t// two words //  ", "1"],
  ["Config.A.B.C = 1 //a// //b//", "1"],
  ["Config.A.B.C = http://a.example/b// //the server//", "http://a.example/b//"],
  ["Config.A.B.C =   //left empty//", ""],
  ["Config.A.B.C = 1 ///path//", "1"],
  ["Config.A.B.C = http://a.example//b//", "http://a.example//b//"],
  ["Config.A.B.C =//a//", "//a//"],
  ["Config.A.B.C = //server/share", "//server/share"],
  ["Config.A.B.C = 1 //no end", "1 //no end"],
  ["Config.A.B.C = 1 //", "1 //"],
  ["Config.A.B.C = 1 ////", "1 ////"],
] as const) {
  test(`the value of ${JSON.stringify(line)} is ${JSON.stringify(value)}`, () => {
    assert.equal(parseAutop(line).get("Config.A.B.C"), value);
    assert.equal(parseAutop(`${line}\r\n`).get("Config.A.B.C"), value);
  });
}

test("a comment behind a value outlives its change, unless it would swallow a part of the new one", () => {
  const changed = (line: string, value: string): string => {
    const document = parseAutop(line);
    document.set("Config.A.B.C", value);
    assert.equal(document.get("Config.A.B.C"), value);
    return document.toText();
  };
  assert.equal(changed("Config.A.B.C = 1  //on//", "0"), "Config.A.B.C = 0  //on//");
  assert.equal(changed("Config.A.B.C = 1  //on//", ""), "Config.A.B.C =  //on//");
  assert.equal(changed("Config.A.B.C =  //on//", "1"), "Config.A.B.C = 1  //on//");
  assert.equal(changed("Config.A.B.C = 1 //on//", "a //b"), "Config.A.B.C = a //b");
});

test("of a key that stands twice the last one counts, for reading and for writing", () => {
  const document = parseAutop("Config.A.B.C = 1\nconfig.a.b.c = 2\n");
  assert.equal(document.get("Config.A.B.C"), "2");
  assert.equal(document.lineOf("Config.A.B.C"), 2);
  document.set("Config.A.B.C", "3");
  assert.equal(document.toText(), "Config.A.B.C = 1\nconfig.a.b.c = 3\n");
});

test("line ends, a missing last one and a byte order mark survive", () => {
  const document = parseAutop("\uFEFFConfig.A.B.C = 1\r\n# x\nConfig.D.B.C = 2");
  document.set("Config.A.B.C", "9");
  document.set("Config.A.B.D", "new");
  document.set("Config.D.B.D", "last");
  assert.equal(
    document.toText(),
    "\uFEFFConfig.A.B.C = 9\r\nConfig.A.B.D = new\r\n# x\nConfig.D.B.C = 2\r\nConfig.D.B.D = last",
  );
});

test("a key in an empty text makes one whole line", () => {
  const document = parseAutop("");
  document.set("Config.A.B.C", "1");
  assert.equal(document.toText(), "Config.A.B.C = 1\n");
});

test("line numbers count from 1 and follow what is inserted", () => {
  const document = parseAutop(FILE);
  assert.equal(document.lineOf("Config.Account1.SIP.Server"), 6);
  assert.equal(document.lineOf("Config.Own.THING.Item"), 11);
  document.set("Config.Network.LAN.StaticIP", "192.0.2.7");
  assert.equal(document.lineOf("Config.Network.LAN.StaticIP"), 5);
  assert.equal(document.lineOf("Config.Own.THING.Item"), 12);
  assert.equal(document.lineOf("Config.Not.THERE.Item"), null);
});

for (const [what, value] of [
  ["a line break", "one\ntwo"],
  ["a carriage return", "one\rtwo"],
  ["a NUL", "one\0"],
  ["a blank in front", " secret"],
  ["a tab behind", "secret\t"],
  ["half a character", "\ud800"],
  ["what looks like a comment", "secret //note//"],
  ["nothing but what looks like a comment", "//secret//"],
] as const) {
  test(`a value with ${what} is refused, without being quoted`, () => {
    const document = parseAutop("Config.A.B.C = 1\n");
    assert.throws(
      () => document.set("Config.A.B.C", value),
      (error) =>
        isAgentError(error, "BACKEND_REFUSED") &&
        error.message.startsWith("Config.A.B.C: the phone's file cannot hold a value") &&
        !error.message.includes("secret"),
    );
    assert.equal(document.toText(), "Config.A.B.C = 1\n");
  });
}

test("long runs of blanks cost no more than their length", () => {
  const blanks = " ".repeat(300_000);
  const document = parseAutop(`${blanks}Config.A.B.C${blanks}=${blanks}x${blanks}x${blanks}`);
  assert.equal(document.get("Config.A.B.C"), `x${blanks}x`);
});

/** The same texts in every run. */
const SAME_RUNS = { seed: 7, numRuns: 400 };

const key = fc.constantFrom("Config.A.B.C", "Config.A.B.D", "config.a.b.c", "Config.E.F.G", "CONFIG.E.f.G");
const value = fc.string({ unit: "grapheme" }).filter((text) => valueRefusal(text) === null);
const line = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.tuple(key, fc.constantFrom("=", " = ", " =", "\t=  "), fc.string()).map((parts) => parts.join("")),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r", "")))
  .map((lines) => lines.map((parts) => parts.join("")).join(""));

test("whatever the text is, it is written as it was read", () => {
  fc.assert(
    fc.property(text, (content) => parseAutop(content).toText() === content),
    SAME_RUNS,
  );
});

test("whatever the text is, a key that was set reads back, then and from the file", () => {
  fc.assert(
    fc.property(text, key, value, (content, name, wanted) => {
      const document = parseAutop(content);
      document.set(name, wanted);
      assert.equal(document.get(name), wanted);
      assert.equal(parseAutop(document.toText()).get(name), wanted);
    }),
    SAME_RUNS,
  );
});

test("whatever the text is, setting a key leaves the other lines alone", () => {
  fc.assert(
    fc.property(text, key, value, (content, name, wanted) => {
      const document = parseAutop(content);
      document.set(name, wanted);
      const changed = document.lineOf(name) ?? 0;
      const after = document.toText().split("\n");
      const before = content.split("\n");
      const inserted = !parseAutop(content).has(name);
      after.splice(changed - 1, 1, ...(inserted ? [] : [before[changed - 1] ?? ""]));
      const plain = (lines: readonly string[]) =>
        lines.map((one) => one.replace(/\r+$/, "")).filter((one) => one !== "");
      assert.deepEqual(plain(after), plain(before));
    }),
    SAME_RUNS,
  );
});
