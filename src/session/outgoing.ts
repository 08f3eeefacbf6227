import type { CwmpFault } from "../cwmp/errors.ts";
import { faultCodeIn } from "../cwmp/older-versions.ts";
import type { CwmpVersion } from "../cwmp/versions.ts";
import type { MessageDescription } from "../ports/acs-transport.ts";
import { describeFault, describeRequest } from "../soap/describe.ts";
import { type EnvelopeHeader, encodeFault, encodeMustUnderstandFault, encodeRequest } from "../soap/encode.ts";
import type { RequestOf, ResponseOf, RpcName } from "../soap/rpc-table.ts";

/** A request that the CPE makes of the ACS in this session. */
export interface OutgoingRequest<N extends RpcName = RpcName> {
  readonly name: N;
  readonly args: RequestOf<N>;
  /** What it says where an older version is spoken, if that differs, as with a fault code that came later. */
  argsIn?(version: CwmpVersion): RequestOf<N>;
  /** The ACS has answered; durable when it resolves. */
  answered(response: ResponseOf<N>): Promise<void>;
  /** The ACS has answered with a fault, which ends the CPE's requests in this session (C-078). Not called for an Inform. */
  refused?(faultCode: number): void;
}

/** The content of one POST, and its description for observers. */
export interface OutgoingMessage {
  /** Null: the empty POST. */
  readonly envelope: string | null;
  readonly describe: () => MessageDescription;
}

export const EMPTY_POST: OutgoingMessage = { envelope: null, describe: () => ({ name: "", detail: "" }) };

/** Throws CwmpFault 9002 when a text holds a character that XML cannot carry. */
export function requestMessage<N extends RpcName>(
  name: N,
  args: RequestOf<N>,
  header: EnvelopeHeader,
): OutgoingMessage {
  return { envelope: encodeRequest(name, args, header), describe: () => describeRequest(name, args) };
}

export function faultMessage(fault: CwmpFault, header: EnvelopeHeader): OutgoingMessage {
  const { parameterFaults } = fault;
  const faultCode = faultCodeIn(header.version, fault.faultCode);
  return { envelope: encodeFault(fault, header), describe: () => describeFault({ faultCode, parameterFaults }) };
}

/** It has no fault code (C-062). */
export function mustUnderstandFault(header: EnvelopeHeader): OutgoingMessage {
  const describe = () => describeFault({ faultCode: 0, parameterFaults: [] });
  return { envelope: encodeMustUnderstandFault(header), describe };
}
