import { createHmac } from "node:crypto";

/** The arguments of a UDP connection request that its signature covers, as they stand in the message (C-244). */
export interface SignedArguments {
  readonly ts: string;
  readonly id: string;
  readonly un: string;
  readonly cn: string;
}

/** `sig` of a UDP connection request (TR-069 Annex G, C-245), lower-case hex. Each text's characters stand for bytes (Latin-1). */
export function udpRequestSignature({ ts, id, un, cn }: SignedArguments, password: string): string {
  return createHmac("sha1", Buffer.from(password, "utf8"))
    .update(ts + id + un + cn, "latin1")
    .digest("hex");
}
