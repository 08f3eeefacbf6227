/** The messages on the ACS's side: decoding those of a CPE, encoding its own. */
import { messageOf } from "../cwmp/errors.ts";
import { ACS_FAULTS } from "../cwmp/faults.ts";
import { CWMP_NAMESPACES, type CwmpVersion } from "../cwmp/versions.ts";
import { decodeRequest, decodeResponse } from "../soap/decode.ts";
import { type EnvelopeHeader, encodeRequest, encodeResponse } from "../soap/encode.ts";
import { decodeEnvelope } from "../soap/envelope.ts";
import type { IncomingEnvelope } from "../soap/messages.ts";
import { SOAP_ENVELOPE } from "../soap/namespaces.ts";
import { methodsOf, type RequestOf } from "../soap/rpc-table.ts";
import { container, leaf } from "../soap/xml-writer.ts";
import type { RpcCall, RpcOutcome } from "./calls.ts";

/** Throws for text that is no SOAP 1.1 envelope or that has header entries which must be, and are not, understood. */
export function readEnvelope(text: string): IncomingEnvelope {
  const envelope = decodeEnvelope(text);
  const [unknown] = envelope.notUnderstood;
  if (unknown !== undefined) throw new Error(`the header entry ${unknown} has mustUnderstand and is not supported`);
  return envelope;
}

export function readInform({ body }: IncomingEnvelope): RequestOf<"Inform"> | Error {
  if (body.kind !== "request") return new Error("not an Inform");
  try {
    return decodeRequest("Inform", body.element);
  } catch (error) {
    return new Error(`the Inform cannot be read: ${messageOf(error)}`);
  }
}

export function informResponse(id: string | null, version: CwmpVersion): string {
  return encodeResponse("Inform", { maxEnvelopes: 1 }, { id, version });
}

/** The answer to an RPC of the CPE other than Inform, and the fault code in it. */
export function serveCpeRequest(
  name: string,
  id: string | null,
  version: CwmpVersion,
): { readonly text: string; readonly faultCode: number | null } {
  if (name === "TransferComplete" || name === "AutonomousTransferComplete" || name === "RequestDownload") {
    return { text: encodeResponse(name, {}, { id, version }), faultCode: null };
  }
  if (name !== "GetRPCMethods") return { text: acsFault(8000, { id, version }), faultCode: 8000 };
  return {
    text: encodeResponse("GetRPCMethods", { methodList: methodsOf("ACS", "1.4") }, { id, version }),
    faultCode: null,
  };
}

export function encodeCall(call: RpcCall, id: string, version: CwmpVersion): string {
  const header = { id, version, ...(call.holdRequests === undefined ? {} : { holdRequests: call.holdRequests }) };
  return encodeRequest(call.name, call.args, header);
}

/** Throws when the envelope is no answer to `call`. */
export function decodeOutcome(call: RpcCall, { body }: IncomingEnvelope): RpcOutcome {
  if (body.kind === "fault") return body;
  if (body.kind !== "response" || body.name !== call.name) {
    throw new Error(`the CPE answered ${call.name} with ${body.name}${body.kind === "response" ? "Response" : ""}`);
  }
  // Name and response belong together; TypeScript does not follow that through the union.
  return { kind: "response", name: call.name, response: decodeResponse(call.name, body.element) } as RpcOutcome;
}

/** The soap codec is written for a CPE: its faults are the 9000s. */
function acsFault(faultCode: keyof typeof ACS_FAULTS, { id, version }: EnvelopeHeader): string {
  const head = id === null ? "" : container("soap:Header", leaf("cwmp:ID", id, ' soap:mustUnderstand="1"'));
  const detail = container(
    "cwmp:Fault",
    leaf("FaultCode", String(faultCode)) + leaf("FaultString", ACS_FAULTS[faultCode]),
  );
  const fault = leaf("faultcode", "Server") + leaf("faultstring", "CWMP fault") + container("detail", detail);
  const body = container("soap:Body", container("soap:Fault", fault));
  const namespaces = ` xmlns:soap="${SOAP_ENVELOPE}" xmlns:cwmp="${CWMP_NAMESPACES[version]}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${container("soap:Envelope", head + body, namespaces)}`;
}
