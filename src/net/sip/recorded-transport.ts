import type { SipFlow, SipListener, SipTransport } from "../../ports/sip.ts";
import type { ObservingSipLog } from "../../sip/message-log.ts";

/** The same transport, which logs every message. */
export function recordedTransport(transport: SipTransport, log: Pick<ObservingSipLog, "observe">): SipTransport {
  /** A flow is known by what it is, not by its address: each has one recorded form. */
  const recorded = new WeakMap<SipFlow, SipFlow>();
  const of = (flow: SipFlow): SipFlow => {
    const known = recorded.get(flow);
    if (known !== undefined) return known;
    const made = recordedFlow(flow, log);
    recorded.set(flow, made);
    return made;
  };
  return {
    listen: (listener: SipListener) =>
      transport.listen({
        received(bytes, from) {
          log.observe("peer", bytes, from);
          listener.received(bytes, of(from));
        },
        closed: (flow, reason) => listener.closed(of(flow), reason),
      }),
    open: async (target, localPort) => of(await transport.open(target, localPort)),
    usePort: (localPort) => transport.usePort(localPort),
    speaksTo: (host) => transport.speaksTo(host),
    openVoice: (received) => transport.openVoice(received),
    close: () => transport.close(),
  };
}

function recordedFlow(flow: SipFlow, log: Pick<ObservingSipLog, "observe">): SipFlow {
  const { protocol, remote, local } = flow;
  return {
    ...{ protocol, remote, local },
    send(bytes) {
      log.observe("phone", bytes, flow);
      flow.send(bytes);
    },
    ...(flow.toPort === undefined ? {} : { toPort: (port: number) => recordedFlow(flow.toPort?.(port) ?? flow, log) }),
  };
}
