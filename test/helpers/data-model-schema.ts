import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";

const FILE = new URL("../../../shared/schemas/cwmp-datamodel-1-9.xsd", import.meta.url);

/** For the `skip` of a test that needs the schema of the Broadband Forum. In CI nothing is skipped: there the test fails without it. */
export const DATA_MODEL_SCHEMA_MISSING: string | false =
  existsSync(FILE) || process.env.CI !== undefined ? false : "the data model schema is not in ../shared/schemas";

/** What the schema has against each of the documents, in order; null: nothing. */
export async function dataModelProblems(documents: readonly string[]): Promise<readonly (string | null)[]> {
  const { errors, rawOutput } = await validateXML({
    xml: documents.map((contents, index) => ({ fileName: `document-${index}.xml`, contents })),
    schema: [{ fileName: "cwmp-datamodel-1-9.xsd", contents: readFileSync(FILE, "utf8") }],
  });
  assert.doesNotMatch(rawOutput, /failed to compile/, rawOutput);
  return documents.map((_, index) => {
    const own = errors.filter(({ loc }) => loc?.fileName === `document-${index}.xml`);
    return own.length === 0 ? null : own.map(({ rawMessage }) => rawMessage).join("\n");
  });
}

/** Which of the values match the pattern of an XML Schema. Values may hold no line ends. */
export async function matchesXsdPattern(pattern: string, values: readonly string[]): Promise<readonly boolean[]> {
  const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="all"><xs:complexType>
    <xs:sequence><xs:element name="v" maxOccurs="unbounded"><xs:simpleType>
    <xs:restriction base="xs:string"><xs:pattern value="${escaped(pattern)}"/></xs:restriction>
  </xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`;
  const lines = values.map((value) => `<v>${escaped(value)}</v>`);
  const { errors, rawOutput } = await validateXML({
    xml: [{ fileName: "values.xml", contents: `<all>\n${lines.join("\n")}</all>` }],
    schema: [{ fileName: "pattern.xsd", contents: schema }],
  });
  assert.doesNotMatch(rawOutput, /failed to compile/, rawOutput);
  const bad = new Set(errors.map(({ loc }) => loc?.lineNumber));
  return values.map((_, at) => !bad.has(at + 2));
}

function escaped(text: string): string {
  return text.replace(/[^ -~]|[&<>"]/gu, (character) => `&#${character.codePointAt(0)};`);
}
