import { Gauge, type Registry } from "prom-client";

const PHASES = ["starting", "idle", "session", "waiting", "rebooting", "stopped"] as const;

/** What is read of an agent at each scrape: its `status()`. */
export interface AgentFigures {
  readonly phase: (typeof PHASES)[number];
  readonly retryCount: number;
  readonly pendingEvents: { readonly length: number };
}

export function addBuildInfo(registry: Registry, version: string): void {
  const gauge = new Gauge({
    name: "akuvox_cpe_build_info",
    help: "Always 1; the labels describe the program and the phone.",
    labelNames: ["version", "node"] as const,
    aggregator: "first",
    registers: [registry],
  });
  gauge.set({ version, node: process.version }, 1);
}

/** Sums over the agents: one agent's own figures where there is one. */
export function addAgentGauges(registry: Registry, agents: () => Iterable<AgentFigures>): void {
  const registers = [registry];
  new Gauge({
    name: "akuvox_cpe_agents",
    help: "Agents by what they are doing; waiting: for the retry of a failed session.",
    labelNames: ["phase"] as const,
    registers,
    collect() {
      for (const phase of PHASES) this.set({ phase }, 0);
      for (const { phase } of agents()) this.inc({ phase });
    },
  });
  const sum = (name: string, help: string, figure: (agent: AgentFigures) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set([...agents()].reduce((total, agent) => total + figure(agent), 0));
      },
    });
  };
  sum(
    "akuvox_cpe_session_retries",
    "RetryCount: failed sessions since the last successful one.",
    (agent) => agent.retryCount,
  );
  sum(
    "akuvox_cpe_pending_events",
    "Events that are not reported to the ACS yet.",
    (agent) => agent.pendingEvents.length,
  );
}
