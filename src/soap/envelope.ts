import { AgentError } from "../cwmp/errors.ts";
import { type CwmpVersion, versionOfNamespace } from "../cwmp/versions.ts";
import { decodeFault } from "./fault.ts";
import type { IncomingBody, IncomingEnvelope, XmlElement } from "./messages.ts";
import { SOAP_1_2_ENVELOPE, SOAP_ENVELOPE, SOAP_NEXT_ACTOR } from "./namespaces.ts";
import { parseXml } from "./xml-reader.ts";
import { isBlank } from "./xml-text.ts";

/** Header entries that are understood, in any CWMP namespace. NoMoreRequests is of 2004 and without meaning (C-045). */
const HEADER_ENTRIES: ReadonlySet<string> = new Set([
  "ID",
  "HoldRequests",
  "NoMoreRequests",
  "SessionTimeout",
  "SupportedCWMPVersions",
  "UseCWMPVersion",
]);

/** As `decodeEnvelope`, or null for an empty message: blanks alone, or an envelope with an empty Body. */
export function decodeMessage(text: string): IncomingEnvelope | null {
  return isBlank(text) ? null : decodeRoot(parseXml(text));
}

/**
 * Reads an envelope as far as SOAP goes; arguments are `decodeRequest`'s and `decodeResponse`'s work.
 *
 * What cannot be answered throws AgentError ACS_MESSAGE, and the session has failed (C-063): XML that is not well-formed, a
 * DOCTYPE, another SOAP version, no Body, not exactly one element in it. What can be answered is a request: one whose element
 * is in no CWMP namespace is named `{namespace}Name`, which no RPC is, so that the answer is fault 9000 (C-060).
 */
export function decodeEnvelope(text: string): IncomingEnvelope {
  const envelope = decodeRoot(parseXml(text));
  if (envelope === null) throw refused("has an empty Body");
  return envelope;
}

function decodeRoot(root: XmlElement): IncomingEnvelope | null {
  if (root.namespace === SOAP_1_2_ENVELOPE) throw refused("is SOAP 1.2; CWMP is SOAP 1.1");
  if (root.namespace !== SOAP_ENVELOPE || root.name !== "Envelope") throw refused("is not a SOAP 1.1 envelope");
  const entries = soapChildren(root, "Header").flatMap((header) => header.children);
  const element = onlyElement(root);
  if (element === null) return null;
  return {
    id: entryText(entries, "ID"),
    holdRequests: holdRequests(entries),
    version: versionIn(element, entries),
    useCwmpVersion: entryText(entries, "UseCWMPVersion")?.trim() ?? null,
    notUnderstood: entries.filter(isNotUnderstood).map((entry) => entry.name),
    body: bodyOf(element),
  };
}

function onlyElement(root: XmlElement): XmlElement | null {
  const bodies = soapChildren(root, "Body");
  const [first, ...others] = bodies.flatMap((body) => body.children);
  if (bodies.length === 0) throw refused("has no Body");
  if (bodies.length > 1 || others.length > 0) throw refused("has more than one message in it; CWMP allows one");
  if (first === undefined && !bodies.every((body) => isBlank(body.text)))
    throw refused("has text instead of a message");
  return first ?? null;
}

function bodyOf(element: XmlElement): IncomingBody {
  if (isFault(element)) return decodeFault(element);
  const known = versionOfNamespace(element.namespace) !== null;
  const response = /^(.+)Response$/.exec(element.name)?.[1];
  if (response === undefined) {
    return {
      kind: "request",
      name: known ? element.name : `{${element.namespace.slice(0, 128)}}${element.name}`,
      element,
    };
  }
  // Nothing may answer a response, so here the session ends.
  if (!known) throw refused("holds a response in a namespace that is not CWMP's");
  return { kind: "response", name: response, element };
}

/** The namespace of the message decides, for a fault that of its detail, else that of a header entry. */
function versionIn(element: XmlElement, entries: readonly XmlElement[]): CwmpVersion {
  const details = element.children.filter((child) => child.name === "detail").flatMap((detail) => detail.children);
  for (const { namespace } of [element, ...(isFault(element) ? details : []), ...entries]) {
    const version = versionOfNamespace(namespace);
    if (version !== null) return version;
  }
  return "1.0";
}

function isFault(element: XmlElement): boolean {
  return element.namespace === SOAP_ENVELOPE && element.name === "Fault";
}

function soapChildren(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.namespace === SOAP_ENVELOPE && child.name === name);
}

function entryText(entries: readonly XmlElement[], name: string): string | null {
  return entries.find((entry) => entry.name === name && versionOfNamespace(entry.namespace) !== null)?.text ?? null;
}

/** C-044. Capitals are let pass; another word is refused, as the wrong guess would break the session's order. */
function holdRequests(entries: readonly XmlElement[]): boolean {
  const word = entryText(entries, "HoldRequests")?.trim().toLowerCase() ?? "";
  if (word === "1" || word === "true") return true;
  if (word === "" || word === "0" || word === "false") return false;
  throw refused("has a HoldRequests that is not 0, 1, true or false");
}

/** C-062: an entry for this receiver, marked as one that must be understood, and not understood. */
function isNotUnderstood(entry: XmlElement): boolean {
  const must = entry.attributes.get(`{${SOAP_ENVELOPE}}mustUnderstand`)?.trim();
  if (must !== "1" && must !== "true") return false;
  const actor = entry.attributes.get(`{${SOAP_ENVELOPE}}actor`) ?? "";
  if (actor !== "" && actor !== SOAP_NEXT_ACTOR) return false;
  return versionOfNamespace(entry.namespace) === null || !HEADER_ENTRIES.has(entry.name);
}

function refused(problem: string): AgentError {
  return new AgentError("ACS_MESSAGE", `the message ${problem}`);
}
