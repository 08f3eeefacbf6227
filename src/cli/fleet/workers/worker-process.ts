import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { FleetMoment } from "../../../fleet/figures/timeline.ts";
import type { FleetEvent } from "../../../fleet/fleet.ts";
import type { Now } from "../../../fleet/results/merged-timeline.ts";
import { readResults } from "../../../fleet/results/read-results.ts";
import type { Shard } from "../../../fleet/shards/shard.ts";
import type { FleetSummary } from "../../../fleet/summary.ts";
import type { WorkerLink } from "../../../fleet/workers/worker-link.ts";

/** The end of a worker. */
export interface WorkerEnd {
  /** Null: it has ended without one. */
  readonly result: FleetSummary | null;
  /** `exit code 1`, `SIGKILL`. */
  readonly how: string;
}

export interface WorkerListener {
  /** Not its moments. */
  event(event: FleetEvent): void;
  /** Of its log. */
  stderr(text: string): void;
}

/** Checks in a row without any output or answer, after which a worker counts as silent. */
const SILENT_AFTER = 10;
/** The same while it is being stopped: after which it is killed. */
const KILLED_AFTER = 30;

/** This program in a separate process, with a part of the fleet. */
export class WorkerProcess implements WorkerLink {
  readonly shard: Shard;
  readonly socket: string;
  readonly #listener: WorkerListener;
  #child: ChildProcess | null = null;
  #recent: FleetMoment[] = [];
  #last: FleetMoment | null = null;
  #result: FleetSummary | null = null;
  #isOver = false;
  #isStopping = false;
  /** Checks since its last output or answer. */
  #unanswered = 0;
  #whileUp = new AbortController();

  /** @param socket where it serves its part to this process; empty: it does not */
  constructor(shard: Shard, socket: string, listener: WorkerListener) {
    this.shard = shard;
    this.socket = socket;
    this.#listener = listener;
  }

  /**
   * Resolves when it has ended.
   *
   * @param args of `fleet`, without those that select the part
   */
  start(args: readonly string[]): Promise<WorkerEnd> {
    const { index, count } = this.shard;
    const own = ["fleet", ...args, "--json", "--worker", "--shard", `${index}/${count}`];
    if (this.socket !== "") own.push(`--control-socket=${this.socket}`);
    const child = fork(process.argv[1] ?? "", own, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#listener.stderr(text));
    child.on("message", () => this.#answered());
    this.#child = child;
    return this.#follow(child);
  }

  /** `worker 1 of 4` is the first. */
  get name(): string {
    return `worker ${this.shard.index + 1} of ${this.shard.count}`;
  }

  /** Whether it has begun to start phones. */
  get hasStarted(): boolean {
    return this.#last !== null || this.#result !== null;
  }

  get condition(): WorkerLink["condition"] {
    if (this.#isOver) return "ended";
    if (!this.hasStarted) return "starting";
    return this.#unanswered >= SILENT_AFTER ? "silent" : "up";
  }

  get whileUp(): AbortSignal {
    return this.#whileUp.signal;
  }

  /** Checks that it is alive; to be called once a second. A worker that does not answer while it is being stopped is killed. */
  check(): void {
    if (this.#isOver) return;
    if (this.#unanswered++ === 0 && this.#child?.connected === true) this.#child.send("alive?", () => {});
    if (this.#isStopping && this.#unanswered >= KILLED_AFTER) this.#child?.kill("SIGKILL");
    if (this.#unanswered !== SILENT_AFTER || !this.hasStarted) return;
    this.#whileUp.abort();
    this.#notice("does not answer: its phones count as gone until it does");
  }

  /** Ends it cleanly; it still prints its result. */
  stop(): void {
    this.#isStopping = true;
    this.#child?.kill("SIGTERM");
  }

  /** Its moments since the last call. */
  take(): Now {
    const recent = this.#recent;
    this.#recent = [];
    return { recent, last: this.#last, isOver: this.#isOver };
  }

  async #follow(child: ChildProcess): Promise<WorkerEnd> {
    const closed = once(child, "close");
    if (child.stdout !== null)
      for await (const line of createInterface({ input: child.stdout })) this.#hear(line, this.#listener);
    const [code, signal] = (await closed) as [number | null, string | null];
    this.#isOver = true;
    this.#whileUp.abort();
    return { result: this.#result, how: signal ?? `exit code ${code}` };
  }

  #answered(): void {
    const wasSilent = this.#unanswered >= SILENT_AFTER && this.hasStarted;
    this.#unanswered = 0;
    if (!wasSilent) return;
    this.#whileUp = new AbortController();
    this.#notice("answers again");
  }

  #notice(what: string): void {
    this.#listener.event({ kind: "notice", message: `${this.name} ${what}` });
  }

  /** Output lines of our own program. A truncated line is the last of a killed process. */
  #hear(line: string, listener: WorkerListener): void {
    this.#answered();
    const { kind, ...rest } = parsed(line);
    if (kind === "moment") {
      this.#last = rest as unknown as FleetMoment;
      this.#recent.push(this.#last);
    } else if (kind === "notice") listener.event({ kind, message: `${this.name}: ${String(rest.message)}` });
    else if (kind === "injected") listener.event({ kind, ...rest } as FleetEvent);
    else if (kind === "result") this.#result = readResults(this.name, line).results[0]?.summary ?? null;
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
