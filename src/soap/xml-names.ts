import { AgentError } from "../cwmp/errors.ts";
import { ownText } from "./xml-text.ts";

const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
/** The usual case, several times as fast as the general one. */
const ASCII_NAME = /^[A-Za-z_][\w.-]*$/;
const LOCAL_NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_.\-\u00B7]*$/u;
/** In characters: names end up in log lines, and no name of CWMP comes near it. */
const MAX_NAME = 256;

/** The prefixes that one element declares; the ones around it are in `outer`. */
export interface NamespaceScope {
  readonly declared: ReadonlyMap<string, string>;
  readonly outer: NamespaceScope | null;
  /** Elements that were met in this scope: a list has hundreds of the same name. */
  readonly resolved: Map<string, ResolvedName>;
}

export function documentScope(): NamespaceScope {
  return { declared: new Map([["xml", XML_NAMESPACE]]), outer: null, resolved: new Map() };
}

export interface ResolvedName {
  readonly namespace: string;
  readonly name: string;
}

/** `prefix` is empty where there is none. Throws AgentError ACS_MESSAGE for what is no qualified name. */
export function splitName(qualified: string): { readonly prefix: string; readonly local: string } {
  const colon = qualified.indexOf(":");
  if (colon !== qualified.lastIndexOf(":")) throw badName("a name with more than one colon");
  if (qualified.length > MAX_NAME) throw badName(`a name longer than ${MAX_NAME} characters`);
  const prefix = colon === -1 ? "" : qualified.slice(0, colon);
  const local = qualified.slice(colon + 1);
  if (!isLocalName(local) || (colon !== -1 && !isLocalName(prefix))) throw badName("an illegal name");
  return { prefix, local };
}

function isLocalName(name: string): boolean {
  return ASCII_NAME.test(name) || LOCAL_NAME.test(name);
}

/** The scope inside an element that has these attributes. */
export function innerScope(outer: NamespaceScope, attributes: ReadonlyMap<string, string>): NamespaceScope {
  if (attributes.size === 0) return outer;
  const declared = new Map<string, string>();
  for (const [name, uri] of attributes) {
    if (name === "xmlns") declared.set("", uri);
    else if (name.startsWith("xmlns:")) declared.set(splitName(name).local, checkedUri(uri));
  }
  return declared.size === 0 ? outer : { declared, outer, resolved: new Map() };
}

export function isDeclaration(attribute: string): boolean {
  return attribute === "xmlns" || attribute.startsWith("xmlns:");
}

/** The default namespace holds for elements alone: an attribute without a prefix has none. */
export function resolveElement(qualified: string, scope: NamespaceScope): ResolvedName {
  const known = scope.resolved.get(qualified);
  if (known !== undefined) return known;
  const { prefix, local } = splitName(qualified);
  const resolved = { namespace: lookUp(prefix, scope), name: ownText(local) };
  scope.resolved.set(qualified, resolved);
  return resolved;
}

/** `{namespace}local`, or `local` without a prefix. */
export function resolveAttribute(qualified: string, scope: NamespaceScope): string {
  const { prefix, local } = splitName(qualified);
  return prefix === "" ? local : `{${lookUp(prefix, scope)}}${local}`;
}

function lookUp(prefix: string, scope: NamespaceScope): string {
  for (let at: NamespaceScope | null = scope; at !== null; at = at.outer) {
    const uri = at.declared.get(prefix);
    if (uri !== undefined) return uri;
  }
  if (prefix === "") return "";
  throw badName("a prefix that is not declared");
}

function checkedUri(uri: string): string {
  if (uri === "") throw badName("a prefix declared without a namespace");
  return uri;
}

function badName(what: string): AgentError {
  return new AgentError("ACS_MESSAGE", `the message is not namespace-well-formed XML: ${what}`);
}
