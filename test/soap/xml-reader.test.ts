import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../src/cwmp/errors.ts";
import { MAX_DEPTH, MAX_MARKUP, MAX_QUOTES, MAX_RUN, parseXml } from "../../src/soap/xml-reader.ts";

/** Quadratic work on inputs of this size would take hours: the limit only has to be far from both. */
const BOUNDED = { timeout: 600_000 };

function assertRefused(text: string, reason: RegExp): void {
  assert.throws(
    () => parseXml(text),
    (error) => error instanceof AgentError && error.code === "ACS_MESSAGE" && reason.test(error.message),
    `not refused with ${reason}: ${text.slice(0, 80)}`,
  );
}

function nested(depth: number): string {
  return "<a>".repeat(depth) + "</a>".repeat(depth);
}

test("C-040 names are resolved to namespaces, whatever the prefixes", () => {
  const root = parseXml('<p:a xmlns:p="urn:x" p:k="1" k="2"><b xmlns="urn:y"><c/><p:d xmlns:p="urn:z"/></b><b/></p:a>');
  const [first, second] = root.children;
  assert.deepEqual([root.namespace, root.name], ["urn:x", "a"]);
  assert.deepEqual(
    [...root.attributes],
    [
      ["{urn:x}k", "1"],
      ["k", "2"],
    ],
  );
  assert.deepEqual(
    first?.children.map((child) => child.namespace),
    ["urn:y", "urn:z"],
  );
  assert.equal(second?.namespace, "");
});

test("C-064 text is kept to the blank, line ends become LF and references are resolved", () => {
  const root = parseXml("<a>  x\r\ny&#13;&#xA;<!-- gone --><?pi gone?>&lt;&amp;&quot;&apos;&gt;&#128512; </a>");
  assert.equal(root.text, "  x\ny\r\n<&\"'>\u{1F600} ");
});

test("a CDATA section is text that is not resolved", () => {
  assert.equal(parseXml("<a> &lt;<![CDATA[<b>&amp;]]]]><![CDATA[>]]> </a>").text, " <<b>&amp;]]> ");
});

test("C-064 a byte order mark and a declaration are accepted", () => {
  assert.equal(parseXml('\u{FEFF}<?xml version="1.0" encoding="UTF-8"?>\n<!-- c -->\n<a>é</a>\n').text, "é");
});

test("elements named like parts of JavaScript are nothing special", () => {
  const root = parseXml('<a><toString valueOf="1"/><hasOwnProperty/></a>');
  assert.deepEqual(
    root.children.map((child) => child.name),
    ["toString", "hasOwnProperty"],
  );
  assert.equal(root.children[0]?.attributes.get("valueOf"), "1");
  assertRefused("<a><__proto__/><!-- --></a>", /reserved name/);
});

for (const [what, text, reason] of [
  ["nothing at all", "", /not well-formed/],
  ["only blanks", " \n ", /not well-formed/],
  ["plain words", "Bad request", /character is out of place/],
  ["HTML that is no XML", "<html><body><br></body></html>", /a tag is wrong/],
  ["an open element", "<a><b></b>", /a tag is wrong or not closed \(line 1\)/],
  ["crossed elements", "<a>\n<b></a></b>", /a tag is wrong or not closed \(line 2\)/],
  ["two roots", "<a></a><b></b>", /nested/],
  ["two empty roots", "<a/><b/>", /exactly one root/],
  ["text behind the root", "<a></a>x", /nested/],
  ["an attribute twice", '<a b="1" b="2"/>', /attribute is wrong/],
  ["an attribute twice by namespace", '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>', /given twice/],
  ["an attribute without quotes", "<a b=1/>", /attribute is wrong/],
  ["a tag in an attribute", '<a b="<c>"/>', /attribute holds a tag/],
  ["a bare ampersand", "<a>x & y</a>", /ampersand or an unknown entity/],
  ["a bare ampersand in an attribute", '<a b="x & y"/>', /ampersand or an unknown entity/],
  ["an unknown entity", "<a>&secret;</a>", /ampersand or an unknown entity/],
  ["a reference to an illegal character", "<a>&#0;</a>", /unknown entity/],
  ["a reference to a surrogate", "<a>&#xD800;</a>", /unknown entity/],
  ["a reference beyond Unicode", "<a>&#x110000;</a>", /unknown entity/],
  ["an illegal character", "<a>\u0001</a>", /does not allow/],
  ["a lone surrogate", "<a>\ud83d</a>", /does not allow/],
  ["an open CDATA section", "<a><![CDATA[x</a>", /./],
  ["the end of a CDATA section alone", "<a>x]]>y</a>", /CDATA/],
  ["an open comment", "<a/><!-- x", /not closed/],
  ["an unknown declaration", "<a><!ELEMENT a></a>", /./],
  ["an undeclared prefix", "<p:a/>", /prefix that is not declared/],
  ["an undeclared prefix of an attribute", "<a p:b='1'/>", /prefix that is not declared/],
  ["a prefix without a namespace", '<a xmlns:p=""/>', /without a namespace/],
  ["a name with two colons", '<p:b:c xmlns:p="u"/>', /more than one colon/],
  ["an empty local name", '<p: xmlns:p="u"/>', /illegal name/],
  ["a local name that starts with a digit", '<p:1 xmlns:p="u"/>', /illegal name/],
  ["an endless name", `<${"a".repeat(300)}/>`, /longer than 256/],
] as const) {
  test(`C-063 ${what} is refused`, () => assertRefused(text, reason));
}

test("C-282 a DOCTYPE is refused before anything is read", () => {
  const bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>&b;&c;</a>';
  for (const text of [bomb, "<a/><!DOCTYPE a>", "<!doctype html><html>", "<a><!DOCTYPE b></a>"]) {
    assertRefused(text, /DOCTYPE/);
  }
});

test("C-282 the word DOCTYPE in a comment or a CDATA section is a text like others", () => {
  const text = "<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE html><b>]]></a>";
  assert.equal(parseXml(text).text, "<!DOCTYPE html><b>");
  assertRefused("<!-- x --><!DOCTYPE a><a/>", /DOCTYPE/);
  assertRefused("<a><!-- <!DOCTYPE a></a>", /DOCTYPE/);
  assertRefused("<a><![CDATA[x]]><!DOCTYPE b></a>", /DOCTYPE/);
});

test("C-282 depth is bounded", () => {
  assert.equal(parseXml(nested(MAX_DEPTH)).name, "a");
  assertRefused(nested(MAX_DEPTH + 1), /deeper than 64/);
  assertRefused(nested(MAX_MARKUP / 2 - 1), /deeper than 64/);
});

test("C-282 the number of tags and attributes and the length of a value are bounded", BOUNDED, () => {
  assertRefused(`<a>${"<b/>".repeat(MAX_MARKUP)}</a>`, /more than 50000 tags/);
  assertRefused(`<a>${`<b ${"c='' ".repeat(1000)}/>`.repeat(MAX_QUOTES / 2000)} d="1"/></a>`, /too many attributes/);
  assert.equal(parseXml(`<a>${"x".repeat(MAX_RUN - 3)}</a>`).text.length, MAX_RUN - 3);
  assertRefused(`<a>${"x".repeat(MAX_RUN)}</a>`, /longer than 262144/);
  assertRefused(`<a>${"x".repeat(16 * 2 ** 20)}</a>`, /longer than/);
});

test("C-282 the worst that stays within the bounds costs time in proportion", BOUNDED, () => {
  const prefixes = Array.from({ length: 2_000 }, (_, index) => `xmlns:p${index}="u"`).join(" ");
  assert.equal(parseXml(`<r ${prefixes}>${'<a xmlns:q="v"/>'.repeat(20_000)}</r>`).children.length, 20_000);
  assert.equal(parseXml(`<r>${"<![CDATA[x]]>".repeat(49_000)}</r>`).text.length, 49_000);
  assert.equal(parseXml(`<r>${"&amp;".repeat(50_000)}</r>`).text.length, 50_000);
  assert.equal(parseXml(`<r${" ".repeat(250_000)}/>`).name, "r");
  assertRefused("<".repeat(MAX_MARKUP - 1), /not well-formed/);
  assertRefused("<a '".repeat(MAX_MARKUP - 1), /not well-formed/);
  assertRefused(`<r>${"<!--".repeat(MAX_MARKUP / 2)}</r>`, /./);
});

test("C-281 an error never quotes the message", () => {
  for (const text of [
    "<a><hunter2></a>",
    "<a>&hunter2;</a>",
    "<a hunter2/>",
    "<hunter2:a/>",
    "<a><![CDATA[hunter2</a>",
  ]) {
    assert.throws(
      () => parseXml(text),
      (error) => error instanceof Error && !error.message.includes("hunter2"),
    );
  }
});
