import type { Datagrams } from "../../ports/datagrams.ts";
import type { SipListener } from "../../ports/sip.ts";
import { datagramFlow } from "./datagram-flow.ts";

export interface PnpSocketsOptions {
  readonly datagrams: Datagrams;
  /** The address of this machine whose network is served; null: the one that multicast comes in by. */
  readonly address: string | null;
  readonly group: string;
  /** 0: any free one. */
  readonly port: number;
  readonly listener: SipListener;
}

export interface PnpSockets {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A socket in the multicast group, shared with other listeners, and one of its own that answers and hears what is said
 * to it. Throws AgentError LISTEN; nothing stays open then.
 */
export async function openPnpSockets(options: PnpSocketsOptions): Promise<PnpSockets> {
  const { datagrams, address, group, port, listener } = options;
  const purpose = "PnP";
  const own = await datagrams.bind({
    ...{ address: address ?? "0.0.0.0", port: 0, purpose },
    onMessage: (bytes, from) => listener.received(bytes, datagramFlow(own, from, { host: "", port: own.local.port })),
  });
  const asked = datagrams.bind({
    ...{ address: address ?? "0.0.0.0", group, port, purpose },
    onMessage(bytes, from) {
      // A sender that no route leads to is not answered.
      own.sourceAddress(from).then(
        (host) => listener.received(bytes, datagramFlow(own, from, { host, port: own.local.port })),
        () => {},
      );
    },
  });
  const socket = await asked.catch(async (error: unknown) => {
    await own.close();
    throw error;
  });
  return {
    port: socket.local.port,
    async close() {
      await Promise.all([socket.close(), own.close()]);
    },
  };
}
