import type { DatagramSocket, Datagrams, InternetAddress } from "../../src/ports/datagrams.ts";
import { decodeAddress } from "../../src/system/stun/address.ts";
import { encodeBindingAnswer } from "../../src/system/stun/binding.ts";
import { encodeSigned, type IntegrityPadding } from "../../src/system/stun/integrity.ts";
import { ATTRIBUTE, attributeOf, decodeMessage } from "../../src/system/stun/message.ts";

export interface StunRequestSeen {
  readonly atMs: number;
  readonly from: InternetAddress;
  readonly bytes: Uint8Array;
  /** Attribute types, in their order. */
  readonly attributes: readonly number[];
}

export interface FakeStunServer {
  readonly seen: readonly StunRequestSeen[];
  /** Requests with the mark of the connection request port. */
  readonly marked: readonly StunRequestSeen[];
  /** May be changed while it runs. `silent`: does not answer; `error`: answers with this code alone. */
  readonly ways: {
    silent: boolean;
    error: number | null;
    /** Asks for MESSAGE-INTEGRITY made with this password. */
    password: string | null;
    padding: IntegrityPadding;
    /** Whether RESPONSE-ADDRESS is done, answered with an error, or not looked at. */
    responseAddress: "done" | "refused" | "ignored";
  };
}

/** A STUN server for tests, on port 3478 of a machine of the fake network. */
export async function startFakeStunServer(machine: Datagrams, clock: { monotonic(): number }): Promise<FakeStunServer> {
  const seen: StunRequestSeen[] = [];
  const ways: FakeStunServer["ways"] = {
    silent: false,
    error: null,
    password: null,
    padding: "rfc3489",
    responseAddress: "done",
  };
  const socket: DatagramSocket = await machine.bind({
    address: null,
    port: 3478,
    onMessage(bytes, from) {
      const message = decodeMessage(bytes);
      if (message === null) return;
      seen.push({ atMs: clock.monotonic(), from, bytes, attributes: message.attributes.map(({ type }) => type) });
      if (ways.silent) return;
      const asked = attributeOf(message, ATTRIBUTE.responseAddress);
      const error = errorOf(ways, bytes, asked !== undefined);
      const to = asked === undefined || ways.responseAddress !== "done" ? from : (decodeAddress(asked) ?? from);
      const answer =
        error === null
          ? ({ kind: "mapped", address: from } as const)
          : ({ kind: "error", code: error, reason: "No" } as const);
      socket.send(encodeBindingAnswer(message.transactionId, answer), error === null ? to : from);
    },
  });
  return {
    seen,
    get marked() {
      return seen.filter(({ attributes }) => attributes.includes(ATTRIBUTE.connectionRequestBinding));
    },
    ways,
  };
}

function errorOf(ways: FakeStunServer["ways"], bytes: Uint8Array, asksElsewhere: boolean): number | null {
  if (ways.error !== null) return ways.error;
  if (asksElsewhere && ways.responseAddress === "refused") return 420;
  return ways.password === null || isSigned(bytes, ways.password, ways.padding) ? null : 401;
}

/** Whether the message's last attribute is a MESSAGE-INTEGRITY made with this password. */
export function isSigned(bytes: Uint8Array, password: string, padding: IntegrityPadding): boolean {
  const message = decodeMessage(bytes);
  if (message === null || message.attributes.at(-1)?.type !== ATTRIBUTE.messageIntegrity) return false;
  const signed = encodeSigned({ ...message, attributes: message.attributes.slice(0, -1) }, password, padding);
  return signed.equals(bytes);
}
