import { AgentError, CwmpFault } from "../cwmp/errors.ts";
import { decodeMembers } from "./codecs.ts";
import type { XmlElement } from "./messages.ts";
import { type AbsenceListener, ArgumentError, Place } from "./place.ts";
import type { RequestOf, ResponseOf, RpcName } from "./rpc-table.ts";
import { RPC_TABLE } from "./rpc-table.ts";

const UNHEARD: AbsenceListener = () => {};

/**
 * Throws CwmpFault 9003 naming the first argument that is missing or cannot be read, never its value (C-061).
 * `absent` is called for missing ones, which read as empty, 0 or false.
 */
export function decodeRequest<N extends RpcName>(
  name: N,
  element: XmlElement,
  absent: AbsenceListener = UNHEARD,
): RequestOf<N> {
  try {
    return decodeMembers(RPC_TABLE[name].request, element, Place.ofMessage(absent));
  } catch (error) {
    if (error instanceof ArgumentError) throw new CwmpFault(9003, error.message, { cause: error });
    throw error;
  }
}

/** Throws AgentError ACS_MESSAGE: nothing can answer a response. */
export function decodeResponse<N extends RpcName>(name: N, element: XmlElement): ResponseOf<N> {
  try {
    return decodeMembers(RPC_TABLE[name].response, element, Place.ofMessage(UNHEARD));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new AgentError("ACS_MESSAGE", `the ${name}Response cannot be read: ${error.message}`, { cause: error });
  }
}
