import type { SessionOutcome } from "../../agent/core/session-history.ts";
import type { GroupCounts } from "../../metrics/group-gauges.ts";
import { type Meter, NO_METER } from "../../ports/meter.ts";
import type { Latency } from "./latency.ts";
import { Tally } from "./tally.ts";

/** The same by kind. */
export interface GroupTallies {
  /** `success`, or the code of what went wrong. */
  readonly outcomes: Tally;
  /** Events in the Informs of successful sessions. */
  readonly events: Tally;
  readonly rpcs: Tally;
  /** `SetParameterValues 9003`. */
  readonly faults: Tally;
  /** `Download 0`. */
  readonly transfers: Tally;
  /** `reboot storm`, `duplicate-inform`. */
  readonly injected: Tally;
}

/** What is measured of all groups at once. */
export interface SharedLatencies {
  /** Whole sessions, from the Inform to the end. */
  readonly sessions: Latency;
  /** From a failed session to the next try. */
  readonly retryWaits: Latency;
}

export class GroupFigures {
  readonly tallies: GroupTallies = {
    outcomes: new Tally(),
    events: new Tally(),
    rpcs: new Tally(),
    faults: new Tally(),
    transfers: new Tally(),
    injected: new Tally(),
  };
  readonly meter: Meter;
  readonly #latencies: SharedLatencies;
  readonly #counts = {
    started: 0,
    reached: 0,
    retrying: 0,
    sessions: 0,
    failures: 0,
    retries: 0,
    rpcs: 0,
    faults: 0,
    injected: 0,
  };

  constructor(latencies: SharedLatencies) {
    this.#latencies = latencies;
    this.meter = this.#createMeter();
  }

  get counts(): GroupCounts {
    return this.#counts;
  }

  started(): void {
    this.#counts.started++;
  }

  injected(name: string): void {
    this.#counts.injected++;
    this.tallies.injected.add(name);
  }

  /** What hears of the sessions of one phone. */
  phone(): (outcome: SessionOutcome) => void {
    let isReached = false;
    /** Wall time at which its last session failed; null: it did not. */
    let failedAt: number | null = null;
    return (outcome) => {
      const { successful, startedAt, durationMs, failure, events } = outcome;
      // A session that we broke off ourselves, to stop or to restart the phone, says nothing about the ACS.
      if (failure?.code === "SESSION_ABORTED") return;
      this.#sessionEnded(failure?.code ?? null, durationMs, events);
      if (failedAt !== null) {
        this.#counts.retries++;
        this.#latencies.retryWaits.record(startedAt - failedAt);
      }
      if (successful && !isReached) {
        isReached = true;
        this.#counts.reached++;
      }
      this.#counts.retrying += Number(!successful) - Number(failedAt !== null);
      failedAt = successful ? null : startedAt + durationMs;
    };
  }

  #sessionEnded(failure: string | null, durationMs: number, events: readonly string[]): void {
    this.#counts.sessions++;
    this.tallies.outcomes.add(failure ?? "success");
    if (failure !== null) this.#counts.failures++;
    else {
      this.#latencies.sessions.record(durationMs);
      for (const event of events) this.tallies.events.add(event);
    }
  }

  #createMeter(): Meter {
    const { rpcs, faults, transfers } = this.tallies;
    const fault = (name: string, code: string | number): void => {
      this.#counts.faults++;
      faults.add(`${name} ${code}`);
    };
    return {
      ...NO_METER,
      rpcServed: (rpc) => {
        this.#counts.rpcs++;
        rpcs.add(rpc.method);
        if (rpc.fault !== null) fault(rpc.method, rpc.fault.faultCode);
      },
      acsFault: (method, code) => fault(`${method} by the ACS`, code >= 8000 && code < 9000 ? code : "other"),
      transferEnded: (method, code) => transfers.add(`${method} ${code}`),
    };
  }
}
