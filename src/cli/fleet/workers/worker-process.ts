import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { FleetMoment } from "../../../fleet/figures/timeline.ts";
import type { FleetEvent } from "../../../fleet/fleet.ts";
import type { Now } from "../../../fleet/results/merged-timeline.ts";
import { readResults } from "../../../fleet/results/read-results.ts";
import type { Shard } from "../../../fleet/shards/shard.ts";
import type { FleetSummary } from "../../../fleet/summary.ts";

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

/** This program in a separate process, with a part of the fleet. */
export class WorkerProcess {
  readonly shard: Shard;
  readonly ended: Promise<WorkerEnd>;
  readonly #child: ChildProcess;
  #recent: FleetMoment[] = [];
  #last: FleetMoment | null = null;
  #result: FleetSummary | null = null;
  #isOver = false;

  /** @param args of `fleet`, without those that select the part */
  constructor(shard: Shard, args: readonly string[], listener: WorkerListener) {
    const { index, count } = shard;
    const own = ["fleet", ...args, "--json", "--worker", "--shard", `${index}/${count}`];
    this.shard = shard;
    this.#child = fork(process.argv[1] ?? "", own, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => listener.stderr(text));
    this.ended = this.#follow(listener);
  }

  /** `worker 1 of 4` is the first. */
  get name(): string {
    return `worker ${this.shard.index + 1} of ${this.shard.count}`;
  }

  /** Whether it has begun to start phones. */
  get hasStarted(): boolean {
    return this.#last !== null || this.#result !== null;
  }

  /** Ends it cleanly; it still prints its result. */
  stop(): void {
    this.#child.kill("SIGTERM");
  }

  /** Its moments since the last call. */
  take(): Now {
    const recent = this.#recent;
    this.#recent = [];
    return { recent, last: this.#last, isOver: this.#isOver };
  }

  async #follow(listener: WorkerListener): Promise<WorkerEnd> {
    const closed = once(this.#child, "close");
    if (this.#child.stdout !== null)
      for await (const line of createInterface({ input: this.#child.stdout })) this.#hear(line, listener);
    const [code, signal] = (await closed) as [number | null, string | null];
    this.#isOver = true;
    return { result: this.#result, how: signal ?? `exit code ${code}` };
  }

  /** Output lines of our own program. A truncated line is the last of a killed process. */
  #hear(line: string, listener: WorkerListener): void {
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
