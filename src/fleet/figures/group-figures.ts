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
  readonly #heard: (outcome: SessionOutcome) => void;
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

  /** @param heard gets each session that is counted */
  constructor(latencies: SharedLatencies, heard: (outcome: SessionOutcome) => void) {
    this.#latencies = latencies;
    this.#heard = heard;
    this.meter = this.#createMeter();
  }

  get counts(): GroupCounts {
    return this.#counts;
  }

  injected(name: string): void {
    this.#counts.injected++;
    this.tallies.injected.add(name);
  }

  phone(): PhoneFigures {
    return new PhoneFigures(this);
  }

  /** A phone of the group is counted, by 1, or not any more, by -1. */
  count(figure: "started" | "reached" | "retrying", by: number): void {
    this.#counts[figure] += by;
  }

  /** @param failedAt wall time at which the phone's session before it failed; null: it did not */
  ended(outcome: SessionOutcome, failedAt: number | null): void {
    const { startedAt, durationMs, failure, events } = outcome;
    this.#heard(outcome);
    this.#sessionEnded(failure?.code ?? null, durationMs, events);
    if (failedAt === null) return;
    this.#counts.retries++;
    this.#latencies.retryWaits.record(startedAt - failedAt);
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

/** The share of a phone in its group's figures. */
export class PhoneFigures {
  readonly #group: GroupFigures;
  #isStarted = false;
  #isReached = false;
  /** Wall time at which its last session failed; null: it did not. */
  #failedAt: number | null = null;

  constructor(group: GroupFigures) {
    this.#group = group;
  }

  started(): void {
    this.#isStarted = true;
    this.#group.count("started", 1);
  }

  /** A session of the phone has ended. */
  ended(outcome: SessionOutcome): void {
    const { successful, startedAt, durationMs, failure } = outcome;
    // A session that we aborted ourselves, to stop or restart the phone, does not count against the ACS.
    if (failure?.code === "SESSION_ABORTED") return;
    this.#group.ended(outcome, this.#failedAt);
    if (successful && !this.#isReached) {
      this.#isReached = true;
      this.#group.count("reached", 1);
    }
    this.#group.count("retrying", Number(!successful) - Number(this.#failedAt !== null));
    this.#failedAt = successful ? null : startedAt + durationMs;
  }

  /** The phone is not there any more. */
  left(): void {
    this.#group.count("started", -Number(this.#isStarted));
    this.#group.count("reached", -Number(this.#isReached));
    this.#group.count("retrying", -Number(this.#failedAt !== null));
  }
}
