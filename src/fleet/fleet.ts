import { messageOf } from "../cwmp/errors.ts";
import type { Timer } from "../ports/clock.ts";
import type { FleetFigures } from "./figures/fleet-figures.ts";
import { createTimeline, type FleetMoment, type Timeline } from "./figures/timeline.ts";
import type { FleetParts } from "./fleet-parts.ts";
import { closePhones, type FleetPhone } from "./fleet-phone.ts";
import { createPhoneMaker, type PhoneMaker } from "./make-phones.ts";
import { createPace, type Pace } from "./pace.ts";
import type { Pauses } from "./pauses.ts";
import { type PlannedPhone, planMore } from "./plan.ts";
import { startRamp } from "./ramp.ts";
import { Roster } from "./roster.ts";
import { type RunningScenarios, runScenarios } from "./scenarios/run-scenarios.ts";

/** Events of a running fleet. */
export type FleetEvent =
  | { readonly kind: "moment"; readonly moment: FleetMoment }
  | { readonly kind: "notice"; readonly message: string }
  /** A scenario or a misbehaviour has done something. */
  | { readonly kind: "injected"; readonly phone: string; readonly what: string; readonly atMs: number };

/** Why a fleet should end; a failure has a reason. */
export interface FleetEnd {
  readonly failure: string | null;
}

const MOMENT_MS = 1000;
/** Closing ten thousand phones takes a second or two of a processor. */
const MAX_CLOSE_MS = 10_000;
/** Outcomes of sessions for which the ACS was not there. */
const UNANSWERED = ["ACS_UNREACHABLE", "ACS_TIMEOUT"];

/** Phones of one process under one ramp. */
export class Fleet {
  readonly timeline: Timeline = createTimeline();
  /** Wall time in milliseconds. */
  readonly startedAt: number;
  /** By their names, in the order they were started. */
  readonly phones = new Map<string, FleetPhone>();
  /** Resolves when the fleet should be stopped, after its duration or a failure. */
  readonly ended: Promise<FleetEnd>;
  /** The phones that there are to be. */
  readonly roster: Roster;
  readonly #parts: FleetParts;
  readonly #pace: Pace;
  readonly #maker: PhoneMaker;
  readonly #seed: string;
  readonly #listeners = new Set<(event: FleetEvent) => void>();
  readonly #starting = new Set<Promise<void>>();
  readonly #timers = new Map<string, Timer>();
  readonly #startedMs: number;
  #end: (end: FleetEnd) => void = () => {};
  /** Removed ones: they may just have been starting. */
  readonly #gone = new WeakSet<PlannedPhone>();
  #lastAdded = -1;
  #isEnding = false;
  #isStopping = false;
  /** Null: all phones have been started. */
  #stopRamp: (() => void) | null = null;
  #scenarios: RunningScenarios | null = null;
  #seen = { unavailable: 0, unanswered: 0 };

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#startedMs = parts.shared.clock.monotonic();
    this.startedAt = parts.shared.clock.now();
    this.roster = new Roster(parts.plan);
    const { perSecond, overSeconds, slowLatencyMs } = parts.config.ramp;
    const rate = overSeconds === null ? perSecond : this.size / overSeconds;
    this.#pace = createPace({ rate, slowLatencyMs });
    // Without a seed no two runs are alike.
    this.#seed = parts.config.seed ?? Buffer.from(parts.shared.random.bytes(8)).toString("hex");
    this.#maker = createPhoneMaker(parts, {
      seed: this.#seed,
      injected: (planned, what) => this.#injected(planned, what),
    });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Phones that there will be. */
  get size(): number {
    return this.roster.size;
  }

  get figures(): FleetFigures {
    return this.#parts.figures;
  }

  get pauses(): Pauses {
    return this.#parts.slots.pauses;
  }

  get seed(): string {
    return this.#seed;
  }

  /** Null until the first phone is up. */
  get scenarios(): RunningScenarios | null {
    return this.#scenarios;
  }

  get elapsedMs(): number {
    return this.#parts.shared.clock.monotonic() - this.#startedMs;
  }

  onEvent(listener: (event: FleetEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves with the first phone up. Throws AgentError LISTEN: the port for connection requests cannot be had. */
  async start(): Promise<void> {
    const { config } = this.#parts;
    const first = this.roster.takeNext();
    if (first !== undefined) await this.#startPhone(first);
    this.#after(MOMENT_MS, "figures of the fleet", () => this.#tellMoment());
    const { durationSeconds } = config;
    if (durationSeconds !== null)
      this.#after(durationSeconds * 1000, "duration of the fleet", () => this.end({ failure: null }));
    this.#scenarios = this.#runScenarios(this.#seed);
    this.#startRamp();
  }

  /** More phones of a group, which are started as the others were. Throws AgentError CONFIG: the group can have no more. */
  add(group: string, count: number): readonly PlannedPhone[] {
    const { config, shard } = this.#parts;
    const more = planMore(config, { group, count, shard, after: this.#lastAdded, known: this.roster.phones });
    this.#lastAdded = more.at(-1)?.index ?? this.#lastAdded;
    this.roster.add(more);
    if (this.#scenarios !== null) this.#startRamp();
    return more;
  }

  /** Ends the sessions of these phones cleanly, and forgets them. Resolves when they are gone. */
  async remove(phones: ReadonlySet<PlannedPhone>): Promise<void> {
    this.roster.remove(phones);
    const running: FleetPhone[] = [];
    for (const planned of phones) {
      this.#gone.add(planned);
      const one = this.phones.get(planned.name);
      this.phones.delete(planned.name);
      if (one !== undefined) running.push(one);
    }
    await closePhones(running);
    for (const { figures } of running) figures.left();
    this.pauses.resume([...phones].map(({ name }) => name));
  }

  /** Starts no more phones, and requests that the fleet be stopped. */
  end(end: FleetEnd): void {
    this.#isEnding = true;
    this.#stopRamp?.();
    this.#stopRamp = null;
    this.#end(end);
  }

  /**
   * Lets no more sessions begin, lets those that are open go on for `drainSeconds`, then ends what is left of them and closes the
   * phones; what they share stays open. Within a bounded time, whatever the ACS, the disk and the number of phones.
   *
   * @returns how many phones could not be closed in time
   */
  async stop(): Promise<number> {
    this.#isStopping = true;
    this.end({ failure: null });
    this.#scenarios?.stop();
    for (const timer of this.#timers.values()) timer.cancel();
    await this.#within(this.#parts.config.drainSeconds * 1000, this.#parts.slots.close());
    let left = this.phones.size;
    await this.#within(
      MAX_CLOSE_MS,
      this.#closePhones(() => left--),
    );
    return left;
  }

  async #closePhones(closed: () => void): Promise<void> {
    await Promise.all(this.#starting);
    await closePhones([...this.phones.values()], closed);
  }

  /** The fleet as it is now. `latency` is of the requests since the last call. */
  moment(): FleetMoment {
    const { figures, slots, rssBytes } = this.#parts;
    return {
      atMs: Math.round(this.elapsedMs),
      phones: this.size,
      ...figures.counts(),
      open: slots.open,
      waiting: slots.waiting,
      rate: this.#pace.rate,
      latency: figures.requests.takeRecent(),
      rssMiB: Math.round(rssBytes() / 2 ** 20),
    };
  }

  /** Until it is done, or so long. */
  async #within(ms: number, done: Promise<void>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = this.#parts.shared.scheduler.after(ms, "end of the fleet", resolve);
      done.finally(() => timer.cancel()).then(resolve, reject);
    });
  }

  #startRamp(): void {
    if (this.#stopRamp !== null || this.#isEnding) return;
    this.#stopRamp = (): void => {};
    const stop = startRamp({
      ...this.#parts.shared,
      rate: () => this.#pace.rate,
      next: () => this.#startNext(),
    });
    if (this.#stopRamp !== null) this.#stopRamp = stop;
  }

  #startNext(): boolean {
    const planned = this.#isEnding ? undefined : this.roster.takeNext();
    if (planned === undefined) {
      this.#stopRamp = null;
      return false;
    }
    const start = this.#startPhone(planned).catch((error: unknown) => {
      if (this.#gone.has(planned)) return;
      this.end({ failure: `the phone ${planned.name} cannot be started: ${messageOf(error)}` });
    });
    this.#starting.add(start);
    void start.then(() => this.#starting.delete(start));
    return true;
  }

  async #startPhone(planned: PlannedPhone): Promise<void> {
    const { name } = planned;
    const made = await this.#maker.make(planned);
    const { phone, figures } = made;
    if (this.#gone.has(planned)) return phone.close();
    phone.agent.history.onEnd((outcome) => {
      figures.ended(outcome);
      if (outcome.failure?.code === "ACS_TLS") this.#refuseTls(name, outcome.failure.message);
    });
    this.phones.set(name, made);
    await phone.agent.start();
    if (!this.#gone.has(planned)) figures.started();
  }

  #runScenarios(seed: string): RunningScenarios {
    const { config, shared, state, kinds } = this.#parts;
    return runScenarios(config.scenarios, seed, {
      ...{ scheduler: shared.scheduler, folder: state.folder },
      phones: () => this.roster.phones,
      elapsedMs: () => this.elapsedMs,
      phoneOf: ({ name }) => this.phones.get(name),
      layoutOf: (group) => kinds.get(group)?.layouts.factory ?? null,
      setAcs: (groups, reachable) => this.#maker.setAcs(groups, reachable),
      notice: (message) => this.#tell({ kind: "notice", message }),
      injected: (planned, what) => this.#injected(planned, what),
    });
  }

  #injected({ name, group }: PlannedPhone, what: string): void {
    this.figures.groups.get(group.name)?.injected(what);
    this.#tell({ kind: "injected", phone: name, what, atMs: Math.round(this.elapsedMs) });
  }

  /**
   * The server there is not the intended ACS, or must not be contacted in this way, least of all by ten thousand
   * phones.
   */
  #refuseTls(name: string, reason: string): void {
    if (this.#isStopping) return;
    this.end({ failure: `the TLS check of ${name} failed, so no more phones are started: ${reason}` });
  }

  #tellMoment(): void {
    const moment = this.moment();
    this.timeline.add(moment);
    this.#tell({ kind: "moment", moment });
    const message = this.#pace.observe({ p95: moment.latency?.p95 ?? null, ...this.#sinceLast() });
    if (message !== null && this.#stopRamp !== null) this.#tell({ kind: "notice", message });
    this.#after(MOMENT_MS, "figures of the fleet", () => this.#tellMoment());
  }

  #sinceLast(): { readonly unavailable: number; readonly unanswered: number } {
    const { statuses, groups } = this.figures;
    const outcomes = [...groups.values()].flatMap(({ tallies }) => UNANSWERED.map((code) => tallies.outcomes.of(code)));
    const now = { unavailable: statuses.of("503"), unanswered: outcomes.reduce((sum, count) => sum + count, 0) };
    const { unavailable, unanswered } = this.#seen;
    this.#seen = now;
    return { unavailable: now.unavailable - unavailable, unanswered: now.unanswered - unanswered };
  }

  #after(delayMs: number, name: string, run: () => void): void {
    this.#timers.set(name, this.#parts.shared.scheduler.after(delayMs, name, run));
  }

  #tell(event: FleetEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
