import { EVENTS } from "../../src/cwmp/events.ts";
import type { AliasNode, DataModel, ModelNode } from "../../src/model/types.ts";
import { decodeEnvelope } from "../../src/soap/envelope.ts";
import type { IncomingEnvelope, XmlElement } from "../../src/soap/messages.ts";
import { XML_SCHEMA_INSTANCE } from "../../src/soap/namespaces.ts";
import { parseXml } from "../../src/soap/xml-reader.ts";

/** What a POST owes to the answer before it (C-042, C-043, C-069): null, or what is wrong. */
export function conversationProblem(asked: string | null, posted: string | null): string | null {
  const request = asked === null ? null : decoded(asked);
  if (request?.body.kind !== "request") return null;
  const { name } = request.body;
  const answer = posted === null ? null : decoded(posted);
  if (answer === null) return `${name} was not answered in the next POST`;
  if (answer.id !== request.id) return `${name} with ID ${request.id} was answered with ID ${answer.id}`;
  if (answer.body.kind === "request") return `${name} was answered with the request ${answer.body.name}`;
  if (answer.body.kind === "response" && answer.body.name !== name) return `${name} got a ${answer.body.name}Response`;
  return null;
}

/** Null: the test's ACS sent something that is no envelope. */
function decoded(xml: string): IncomingEnvelope | null {
  try {
    return decodeEnvelope(xml);
  } catch {
    return null;
  }
}

/** What is wrong with a message of the CPE that a schema cannot see. */
export function messageProblems(xml: string, model: DataModel): readonly string[] {
  const root = parseXml(xml);
  return [
    ...listed(root, "ParameterValueStruct").flatMap((parameter) => valueProblems(parameter, model)),
    ...doubles(listed(root, "ParameterValueStruct").map(({ name }) => name)),
    ...doubles(listed(root, "ParameterInfoStruct").map(({ name }) => name)),
    ...doubles(listed(root, "ParameterAttributeStruct").map(({ name }) => name)),
    ...eventProblems(root),
    ...currentTimeProblems(root),
  ];
}

interface Listed {
  readonly name: string;
  readonly element: XmlElement;
}

function listed(root: XmlElement, member: string): readonly Listed[] {
  return elements(root)
    .filter(({ name }) => name === member)
    .map((element) => ({ name: textOf(element, "Name"), element }));
}

/** C-055: the type of the data model; C-264, C-266: one form for booleans, UTC for times. */
function valueProblems({ name, element }: Listed, model: DataModel): readonly string[] {
  const template = aliasesOf(model.root).reduce(
    (path, alias) => (path.startsWith(alias.template) ? alias.of.template + path.slice(alias.template.length) : path),
    name.replaceAll(/\.\d+(?=\.)/g, ".{i}"),
  );
  const def = model.parameters.find((parameter) => parameter.template === template);
  if (def === undefined) return [`${name} is not in the data model`];
  const value = element.children.find((child) => child.name === "Value");
  const type = value?.attributes.get(`{${XML_SCHEMA_INSTANCE}}type`)?.replace(/^.*:/, "");
  if (type !== def.type) return [`${name} has the type ${type}, not ${def.type}`];
  const text = value?.text ?? "";
  if (type === "boolean" && !/^(true|false)$/.test(text)) return [`${name} is neither true nor false`];
  if (type === "dateTime" && !/^(\d{4}-.*(Z|[+-]00:00)|0\d{3}-[^Z]*)$/.test(text))
    return [`${name} is not UTC: ${text}`];
  return [];
}

function aliasesOf(node: ModelNode): readonly AliasNode[] {
  if (node.kind === "alias") return [node];
  return node.kind === "object" ? node.children.flatMap(aliasesOf) : [];
}

/** C-085, C-086. */
function eventProblems(root: XmlElement): readonly string[] {
  const events = elements(root).filter(({ name }) => name === "EventStruct");
  const codes = events.map((event) => textOf(event, "EventCode"));
  const count = codes.length > 64 ? [`${codes.length} events`] : [];
  const singles = codes.filter((code) => !code.startsWith("M "));
  const unknown = codes.filter((code) => !Object.hasOwn(EVENTS, code)).map((code) => `unknown event ${code}`);
  const keyed = events
    .filter((event) => !textOf(event, "EventCode").startsWith("M ") && textOf(event, "CommandKey") !== "")
    .map((event) => `${textOf(event, "EventCode")} has a CommandKey`);
  return [...count, ...doubles(singles), ...unknown, ...keyed];
}

/** C-101, C-102: local time with its offset, or unknown. */
function currentTimeProblems(root: XmlElement): readonly string[] {
  return elements(root)
    .filter(
      ({ name, text }) =>
        name === "CurrentTime" && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
    )
    .map(({ text }) => `CurrentTime without an offset: ${text}`);
}

function doubles(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} stands twice`);
}

function textOf(element: XmlElement, child: string): string {
  return element.children.find(({ name }) => name === child)?.text ?? "";
}

function elements(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(elements)];
}
