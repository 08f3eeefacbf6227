import type { CwmpVersion } from "../cwmp/versions.ts";
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
