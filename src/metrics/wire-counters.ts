import { Counter, type Registry } from "prom-client";
import type { WireObserver } from "../ports/acs-transport.ts";

/** Counts connections to the ACS and what goes over them. */
export function addWireCounters(registry: Registry): WireObserver {
  const registers = [registry];
  const connections = new Counter({
    name: "akuvox_cpe_acs_connections_total",
    help: "TCP connections to the ACS that were established.",
    registers,
  });
  const bytes = new Counter({
    name: "akuvox_cpe_acs_bytes_total",
    help: "Bytes of message bodies to and from the ACS, without headers and TLS.",
    labelNames: ["direction"] as const,
    registers,
  });
  for (const direction of ["sent", "received"]) bytes.inc({ direction }, 0);
  return (_session, _at, event) => {
    if (event.kind === "connected") connections.inc();
    if (event.kind === "sent" || event.kind === "received") bytes.inc({ direction: event.kind }, event.bytes);
  };
}
