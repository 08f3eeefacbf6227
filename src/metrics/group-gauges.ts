import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { addBuildInfo } from "./gauges.ts";
import { SESSION_BUCKETS } from "./prometheus-meter.ts";

/** The counts of one group of phones, which only grow, except `retrying`. */
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

/** Counts by name; the names are of a fixed set. */
export type Counts = Readonly<Record<string, number>>;

/** What is read of one group at each scrape. */
export interface GroupSample {
  readonly group: string;
  readonly counts: GroupCounts;
  /** Phones by what they do now: each phone in one state. */
  readonly states: Counts;
  /** Sessions that have ended: `success`, or the code of what went wrong. */
  readonly outcomes: Counts;
  /** RPCs of the ACS by method. */
  readonly rpcs: Counts;
  /** Actions of scenarios and misbehaviour by name. */
  readonly injected: Counts;
}

export interface GroupMetricsOptions {
  readonly version: string;
  groups(): readonly GroupSample[];
  /** Connection requests at the port that all phones share, by what became of them. */
  connectionRequests(): Counts;
}

export interface GroupMetrics {
  readonly registry: Registry;
  /** A session of a phone of the group has ended. */
  sessionEnded(group: string, session: { readonly successful: boolean; readonly durationMs: number }): void;
}

const PHONES = [
  ["started", "Phones that have been started."],
  ["reached", "Phones that have had a successful session."],
  ["retrying", "Phones whose last session failed."],
] as const;

const COUNTS = [
  ["failures", "Sessions that failed."],
  ["retries", "Sessions that were a retry of a failed one."],
  ["faults", "CWMP faults in either direction."],
] as const;

const KINDS = [
  ["sessions", "outcome", "Sessions that have ended: success, or why they failed.", "outcomes"],
  ["rpcs", "method", "RPCs of the ACS.", "rpcs"],
  ["injected", "what", "Actions of scenarios and misbehaviour.", "injected"],
] as const;

/** The figures of a fleet by group, in a registry of their own. */
export function createGroupMetrics({ version, groups, connectionRequests }: GroupMetricsOptions): GroupMetrics {
  const registry = new Registry();
  const registers = [registry];
  addBuildInfo(registry, version);
  addPhoneGauges(registry, groups);
  addGroupCounters(registry, groups);
  new Counter({
    name: "akuvox_cpe_fleet_connection_requests_total",
    help: "Connection requests at the port that all phones share, by result.",
    labelNames: ["result"] as const,
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries({ accepted: 0, ...connectionRequests() }))
        this.inc({ result }, count);
    },
  });
  const durations = new Histogram({
    name: "akuvox_cpe_fleet_session_duration_seconds",
    help: "Length of a session, from the Inform to its end.",
    labelNames: ["group", "outcome"] as const,
    buckets: SESSION_BUCKETS,
    registers,
  });
  for (const { group } of groups()) for (const outcome of ["success", "failure"]) durations.zero({ group, outcome });
  return {
    registry,
    sessionEnded: (group, { successful, durationMs }) =>
      durations.observe({ group, outcome: successful ? "success" : "failure" }, durationMs / 1000),
  };
}

function addPhoneGauges(registry: Registry, groups: GroupMetricsOptions["groups"]): void {
  const registers = [registry];
  for (const [figure, help] of PHONES) {
    new Gauge({
      ...{ name: `akuvox_cpe_fleet_phones_${figure}`, help, labelNames: ["group"] as const, registers },
      collect() {
        for (const { group, counts } of groups()) this.set({ group }, counts[figure]);
      },
    });
  }
  new Gauge({
    name: "akuvox_cpe_fleet_phones",
    help: "Phones by what they are doing; waiting: for the retry of a failed session.",
    labelNames: ["group", "state"] as const,
    registers,
    collect() {
      for (const { group, states } of groups())
        for (const [state, count] of Object.entries(states)) this.set({ group, state }, count);
    },
  });
}

function addGroupCounters(registry: Registry, groups: GroupMetricsOptions["groups"]): void {
  const registers = [registry];
  for (const [figure, help] of COUNTS) {
    new Counter({
      ...{ name: `akuvox_cpe_fleet_${figure}_total`, help, labelNames: ["group"] as const, registers },
      collect() {
        this.reset();
        for (const { group, counts } of groups()) this.inc({ group }, counts[figure]);
      },
    });
  }
  for (const [figure, label, help, kinds] of KINDS) {
    new Counter({
      ...{ name: `akuvox_cpe_fleet_${figure}_total`, help, labelNames: ["group", label], registers },
      collect() {
        this.reset();
        for (const sample of groups())
          for (const [kind, count] of Object.entries(sample[kinds]))
            this.inc({ group: sample.group, [label]: kind }, count);
      },
    });
  }
}
