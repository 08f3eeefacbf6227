import { udpRequestSignature } from "../../src/system/udp-request-signature.ts";

export interface UdpRequestParts {
  readonly ts: number;
  readonly id?: number;
  readonly username?: string;
  readonly password?: string;
}

/** A UDP connection request as an ACS sends it, for the credentials of the agent under test. */
export function udpRequest({ ts, id = ts, username = "acs", password = "knock" }: UdpRequestParts): Buffer {
  const signed = { ts: String(ts), id: String(id), un: username, cn: "nonce" };
  const query = new URLSearchParams({ ...signed, sig: udpRequestSignature(signed, password) });
  return Buffer.from(`GET http://phone?${query} HTTP/1.1\r\n\r\n`);
}
