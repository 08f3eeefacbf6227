import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeRequest } from "../../src/soap/encode.ts";
import { secretMask } from "../../src/soap/mask.ts";
import { parseXml } from "../../src/soap/xml-reader.ts";

const HIDDEN = new Set(["Password", "ConnectionRequestPassword", "AuthPassword"]);
const SECRET = "hunter2";

const mask = secretMask(HIDDEN);

function struct(name: string, value: string): string {
  return `<ParameterValueStruct><Name>${name}</Name><Value>${value}</Value></ParameterValueStruct>`;
}

test("C-281 the value of a hidden parameter is masked, its neighbours are not", () => {
  const text =
    struct("Device.User", "alice") + struct("Device.Line.1.AuthPassword", SECRET) + struct("Device.Port", "5060");
  assert.equal(mask(text), text.replace(SECRET, "********"));
});

test("C-281 a whole SetParameterValues keeps its form", () => {
  const parameterList = [
    { name: "Device.ManagementServer.Password", value: `${SECRET}<&>\r\n`, type: "string" },
    { name: "Device.ManagementServer.Username", value: "alice", type: "string" },
  ];
  const masked = mask(
    encodeRequest("SetParameterValues", { parameterList, parameterKey: "k" }, { id: "1", version: "1.0" }),
  );
  assert.ok(!masked.includes(SECRET) && masked.includes("********") && masked.includes("alice"));
  assert.equal(parseXml(masked).name, "Envelope");
});

for (const [what, text] of [
  ["prefixes and attributes", `<p:Name a=">">D.Password</p:Name><p:Value xsi:type='x' b="a/>c">${SECRET}</p:Value>`],
  ["blanks", `<Name >\n D.Password \n</Name>\n<Value\n>\n${SECRET}\n</Value\n>`],
  ["CDATA", `<Name><![CDATA[D.Pass]]>word</Name><Value><![CDATA[</Value>${SECRET}]]></Value>`],
  ["a comment in the name", `<Name>D.Pass<!-- x -->word</Name><Value>${SECRET}</Value>`],
  ["a comment in the value", `<Name>D.Password</Name><Value><!-- </Value> -->${SECRET}</Value>`],
  ["references in the name", `<Name>D.Pass&#119;ord</Name><Value>${SECRET}</Value>`],
  ["blanks around a bare name", `<Name> Password\t</Name><Value>${SECRET}</Value>`],
  ["a no-break space before the name", `<Name>\u00A0D.Password</Name><Value>${SECRET}</Value>`],
  ["another case of a plain name", `<Name>D.PASSword</Name><Value>${SECRET}</Value>`],
  ["a name that ends in a dot", `<Name>D.Password.</Name><Value>${SECRET}</Value>`],
  ["another case", `<name>D.PASSWORD</name><value>${SECRET}</value>`],
  ["the value before the name", `<Value>${SECRET}</Value><Name>D.Password</Name>`],
  ["two values", `<Name>D.Password</Name><Value>x</Value><Value>${SECRET}</Value>`],
  ["elements in the value", `<Name>D.Password</Name><Value><Value>x</Value>${SECRET}</Value>`],
] as const) {
  test(`C-281 a secret is found in spite of ${what}`, () => {
    const masked = mask(`<ParameterValueStruct>${text}</ParameterValueStruct>${struct("Device.Port", "5060")}`);
    assert.ok(!masked.includes(SECRET), masked);
    assert.ok(masked.includes("5060"), masked);
  });
}

for (const [what, text] of [
  ["a value that does not end", `<Name>D.Password</Name><Value>${SECRET}`],
  ["a value with a broken end tag", `<Name>D.Password</Name><Value>${SECRET}</Valu></ParameterValueStruct>`],
  [
    "another value that does not end",
    `<Name>D.User</Name><Value></Struct><Name>D.Password</Name><Value>${SECRET}</Value>`,
  ],
  ["a name that does not end", `<Name>D.Password<Value>${SECRET}</Value>`],
  ["a value without a name", `<Value>${SECRET}</Value>`],
  ["an empty name", `<Name/><Value>${SECRET}</Value>`],
  ["a name with a broken reference", `<Name>D.Pass&word</Name><Value>${SECRET}</Value>`],
  ["an open CDATA section", `<Name>D.Password</Name><Value><![CDATA[${SECRET}`],
  ["an open comment before it", `<!-- <Name>D.Password</Name><Value>${SECRET}</Value>`],
  ["an open quote", `<Name>D.Password</Name><Value type="x>${SECRET}</Value><Value type="y">z</Value>`],
  ["a tag that does not end", `<Name>D.Password</Name><Value ${SECRET}</Value>`],
  ["lost structs", `<Name>D.Password</Name><Value>${SECRET}</Value><Name>D.Port</Name><Value>5060</Value>`],
  ["an open Password argument", `<Password>${SECRET}`],
] as const) {
  test(`C-281 a broken text with ${what} gives nothing away`, () =>
    assert.ok(!mask(text).includes(SECRET), mask(text)));
}

test("C-281 the Password argument of Download and Upload is masked, the user name is not", () => {
  const text = `<c:Download><Username>alice</Username><Password>${SECRET}</Password><URL>http://x/</URL></c:Download>`;
  assert.equal(secretMask(new Set())(text), text.replace(SECRET, "********"));
});

test("an empty value stays empty", () => {
  const text =
    struct("Device.AuthPassword", "") + struct("Device.AuthPassword", "x").replace("<Value>x</Value>", "<Value/>");
  assert.equal(mask(text), text);
});

test("a text without secrets is not touched", () => {
  for (const text of ["", "no XML <", "<a", "<>", "</>", "<!DOCTYPE a>", struct("Device.PasswordHint", "x")]) {
    assert.equal(mask(text), text);
  }
});

test("C-281 no cut through a message lets the secret out", () => {
  const text = `<s:Body><ParameterList>${struct("D.User", "u")}${struct("D.AuthPassword", SECRET)}</ParameterList></s:Body>`;
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(12), (from, length) => {
      const broken = text.slice(0, from) + text.slice(from + length);
      const nameIsWhole = broken.includes("<Name>D.AuthPassword</Name>");
      const valueIsWhole = broken.includes(`<Value>${SECRET}`);
      if (nameIsWhole && valueIsWhole) assert.ok(!mask(broken).includes(SECRET), broken);
    }),
    { numRuns: 2000, seed: 20 },
  );
});

test("masking costs time in proportion to the text", { timeout: 600_000 }, () => {
  const pieces = [
    "<",
    "<Value>",
    "<Name>",
    "<Name><![CDATA[",
    "<a '\"",
    "<Value>x</Value>",
    "<Value><![CDATA[x]]></Value><!--",
    "<a:b:",
    "a:",
    '<a "',
    "<ParameterValueStruct>",
    "<ParameterValueStruct><Name>a</Name><Value>",
  ];
  for (const piece of pieces) assert.ok(mask(piece.repeat(2 ** 19 / piece.length)).length > 0);
});
