import assert from "node:assert/strict";
import { test } from "node:test";
import { xmlLines } from "../../src/web/sessions/xml-lines.ts";

function shown(text: string): readonly string[] {
  return xmlLines(text).map(({ depth, pieces }) => "  ".repeat(depth) + pieces.map((piece) => piece.text).join(""));
}

test("an envelope is indented, one element to a line, whatever white space it came with", () => {
  const expected = [
    '<?xml version="1.0"?>',
    "<a:Envelope>",
    "  <Header/>",
    "  <Body>",
    "    <!-- > -->",
    "    <Name>Device.X</Name>",
    "    <Value></Value>",
    "    <V>",
    "      <![CDATA[</V>]]>",
    "    </V>",
    "  </Body>",
    "</a:Envelope>",
  ];
  assert.deepEqual(shown(expected.map((line) => line.trim()).join("")), expected);
  assert.deepEqual(shown(expected.join("\r\n\t")), expected);
});

test("what is no XML is shown as it is, and nothing of it is lost", () => {
  assert.deepEqual(shown("go away\nplease"), ["go away\nplease"]);
  for (const text of ["</a></b>x", "<a><b>", "a<b", "<!--", "<![CDATA[x", "<?", "<", ">", "<>", "<a>x<b>y</a>", ""]) {
    assert.equal(
      xmlLines(text)
        .flatMap(({ pieces }) => pieces.map((piece) => piece.text))
        .join(""),
      text,
    );
  }
});

test("an attack costs no more than its length", () => {
  const texts = ["<", "<a>", "</a>", "<!--", "<![CDATA[", "<a", "]]>", "<a/>", "&"].map((part) =>
    part.repeat(Math.ceil(262_144 / part.length)),
  );
  for (const text of texts) {
    const size = shown(text).reduce((sum, line) => sum + line.length, 0);
    assert.ok(size < 40 * text.length, `${text.slice(0, 9)}: ${size}`);
  }
});
