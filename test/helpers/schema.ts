import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";
import type { XmlElement } from "../../src/soap/messages.ts";
import { SOAP_ENCODING, XML_SCHEMA_INSTANCE } from "../../src/soap/namespaces.ts";
import { parseXml } from "../../src/soap/xml-reader.ts";

const FOLDER = new URL("../../../shared/schemas/", import.meta.url);
const CWMP_SCHEMAS = ["cwmp-1-0.xsd", "cwmp-1-1.xsd", "cwmp-1-2.xsd", "cwmp-1-3.xsd", "cwmp-1-4.xsd"];

/** `strict`: what we send. `loose`: the SOAP schema as published, for plain SOAP faults. */
export type SchemaMode = "strict" | "loose";

/** For the `skip` of a test that needs the official schemas. In CI nothing is skipped: there the test fails without them. */
export const SCHEMAS_MISSING: string | false =
  existsSync(FOLDER) || process.env.CI !== undefined ? false : "the CWMP schemas are not in ../shared/schemas";

/** Asserts what the official XSDs say and what they cannot: array counts and xsi:type of every Value (C-053, C-055). */
export async function assertValidEnvelope(xml: string, mode: SchemaMode = "strict"): Promise<void> {
  await assertValidEnvelopes([xml], mode);
}

/** One run of the validator per CWMP namespace: much faster than one per message. */
export async function assertValidEnvelopes(envelopes: readonly string[], mode: SchemaMode = "strict"): Promise<void> {
  for (const namespace of new Set(envelopes.map(cwmpNamespace))) {
    const group = envelopes.filter((xml) => cwmpNamespace(xml) === namespace);
    const result = await validateXML({
      xml: group.map((contents, index) => ({ fileName: `message-${index}.xml`, contents })),
      schema: [{ fileName: "driver.xsd", contents: schemaText(`driver-${namespace}.xsd`, mode) }],
      preload: [`${mode}-envelope.xsd`, "soap-encoding.xsd", ...CWMP_SCHEMAS].map((fileName) => ({
        fileName,
        contents: schemaText(fileName, mode),
      })),
    });
    const [first] = result.errors;
    assert.ok(
      result.valid,
      `${first?.rawMessage ?? result.rawOutput}\n${group[messageIndex(first?.loc?.fileName)] ?? ""}`,
    );
  }
  for (const xml of envelopes) assertArraysAndTypes(parseXml(xml));
}

function cwmpNamespace(xml: string): string {
  return /urn:dslforum-org:(cwmp-1-[0-2])"/.exec(xml)?.[1] ?? assert.fail("no CWMP namespace");
}

function messageIndex(fileName: string | undefined): number {
  return Number(/\d+/.exec(fileName ?? "")?.[0] ?? "0");
}

/** The validator has no catalog: imports must name the preloaded files. */
function schemaText(fileName: string, mode: SchemaMode): string {
  const envelopes: Readonly<Record<string, string>> = {
    "strict-envelope.xsd": "strict-soap-envelope.xsd",
    "loose-envelope.xsd": "soap-envelope.xsd",
  };
  return readFileSync(new URL(envelopes[fileName] ?? fileName, FOLDER), "utf8")
    .replaceAll('schemaLocation="http://schemas.xmlsoap.org/soap/envelope/"', `schemaLocation="${mode}-envelope.xsd"`)
    .replaceAll('schemaLocation="http://schemas.xmlsoap.org/soap/encoding/"', 'schemaLocation="soap-encoding.xsd"')
    .replaceAll(/schemaLocation="https?:\/\/www\.broadband-forum\.org\/cwmp\//g, 'schemaLocation="');
}

function assertArraysAndTypes(element: XmlElement): void {
  const arrayType = element.attributes.get(`{${SOAP_ENCODING}}arrayType`);
  if (arrayType !== undefined) {
    const [, member, count] = /^(?:cwmp|xsd):(\w+)\[(\d+)\]$/.exec(arrayType) ?? assert.fail(`arrayType ${arrayType}`);
    assert.equal(element.children.length, Number(count), `${element.name} has another number of members than it says`);
    for (const child of element.children) assert.equal(child.name, member);
  }
  if (element.name === "ParameterValueStruct") {
    const values = element.children.filter(({ name }) => name === "Value");
    const typed = values.every(({ attributes }) => attributes.has(`{${XML_SCHEMA_INSTANCE}}type`));
    assert.ok(typed, "a Value has no xsi:type");
  }
  for (const child of element.children) assertArraysAndTypes(child);
}
