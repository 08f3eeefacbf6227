import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRequest } from "../../src/soap/encode.ts";
import { readPlainXml } from "../../src/soap/plain-xml.ts";

const isPlainXml = (text: string): boolean => readPlainXml(text, 64) !== null;

test("what CWMP sends is plain, as other senders write it too", () => {
  const ours = encodeRequest("GetParameterValues", { parameterNames: ["A.", "B."] }, { id: "1", version: "1.0" });
  for (const text of [
    ours,
    ours.replaceAll("\n", "\r\n"),
    ours.replaceAll('"', "'"),
    "<a/>",
    "<a />\n",
    "\n<a></a >\n",
    '<p:a xmlns:p="urn:x" k = "&gt; >"></p:a>',
    '<?xml version="1.0"?><a>&lt;]]</a>',
  ])
    assert.ok(isPlainXml(text), text);
});

test("what is not well-formed is not plain", () => {
  for (const text of [
    ...["", " ", "text", "<", "<a", "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>text", "text<a/>"],
    ...["<a b/>", "<a b=1/>", "<a b='1'c='2'/>", "<a b='<'/>", "<a b='1' b=\"2\"/>", "< a/>", "<a/ >", "</a/>", "<1/>"],
    ...["<a></a", "<a></a>>", "<a><a></a>", "<a>\u00a0</a>\u00a0", "<a\u00a0b='1'/>", "<a/><?xml version='1.0'?>"],
  ])
    assert.ok(!isPlainXml(text), text);
});

test("what is rare is left to others: comments, sections, instructions, names beyond ASCII", () => {
  for (const text of ["<a><!-- --></a>", "<a><![CDATA[]]></a>", "<a><?b?></a>", "<é/>", "<!DOCTYPE a><a/>"])
    assert.ok(!isPlainXml(text), text);
});

test("a megabyte of anything is looked at in one go", () => {
  const long = 250_000;
  for (const text of [
    `${"<a>".repeat(long)}`,
    `<a ${"b='1' ".repeat(long)}`,
    `<a ${" ".repeat(long)}`,
    `<a b=${" ".repeat(long)}`,
    `<a>${"x".repeat(long)}`,
    `<a b='${"x".repeat(long)}`,
    `<${"a".repeat(long)}`,
    `<a>${"</a ".repeat(long)}`,
  ])
    assert.ok(!isPlainXml(text));
});
