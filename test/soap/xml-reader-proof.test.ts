/**
 * The reader against libxml2, and against documents whose contents are known because they were written from them. What libxml2
 * refuses may be read: fast-xml-parser takes no notice of a text behind the root, or of a second XML declaration. It refuses one
 * thing that libxml2 reads: an instruction with an odd number of quotation marks, which no SOAP message may hold anyway.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import { validateXML } from "xmllint-wasm";
import type { XmlElement } from "../../src/soap/messages.ts";
import { readPlainXml } from "../../src/soap/plain-xml.ts";
import { MAX_DEPTH, MAX_MARKUP, MAX_QUOTES, parseXml } from "../../src/soap/xml-reader.ts";

// On one Node only: thousands of documents, beside a reader in WebAssembly, say the same on every Node.

const ANY = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="x" type="xs:string"/></xs:schema>`;

/** The validator takes no more files at once. */
const BATCH = 200;

/** Which of the texts libxml2 cannot read, as XML and as XML with namespaces. */
async function unreadable(texts: readonly string[]): Promise<readonly boolean[]> {
  const { errors, rawOutput } = await validateXML({
    xml: texts.map((contents, index) => ({ fileName: `d${index}.xml`, contents })),
    schema: [{ fileName: "any.xsd", contents: ANY }],
  });
  assert.doesNotMatch(rawOutput, /failed to compile/, rawOutput);
  const bad = new Set<string>();
  for (const { rawMessage, loc } of errors) {
    // What a namespace's name says is nothing to us.
    const counts = /parser error|namespace error/.test(rawMessage) && !rawMessage.includes("is not a valid URI");
    if (loc !== null && counts) bad.add(loc.fileName);
  }
  return texts.map((_, index) => bad.has(`d${index}.xml`));
}

function isRead(text: string): boolean {
  try {
    parseXml(text);
    return true;
  } catch {
    return false;
  }
}

function isPlainXml(text: string): boolean {
  try {
    return readPlainXml(text, MAX_DEPTH) !== null;
  } catch {
    return false;
  }
}

const PLACED = { maxMarkup: MAX_MARKUP, maxQuotes: MAX_QUOTES, places: true };

/** The same document, which is not plain: fast-xml-parser reads it. */
function withComment(text: string): string {
  return `${text}<!-- -->`;
}

const PIECES = [
  ..."< > / = & ; ' \" ! ? - [ ] : a b p xmlns xml 1 é".split(" "),
  ..."<a> </a> <b/> <p:b> </p:b> <a </ /> b='1' b=\"2\" p:b='3' xmlns:p='u' xmlns='v' &amp; &#65; &#0; &x;".split(" "),
  ...["<!--", "-->", "--", "<![CDATA[", "]]>", "<?b", "?>", '<?xml version="1.0"?>', " ", "\n", "\r\n", "text"],
];
const ODD_INSTRUCTION = /<\?[^"'>]*["'][^"'>]*\?>/;
/** Of documents that are plain, or nearly so. */
const TAGS = [
  "<a>",
  "</a>",
  "<a >",
  "</a >",
  "<b/>",
  "<b k='1' l=\"2\"/>",
  "<b k='1' k='2'/>",
  "<a k='>'>",
  "text",
  " ",
  "&lt;",
];
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const WHOLE = [
  '<a xmlns:p="u"><p:b p:k="1">x &amp; y</p:b><!-- c --><b/></a>',
  "<p:a xmlns:p='u'><b xmlns='v' k=\">\"/><![CDATA[<&]]]]><?t d?></p:a>\n<!-- end -->",
];

test("C-063 whatever libxml2 reads is read, and what is found plain is what libxml2 and the validator take, read alike", {
  timeout: 1_200_000,
}, async () => {
  const piece = fc.constantFrom(...PIECES);
  const inside = fc.array(piece, { maxLength: 8 }).map((parts) => `<a xmlns:p="u">${parts.join("")}</a>`);
  const loose = fc.array(piece, { maxLength: 10 }).map((parts) => parts.join(""));
  const nested = fc.array(fc.constantFrom(...TAGS), { maxLength: 7 }).map((parts) => parts.join(""));
  const changed = fc
    .tuple(fc.constantFrom(...WHOLE), fc.nat(120), fc.nat(4), fc.array(piece, { maxLength: 2 }))
    // The declaration is let pass whatever it says: the text is decoded already.
    .map(([text, at, gone, parts]) => DECLARATION + text.slice(0, at) + parts.join("") + text.slice(at + gone));
  const texts = fc.sample(fc.oneof(inside, loose, changed, nested), { numRuns: 10_000, seed: 29 });
  const bad: boolean[] = [];
  for (let at = 0; at < texts.length; at += BATCH) bad.push(...(await unreadable(texts.slice(at, at + BATCH))));
  const refused = texts.filter((text, index) => bad[index] === false && !isRead(text) && !ODD_INSTRUCTION.test(text));
  assert.deepEqual(refused, []);
  const plain = texts.filter(isPlainXml);
  assert.deepEqual(
    plain.filter((text) => isRead(text) && XMLValidator.validate(text) !== true),
    [],
    "taken for plain and read, but not well-formed for the validator",
  );
  for (const text of plain.filter(isRead))
    assert.deepEqual(parseXml(text, PLACED), parseXml(withComment(text), PLACED));
  const wronglyRead = texts.filter((text, index) => bad[index] === true && isPlainXml(text) && isRead(text));
  assert.deepEqual(wronglyRead, [], "taken for plain and read, but not well-formed for libxml2");
  const read = bad.filter((isBad) => !isBad).length;
  assert.ok(read > 800 && read < 9000, `${read} of ${texts.length} are XML: not a sample that says much`);
  assert.ok(plain.length > 500, `only ${plain.length} are plain`);
});

interface Draft {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: readonly (readonly [namespace: string, name: string, value: string])[];
  readonly content: readonly (string | Draft)[];
}

const NAMES = ["a", "Name", "ParameterValueStruct", "toString", "é-1.b"];
/** Prefixes of the namespaces; the last is none. */
const NAMESPACES: Readonly<Record<string, string>> = { p: "urn:x", q: "urn:y", "": "" };
const urls = fc.constantFrom(...Object.values(NAMESPACES));
const words = fc.string({ unit: fc.constantFrom(..."x <>&\"'\n\r\t]-é\u{1F600}"), maxLength: 20 });
const { draft } = fc.letrec<{ draft: Draft }>((tie) => ({
  draft: fc.record({
    namespace: urls,
    name: fc.constantFrom(...NAMES),
    attributes: fc.uniqueArray(fc.tuple(urls, fc.constantFrom(...NAMES), words), {
      selector: ([namespace, name]) => `${namespace} ${name}`,
      maxLength: 3,
    }),
    content: fc.array(fc.oneof({ maxDepth: 3 }, words, tie("draft")), { maxLength: 4 }),
  }),
}));

function elementOf({ namespace, name, attributes, content }: Draft): XmlElement {
  return {
    namespace,
    name,
    attributes: new Map(
      attributes.map(([uri, local, value]) => [uri === "" ? local : `{${uri}}${local}`, value] as const),
    ),
    children: content.flatMap((part) => (typeof part === "string" ? [] : [elementOf(part)])),
    text: content.filter((part) => typeof part === "string").join(""),
  };
}

/** Writes the same document in one of many ways: `choose(n)` gives 0 to n - 1. */
function written({ namespace, name, attributes, content }: Draft, choose: (ways: number) => number): string {
  const blank = () => ["", " ", "\n\t"][choose(3)] ?? "";
  const prefixed = (uri: string, local: string) => (uri === "" ? local : `${uri === "urn:x" ? "p" : "q"}:${local}`);
  const byDefault = choose(2) === 0;
  const tag = byDefault ? name : prefixed(namespace, name);
  const quoted = (value: string) => {
    const quote = choose(2) === 0 ? '"' : "'";
    return quote + value.replace(/[<&"'\r]/g, (sign) => `&#${sign.charCodeAt(0)};`) + quote;
  };
  const declared = ` xmlns:p="urn:x" xmlns:q='urn:y' xmlns="${byDefault ? namespace : ""}"`;
  const own = attributes.map(
    ([uri, local, value]) => ` ${blank()}${prefixed(uri, local)}${blank()}=${blank()}${quoted(value)}`,
  );
  const start = `${tag}${declared}${own.join("")}${blank()}`;
  if (content.length === 0 && choose(2) === 0) return `<${start}/>`;
  const parts = content.map((part) => {
    const noise = ["", "", "<!-- <a> & -->", "<?pi <a>?>", "<![CDATA[]]>"][choose(5)] ?? "";
    return noise + (typeof part === "string" ? writtenText(part, choose) : written(part, choose));
  });
  return `<${start}>${parts.join("")}</${tag}${blank()}>`;
}

function writtenText(text: string, choose: (ways: number) => number): string {
  const asSection = choose(3) === 0 && !text.includes("\r");
  if (asSection) return `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
  const names: Readonly<Record<string, string>> = {
    "<": "&lt;",
    "&": "&amp;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  return text.replace(/[<&>"'\r]/g, (sign) => {
    const code = sign.charCodeAt(0);
    return [`&#${code};`, `&#x${code.toString(16)};`, names[sign] ?? `&#${code};`][choose(3)] ?? "";
  });
}

test("C-040 C-064 whatever way a document is written, its contents are read", () => {
  fc.assert(
    fc.property(draft, fc.infiniteStream(fc.nat(29)), (root, choices) => {
      const text = written(root, (ways) => (choices.next().value ?? 0) % ways);
      assert.deepEqual(parseXml(text), elementOf(root), text);
    }),
    { seed: 29, numRuns: 2000 },
  );
});
