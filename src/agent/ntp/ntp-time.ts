import { messageOf } from "../../cwmp/errors.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Datagrams } from "../../ports/datagrams.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Feature } from "../core/feature.ts";
import { type AskPorts, askServer, type ServerTime } from "./ask-server.ts";

/** The offset of this host's clock by the time servers. The clock itself is not set. Holds no secret. */
export interface NtpStatus {
  /** The server of the figures below, as configured; empty: none has answered yet. */
  readonly server: string;
  /** The server's time less the host's now, milliseconds; null: not known. */
  readonly offsetMs: number | null;
  /** Milliseconds. */
  readonly roundTripMs: number | null;
  /** 1 to 15: how far the server is from a reference clock. */
  readonly stratum: number | null;
  /** Which servers failed in the last round, and why; null: none. */
  readonly problem: string | null;
}

/** Asks the servers of `Device.Time.` for the time, to show how far off the host's clock is. */
export interface NtpTime extends Feature {
  /** Null: nobody is asked. */
  readonly status: NtpStatus | null;
}

export interface NtpOptions extends AskPorts {
  readonly tree: ParameterTree;
  readonly log: Logger;
}

type Found = Extract<ServerTime, { kind: "time" }> & { readonly server: string };

const SERVERS = ["Device.Time.NTPServer1", "Device.Time.NTPServer2"] as const;
const MINUTE_MS = 60_000;
/** Spreads the requests of phones that regain power together. */
const START_SPREAD_MS = MINUTE_MS;
/** Time between rounds; after failures a minute, doubling up to this. Each varies by up to a tenth. */
const INTERVAL_MS = 60 * MINUTE_MS;
const SPREAD = 0.1;
/** However often the settings change: no server is asked more often (RFC 4330 10). */
const MIN_INTERVAL_MS = 15_000;
const NAME = "time servers";

/** @param datagrams null: nobody is asked */
export function createNtpTime(options: NtpOptions, datagrams: Datagrams | null): NtpTime {
  return datagrams === null ? OFF : new NtpLooks(options, datagrams);
}

const OFF: NtpTime = { status: null, start: async () => {}, stop: async () => {} };

class NtpLooks implements NtpTime {
  readonly #options: NtpOptions;
  readonly #datagrams: Datagrams;
  #timer: Timer | null = null;
  #looking = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #found: Found | null = null;
  #problem: string | null = null;
  /** Consecutive rounds without a usable answer. */
  #failures = 0;
  #lastLookMs = Number.NEGATIVE_INFINITY;
  /** Servers that asked for a lower rate: until when they are not asked, on the monotonic clock, and for how long. */
  readonly #resting = new Map<string, { readonly untilMs: number; readonly forMs: number }>();

  constructor(options: NtpOptions, datagrams: Datagrams) {
    this.#options = options;
    this.#datagrams = datagrams;
  }

  get status(): NtpStatus {
    const { clock } = this.#options;
    const { server = "", aheadOfMonotonicMs = null, roundTripMs = null, stratum = null } = this.#found ?? {};
    const offsetMs =
      aheadOfMonotonicMs === null ? null : Math.round(aheadOfMonotonicMs + clock.monotonic() - clock.now());
    return { server, offsetMs, roundTripMs, stratum, problem: this.#problem };
  }

  async start(): Promise<void> {
    const { tree, random } = this.#options;
    tree.onChange(({ paths }) => {
      if (SERVERS.some((path) => paths.has(path))) this.#restart();
    });
    this.#lookIn(random.between(0, START_SPREAD_MS));
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#looking.abort();
    await this.#running;
  }

  /** Other servers: answers of the old ones no longer count. */
  #restart(): void {
    if (this.#looking.signal.aborted) return;
    this.#looking.abort();
    this.#looking = new AbortController();
    this.#found = null;
    this.#problem = null;
    this.#failures = 0;
    this.#lookIn(0);
  }

  #lookIn(delayMs: number): void {
    const { clock, scheduler, log } = this.#options;
    const { signal } = this.#looking;
    this.#timer?.cancel();
    const soonestMs = this.#lastLookMs + MIN_INTERVAL_MS - clock.monotonic();
    this.#timer = scheduler.after(Math.max(delayMs, soonestMs), NAME, () => {
      this.#lastLookMs = clock.monotonic();
      this.#running = this.#look(signal).catch((error) =>
        log.error({ reason: messageOf(error) }, "The time servers could not be asked: internal error"),
      );
    });
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { tree, random } = this.#options;
    const values = await tree.read(SERVERS.flatMap((path) => tree.layout.get(path) ?? []));
    const servers = [...new Set(SERVERS.map((path) => values.get(path) ?? ""))].filter((server) => server !== "");
    for (const server of this.#resting.keys()) if (!servers.includes(server)) this.#resting.delete(server);
    const failures: string[] = [];
    let found: Found | null = null;
    for (const server of servers) {
      if (found !== null || signal.aborted) break;
      const answer = await this.#ask(server, signal);
      if (answer.kind === "time") found = { ...answer, server };
      else failures.push(`${server}: ${answer.reason}`);
    }
    if (signal.aborted) return;
    if (servers.length === 0) failures.push("no time server is set");
    this.#failures = found === null ? this.#failures + 1 : 0;
    this.#logChange(found, failures.length === 0 ? null : failures.join("; "));
    const delayMs = found === null ? Math.min(INTERVAL_MS, MINUTE_MS * 2 ** (this.#failures - 1)) : INTERVAL_MS;
    this.#lookIn(delayMs * random.between(1 - SPREAD, 1 + SPREAD));
  }

  /** By RFC 5905 7.4: after DENY and RSTR not again while the settings name it, after RATE less and less often. */
  async #ask(server: string, signal: AbortSignal): Promise<ServerTime> {
    const { clock } = this.#options;
    const rest = this.#resting.get(server);
    if (rest !== undefined && rest.untilMs > clock.monotonic())
      return { kind: "failed", reason: "it asked for a lower request rate" };
    const answer = await askServer(server, this.#datagrams, this.#options, signal);
    if (answer.kind === "refused" || answer.kind === "slower") {
      const forMs = answer.kind === "refused" ? Number.POSITIVE_INFINITY : 2 * (rest?.forMs ?? INTERVAL_MS);
      this.#resting.set(server, { forMs, untilMs: clock.monotonic() + forMs });
    }
    return answer;
  }

  /** Logged the first time, and when the reason changes. */
  #logChange(found: Found | null, problem: string | null): void {
    const { log } = this.#options;
    const isFirst = found !== null && this.#found === null;
    const isNew = problem !== null && problem !== this.#problem;
    if (found !== null) this.#found = found;
    this.#problem = problem;
    if (isNew) log.warn({ reason: problem }, "A time server (NTP) failed");
    if (isFirst) log.info({ ...this.status }, "A time server (NTP) answered: the offset is shown, no clock is set");
  }
}
