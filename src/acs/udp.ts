import type { Clock } from "../ports/clock.ts";
import type { DatagramSocket, Datagrams, InternetAddress } from "../ports/datagrams.ts";
import type { Random } from "../ports/random.ts";
import { decodeAddress } from "../system/stun/address.ts";
import { encodeBindingAnswer } from "../system/stun/binding.ts";
import { ATTRIBUTE, attributeOf, BINDING_REQUEST, decodeMessage } from "../system/stun/message.ts";
import { udpRequestSignature } from "../system/udp-request-signature.ts";
import type { ConnectionRequestCredentials } from "./devices.ts";
import { AcsError } from "./errors.ts";

/** The ACS's UDP side (TR-069 Annex G): connection requests, and a STUN server for labs. */
export interface AcsUdp {
  /** The address of the STUN server; null: none. */
  readonly stunPort: number | null;
  /** Sends a connection request in three copies, as they may get lost. Nobody answers. Throws AcsError UNREACHABLE. */
  request(address: string, credentials: ConnectionRequestCredentials): Promise<void>;
  close(): Promise<void>;
}

export interface AcsUdpOptions {
  readonly datagrams: Datagrams;
  readonly address: string;
  /** Port of the STUN server, 0 for any free one; null: none. */
  readonly stunPort: number | null;
  readonly clock: Clock;
  readonly random: Random;
}

const COPIES = 3;
const CN_BYTES = 8;

/** Throws AgentError LISTEN. */
export async function openAcsUdp({ datagrams, address, stunPort, clock, random }: AcsUdpOptions): Promise<AcsUdp> {
  const stun = stunPort === null ? null : await openStun(datagrams, address, stunPort);
  let lastTs = 0;

  const datagramFor = (uri: string, { username, password }: ConnectionRequestCredentials): Buffer => {
    // Strictly rising, for requests within one second too: the CPE takes no other (C-246).
    lastTs = Math.max(Math.floor(clock.now() / 1000), lastTs + 1);
    const id = String(Math.floor(random.between(1, 2 ** 32)));
    const cn = Buffer.from(random.bytes(CN_BYTES)).toString("hex");
    return encodeUdpRequest(uri, { ts: String(lastTs), id, cn }, { username, password });
  };
  const send = (socket: DatagramSocket, bytes: Buffer, to: InternetAddress): void => {
    for (let copy = 0; copy < COPIES; copy++) socket.send(bytes, to);
  };
  return {
    stunPort: stun?.local.port ?? null,
    async request(target, credentials) {
      const { host, port } = parseUdpAddress(target);
      const bytes = datagramFor(target, credentials);
      // Through the STUN server's port where there is one: most NATs let in only who has been written to.
      const socket = stun ?? (await datagrams.bind({ address: null, port: 0, onMessage: () => {} }));
      try {
        send(socket, bytes, { host: await resolved(socket, host), port });
      } finally {
        if (socket !== stun) await socket.close();
      }
    },
    close: async () => stun?.close(),
  };
}

/** The datagram, signed with the password (C-243 to C-245). `uri` may be any: the CPE does not look at it. */
export function encodeUdpRequest(
  uri: string,
  { ts, id, cn }: { readonly ts: string; readonly id: string; readonly cn: string },
  { username, password }: ConnectionRequestCredentials,
): Buffer {
  const signed = { ts, id, un: Buffer.from(username, "utf8").toString("latin1"), cn };
  const sig = udpRequestSignature(signed, password);
  const query = `ts=${ts}&id=${id}&un=${encodeURIComponent(username)}&cn=${cn}&sig=${sig}`;
  return Buffer.from(`GET http://${uri}?${query} HTTP/1.1\r\n\r\n`, "latin1");
}

/** `host:port`, `[IPv6]:port`; without a port 80 (TR-069 Annex G, C-238). */
function parseUdpAddress(text: string): InternetAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? "80");
  if (host !== undefined && port > 0 && port < 65_536) return { host, port };
  throw new AcsError("UNREACHABLE", `the CPE reported an invalid UDPConnectionRequestAddress: ${JSON.stringify(text)}`);
}

async function resolved(socket: DatagramSocket, host: string): Promise<string> {
  try {
    return await socket.resolve(host);
  } catch (cause) {
    throw new AcsError("UNREACHABLE", `no route to ${host}`, { cause });
  }
}

/**
 * Answers every Binding Request with the address it came from; RESPONSE-ADDRESS is done. For labs: it has no
 * authentication.
 */
async function openStun(datagrams: Datagrams, address: string, port: number): Promise<DatagramSocket> {
  const socket = await datagrams.bind({
    address,
    port,
    onMessage(bytes, from) {
      const message = decodeMessage(bytes);
      if (message?.type !== BINDING_REQUEST) return;
      const elsewhere = attributeOf(message, ATTRIBUTE.responseAddress);
      const to = elsewhere === undefined ? from : decodeAddress(elsewhere);
      if (to !== null) socket.send(encodeBindingAnswer(message.transactionId, { kind: "mapped", address: from }), to);
    },
  });
  return socket;
}
