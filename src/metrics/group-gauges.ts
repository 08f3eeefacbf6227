import { Counter, Gauge, Registry } from "prom-client";
import { addBuildInfo } from "./gauges.ts";

/** What one group of phones has done, in counts that only grow but for `retrying`. */
export interface GroupCounts {
  readonly started: number;
  /** Phones that have had a successful session. */
  readonly reached: number;
  /** Phones whose last session failed. */
  readonly retrying: number;
  readonly sessions: number;
  readonly failures: number;
  /** Sessions that were a retry of a failed one. */
  readonly retries: number;
  readonly rpcs: number;
  /** CWMP faults in either direction. */
  readonly faults: number;
  /** What scenarios and misbehaviour have done. */
  readonly injected: number;
}

const PHONES = [
  ["started", "Phones that have been started."],
  ["reached", "Phones that have had a successful session."],
  ["retrying", "Phones whose last session failed."],
] as const;

const COUNTS = [
  ["sessions", "Sessions that have ended."],
  ["failures", "Sessions that failed."],
  ["retries", "Sessions that were a retry of a failed one."],
  ["rpcs", "RPCs of the ACS."],
  ["faults", "CWMP faults in either direction."],
  ["injected", "Actions of scenarios and misbehaviour."],
] as const;

/** The figures of a fleet by group, in a registry of their own. */
export function createGroupMetrics(
  version: string,
  groups: () => Iterable<readonly [group: string, figures: GroupCounts]>,
): Registry {
  const registry = new Registry();
  const common = { labelNames: ["group"] as const, registers: [registry] };
  addBuildInfo(registry, version);
  for (const [figure, help] of PHONES) {
    new Gauge({
      ...common,
      ...{ name: `akuvox_cpe_fleet_phones_${figure}`, help },
      collect() {
        for (const [group, figures] of groups()) this.set({ group }, figures[figure]);
      },
    });
  }
  for (const [figure, help] of COUNTS) {
    new Counter({
      ...common,
      ...{ name: `akuvox_cpe_fleet_${figure}_total`, help },
      collect() {
        this.reset();
        for (const [group, figures] of groups()) this.inc({ group }, figures[figure]);
      },
    });
  }
  return registry;
}
