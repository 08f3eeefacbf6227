import type { InternetAddress } from "../../ports/datagrams.ts";
import { decodeAddress, decodeXorAddress, encodeAddress } from "./address.ts";
import { encodeSigned, type IntegrityPadding } from "./integrity.ts";
import {
  ATTRIBUTE,
  attributeOf,
  BINDING_ERROR,
  BINDING_REQUEST,
  BINDING_RESPONSE,
  decodeMessage,
  encodeMessage,
  type StunAttribute,
  type StunMessage,
} from "./message.ts";

/** With the blank at its end (C-228). */
export const CONNECTION_REQUEST_BINDING = "dslforum.org/TR-111 ";

export interface BindingRequest {
  /** Empty: no USERNAME. */
  readonly username: string;
  /** The request leaves from the port on which connection requests are received (C-231). */
  readonly connectionRequest: boolean;
  /** Tells that the binding has changed (C-229, C-236). */
  readonly change: boolean;
  /** Where the answer is to go; null: back to where the request came from. */
  readonly responseAddress: InternetAddress | null;
  /** Null: not signed. */
  readonly integrity: { readonly password: string; readonly padding: IntegrityPadding } | null;
}

export type BindingAnswer =
  | { readonly kind: "mapped"; readonly address: InternetAddress }
  | { readonly kind: "error"; readonly code: number; readonly reason: string };

export function encodeBindingRequest(transactionId: Uint8Array, request: BindingRequest): Buffer {
  const { username, connectionRequest, change, responseAddress, integrity } = request;
  const attributes: StunAttribute[] = [];
  const add = (type: number, value: Uint8Array): void => void attributes.push({ type, value });
  if (responseAddress !== null) add(ATTRIBUTE.responseAddress, encodeAddress(responseAddress));
  if (username !== "") add(ATTRIBUTE.username, Buffer.from(username, "utf8"));
  if (connectionRequest) add(ATTRIBUTE.connectionRequestBinding, Buffer.from(CONNECTION_REQUEST_BINDING, "ascii"));
  if (connectionRequest && change) add(ATTRIBUTE.bindingChange, Buffer.alloc(0));
  const message = { type: BINDING_REQUEST, transactionId, attributes };
  return integrity === null ? encodeMessage(message) : encodeSigned(message, integrity.password, integrity.padding);
}

/** Null for what is no answer to a Binding Request. */
export function decodeBindingAnswer(
  bytes: Uint8Array,
): { readonly transactionId: Uint8Array; readonly answer: BindingAnswer } | null {
  const message = decodeMessage(bytes);
  if (message === null) return null;
  const answer = answerIn(message);
  return answer && { transactionId: message.transactionId, answer };
}

function answerIn(message: StunMessage): BindingAnswer | null {
  if (message.type === BINDING_ERROR) return errorIn(message);
  if (message.type !== BINDING_RESPONSE) return null;
  const mapped = attributeOf(message, ATTRIBUTE.mappedAddress);
  const masked = attributeOf(message, ATTRIBUTE.xorMappedAddress);
  const address =
    (mapped && decodeAddress(mapped)) ?? (masked && decodeXorAddress(masked, message.transactionId)) ?? null;
  return address && { kind: "mapped", address };
}

/** ERROR-CODE (RFC 3489 11.2.9): the hundreds, then the rest. */
function errorIn(message: StunMessage): BindingAnswer | null {
  const value = attributeOf(message, ATTRIBUTE.errorCode);
  if (value === undefined || value.length < 4) return null;
  const code = ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0);
  const reason = Buffer.from(value.subarray(4))
    .toString("utf8")
    .replace(/[\s\0]+$/, "");
  return { kind: "error", code, reason };
}

/** Answers as a server gives them: for the embedded ACS and for tests. */
export function encodeBindingAnswer(transactionId: Uint8Array, answer: BindingAnswer): Buffer {
  if (answer.kind === "mapped") {
    const attributes = [{ type: ATTRIBUTE.mappedAddress, value: encodeAddress(answer.address) }];
    return encodeMessage({ type: BINDING_RESPONSE, transactionId, attributes });
  }
  const head = Buffer.from([0, 0, Math.floor(answer.code / 100), answer.code % 100]);
  // A reason is as long as a multiple of four (RFC 3489 11.2.9): blanks fill it.
  const reason = Buffer.from(answer.reason.padEnd(Math.ceil(answer.reason.length / 4) * 4), "utf8");
  const attributes = [{ type: ATTRIBUTE.errorCode, value: Buffer.concat([head, reason]) }];
  return encodeMessage({ type: BINDING_ERROR, transactionId, attributes });
}
