import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import type { HookRunner } from "./hook-runner.ts";
import { parseKeyLine, type SaidOfKey } from "./json-lines.ts";
import type { ProcessGroup } from "./process-group.ts";

export interface WatcherOptions {
  readonly runner: HookRunner;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Keys that the phone has. */
  readonly knows: (key: string) => boolean;
  /** Reports since the last call, the latest for each key. */
  readonly heard: (said: readonly SaidOfKey[]) => void;
}

/** The `watch` hook: a program that runs permanently and reports changes, restarted whenever it ends. */
export interface Watcher {
  start(): void;
  /** Ends it with all processes that it has started. */
  stop(): Promise<void>;
}

const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 300_000;
/** A program that has run this long started successfully. */
const HEALTHY_MS = 60_000;
/** Lines are collected for this time: one change of the phone may produce many. */
const GATHER_MS = 100;
const MAX_LINE = 65_536;
const MAX_LINES = 5_000;
const WINDOW_MS = 10_000;

export function createWatcher(options: WatcherOptions): Watcher {
  return new Watching(options);
}

class Watching implements Watcher {
  readonly #options: WatcherOptions;
  #gathered = new Map<string, SaidOfKey>();
  #gathering: Timer | null = null;
  #waiting: Timer | null = null;
  #failures = 0;
  #isStopped = true;
  #group: ProcessGroup | null = null;
  #run: Promise<void> = Promise.resolve();

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#options.runner.has("watch") || !this.#isStopped) return;
    this.#isStopped = false;
    this.#failures = 0;
    this.#run = this.#watch();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting?.cancel();
    this.#gathering?.cancel();
    this.#gathering = null;
    this.#gathered.clear();
    this.#group?.terminate();
    await this.#run;
  }

  /** Runs the program once, then waits before the restart. */
  async #watch(): Promise<void> {
    const { runner, clock, scheduler } = this.#options;
    const startedMs = clock.monotonic();
    let isFlood = false;
    const flood = (): void => {
      isFlood = true;
      this.#group?.terminate();
    };
    const lines = createLines(clock, (line) => this.#line(line), flood);
    this.#group = await runner.start("watch", lines, flood);
    if (this.#isStopped || isFlood) this.#group.terminate();
    const end = await this.#group.ended;
    // The output of its child processes has no reader any more.
    this.#group.kill();
    this.#group = null;
    if (this.#isStopped) return;
    if (clock.monotonic() - startedMs >= HEALTHY_MS) this.#failures = 0;
    const waitMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 20));
    this.#failures++;
    const how =
      end.kind === "code"
        ? `ended with exit code ${end.code}`
        : end.kind === "signal"
          ? `was ended by ${end.signal}`
          : `cannot be started: ${end.reason}`;
    const what = isFlood ? "printed too much and was ended" : how;
    runner
      .logOf("watch")
      .warn(`the watch hook ${what} (setting backend.watch): it is restarted in ${waitMs / 1000} seconds`);
    this.#waiting = scheduler.after(waitMs, "start of the watch hook", () => {
      this.#run = this.#watch();
    });
  }

  #line(line: string): void {
    const { runner, knows } = this.#options;
    const said = parseKeyLine(line);
    const problem =
      typeof said === "string" ? said : knows(said.key) ? null : "names a key that the phone does not have";
    if (problem !== null || typeof said === "string") {
      runner
        .logOf("watch")
        .warn(`the watch hook printed a line that ${problem} (setting backend.watch): the line is ignored`);
      return;
    }
    this.#gathered.set(said.key, said);
    this.#gathering ??= this.#options.scheduler.after(GATHER_MS, "changes from the watch hook", () => {
      const gathered = [...this.#gathered.values()];
      this.#gathering = null;
      this.#gathered = new Map();
      this.#options.heard(gathered);
    });
  }
}

/** Lines out of chunks; `flood` is called for a line without an end and for too many of them. */
function createLines(clock: Clock, onLine: (line: string) => void, flood: () => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let sinceMs = clock.monotonic();
  let count = 0;
  let isOver = false;
  const giveUp = (): void => {
    isOver = true;
    rest = Buffer.alloc(0);
    flood();
  };
  return (chunk) => {
    if (isOver) return;
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf("\n"); end !== -1; end = rest.indexOf("\n")) {
      const line = rest.toString("utf8", 0, end);
      rest = rest.subarray(end + 1);
      if (clock.monotonic() - sinceMs >= WINDOW_MS) [sinceMs, count] = [clock.monotonic(), 0];
      if (++count > MAX_LINES) return giveUp();
      if (line.trim() !== "") onLine(line);
    }
    if (rest.length > MAX_LINE) giveUp();
  };
}
