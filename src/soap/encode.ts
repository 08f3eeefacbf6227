import type { CwmpFault } from "../cwmp/errors.ts";
import { CWMP_NAMESPACES, type CwmpVersion } from "../cwmp/versions.ts";
import { encodeMembers } from "./codecs.ts";
import { encodeFaultBody, mustUnderstandFaultBody } from "./fault.ts";
import { SOAP_ENCODING, SOAP_ENVELOPE, XML_SCHEMA, XML_SCHEMA_INSTANCE } from "./namespaces.ts";
import type { RequestOf, ResponseOf, RpcName } from "./rpc-table.ts";
import { RPC_TABLE } from "./rpc-table.ts";
import { container, leaf } from "./xml-writer.ts";

/** The header of an envelope, and the version of its namespace. */
export interface EnvelopeHeader {
  /** cwmp:ID: one's own for a request, that of the request for its answer, null for none (C-043). */
  readonly id: string | null;
  readonly version: CwmpVersion;
  /** ACS only (C-044). */
  readonly holdRequests?: boolean;
  /** CPE, with an Inform. This and the two below are written from version 1.2 on: older namespaces have no such entries. */
  readonly supportedVersions?: readonly CwmpVersion[];
  /** CPE, with an Inform; at least 30 (C-046). */
  readonly sessionTimeoutSeconds?: number;
  /** ACS, with an InformResponse (C-048). */
  readonly useCwmpVersion?: CwmpVersion;
}

/** Throws CwmpFault 9002 when a text holds a character that XML cannot carry. */
export function encodeRequest<N extends RpcName>(name: N, args: RequestOf<N>, header: EnvelopeHeader): string {
  return envelope(container(`cwmp:${name}`, encodeMembers(RPC_TABLE[name].request, args)), header);
}

/** Throws CwmpFault 9002 when a text holds a character that XML cannot carry. */
export function encodeResponse<N extends RpcName>(name: N, args: ResponseOf<N>, header: EnvelopeHeader): string {
  return envelope(container(`cwmp:${name}Response`, encodeMembers(RPC_TABLE[name].response, args)), header);
}

/** The answer to a request that failed. Parameter faults are for SetParameterValues alone (C-059). */
export function encodeFault(fault: CwmpFault, header: EnvelopeHeader): string {
  return envelope(encodeFaultBody(fault, header.version), header);
}

/** The answer to a request with a header entry that must be, and is not, understood (C-062). */
export function encodeMustUnderstandFault(header: EnvelopeHeader): string {
  return envelope(mustUnderstandFaultBody(), header);
}

function envelope(body: string, header: EnvelopeHeader): string {
  const namespaces =
    ` xmlns:soap="${SOAP_ENVELOPE}" xmlns:soapenc="${SOAP_ENCODING}"` +
    ` xmlns:xsd="${XML_SCHEMA}" xmlns:xsi="${XML_SCHEMA_INSTANCE}" xmlns:cwmp="${CWMP_NAMESPACES[header.version]}"`;
  const entries = headerEntries(header);
  const head = entries === "" ? "" : container("soap:Header", entries);
  const content = container("soap:Envelope", head + container("soap:Body", body), namespaces);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${content}`;
}

function headerEntries(header: EnvelopeHeader): string {
  const must = ' soap:mustUnderstand="1"';
  const { id, holdRequests, supportedVersions, sessionTimeoutSeconds, useCwmpVersion } = header;
  let entries = "";
  if (id !== null) entries += leaf("cwmp:ID", id, must);
  if (holdRequests !== undefined) entries += leaf("cwmp:HoldRequests", holdRequests ? "1" : "0", must);
  if (header.version === "1.0" || header.version === "1.1") return entries;
  if (sessionTimeoutSeconds !== undefined) entries += leaf("cwmp:SessionTimeout", String(sessionTimeoutSeconds));
  if (supportedVersions !== undefined) entries += leaf("cwmp:SupportedCWMPVersions", supportedVersions.join(","));
  if (useCwmpVersion !== undefined) entries += leaf("cwmp:UseCWMPVersion", useCwmpVersion, must);
  return entries;
}
