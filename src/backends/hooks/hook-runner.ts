import { PhoneFault } from "../../cwmp/errors.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { commandEnvironment, type Environment } from "../../system/command-environment.ts";
import { exitMeaning, exitText } from "./exit-codes.ts";
import { createHookLog, createStderrLines, type HookLog, hiding } from "./hook-log.ts";
import type { HookCommands, HookName } from "./hook-names.ts";
import { jsonLines } from "./json-lines.ts";
import {
  type GroupEnd,
  type GroupOptions,
  loadStartGroup,
  type ProcessGroup,
  type StartGroup,
} from "./process-group.ts";

export interface HookRunnerOptions {
  readonly commands: HookCommands;
  /** Where hooks run. */
  readonly folder: string;
  /** The agent's environment; a hook gets little of it. */
  readonly env: Environment;
  /** Values that must never be shown, whatever their length. */
  readonly secrets: () => Iterable<string>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

export interface HookRequest {
  readonly hook: HookName;
  /** What it reads. */
  readonly lines: readonly Readonly<Record<string, string>>[];
  readonly limitMs: number;
  /** Maximum size of its output. */
  readonly maxBytes: number;
}

export interface HookAnswer {
  readonly stdout: Uint8Array;
  readonly needsRestart: boolean;
}

/** Runs hooks that end by themselves, each in one process at a time. */
export interface HookRunner {
  has(hook: HookName): boolean;
  /**
   * Throws PhoneFault, which has been logged: BACKEND_REFUSED for a fault that the hook chose, with the `keys` that
   * `readKeys` finds in its output; BACKEND_IO for everything else.
   */
  run(request: HookRequest, readKeys?: (stdout: Uint8Array) => readonly string[]): Promise<HookAnswer>;
  /** For a hook with invalid output: logs it and returns the error to throw. */
  invalidOutput(hook: HookName, what: string): PhoneFault;
  /** Starts a hook that runs permanently. */
  start(hook: HookName, onStdout: (chunk: Buffer) => void, flood: () => void): Promise<ProcessGroup>;
  logOf(hook: HookName): HookLog;
  /** Hooks may run again after a stop. */
  open(): void;
  /** Ends running hooks. Queued ones are not started. */
  stop(): Promise<void>;
}

const MAX_STDERR_BYTES = 1_048_576;

export function createHookRunner(options: HookRunnerOptions): HookRunner {
  return new Runner(options);
}

type Ended = GroupEnd | { readonly kind: "limit" | "flood" | "stopped" };

interface Run {
  readonly end: Ended;
  readonly stdout: Uint8Array;
  readonly reason: string | null;
}

class Runner implements HookRunner {
  readonly #options: HookRunnerOptions;
  readonly #turns = new Map<HookName, Promise<unknown>>();
  readonly #logs = new Map<HookName, HookLog>();
  #stopping = new AbortController();
  #startGroup: Promise<StartGroup> | null = null;

  constructor(options: HookRunnerOptions) {
    this.#options = options;
  }

  has(hook: HookName): boolean {
    return this.#options.commands[hook] !== null;
  }

  run(request: HookRequest, readKeys: (stdout: Uint8Array) => readonly string[] = () => []): Promise<HookAnswer> {
    const { signal } = this.#stopping;
    const turn = (this.#turns.get(request.hook) ?? Promise.resolve()).then(() => this.#runNow(request, signal));
    this.#turns.set(
      request.hook,
      turn.catch(() => {}),
    );
    return turn.then((run) => this.#answer(request, run, readKeys));
  }

  invalidOutput(hook: HookName, what: string): PhoneFault {
    return this.#fault(hook, "BACKEND_IO", 9002, what, null);
  }

  async start(hook: HookName, onStdout: (chunk: Buffer) => void, flood: () => void): Promise<ProcessGroup> {
    const stderr = this.#stderrOf(hook, [], flood);
    const startGroup = await this.#load();
    return startGroup(this.#groupOf(hook, onStdout, (chunk) => stderr.take(chunk)));
  }

  logOf(hook: HookName): HookLog {
    const { clock, log } = this.#options;
    const known = this.#logs.get(hook) ?? createHookLog(hook, clock, log);
    this.#logs.set(hook, known);
    return known;
  }

  open(): void {
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#turns.values());
  }

  async #runNow({ hook, lines, limitMs, maxBytes }: HookRequest, signal: AbortSignal): Promise<Run> {
    const startGroup = await this.#load();
    if (signal.aborted) return { end: { kind: "stopped" }, stdout: new Uint8Array(), reason: null };
    const chunks: Buffer[] = [];
    let bytes = 0;
    let ownEnd: Ended | null = null;
    const endAs = (kind: "limit" | "flood" | "stopped"): void => {
      ownEnd ??= { kind };
      group.terminate();
    };
    const stderr = this.#stderrOf(
      hook,
      lines.flatMap(({ value = "" }) => value),
      () => endAs("flood"),
    );
    const takeOutput = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else endAs("flood");
    };
    const stop = (): void => endAs("stopped");
    const group = startGroup(this.#groupOf(hook, takeOutput, (chunk) => stderr.take(chunk)));
    signal.addEventListener("abort", stop);
    const limit = this.#options.scheduler.after(limitMs, `limit of the ${hook} hook`, () => endAs("limit"));
    group.stdin?.end(jsonLines(lines));
    const end = await group.ended;
    limit.cancel();
    signal.removeEventListener("abort", stop);
    return { end: ownEnd ?? end, stdout: Buffer.concat(chunks), reason: stderr.last() };
  }

  #load(): Promise<StartGroup> {
    this.#startGroup ??= loadStartGroup();
    return this.#startGroup;
  }

  #groupOf(hook: HookName, onStdout: (chunk: Buffer) => void, onStderr: (chunk: Buffer) => void): GroupOptions {
    const { commands, folder, scheduler } = this.#options;
    const command = commands[hook] ?? [];
    const env = commandEnvironment(this.#options.env, { AKUVOX_CPE_HOOK: hook });
    return { command, folder, env, scheduler, name: `${hook} hook`, onStdout, onStderr };
  }

  /** Limits the output of a hook in the log. */
  #stderrOf(hook: HookName, sent: readonly string[], flood: () => void) {
    const { clock, secrets } = this.#options;
    const log = this.logOf(hook);
    // Read on demand: a silent hook costs nothing.
    const hide = (text: string): string => hiding(sent, secrets())(text);
    const lines = createStderrLines(hide, (line) => log.info(() => `${hook}: ${line()}`));
    let since = clock.monotonic();
    let bytes = 0;
    return {
      last: () => lines.last(),
      take(chunk: Buffer): void {
        if (clock.monotonic() - since >= 60_000) [since, bytes] = [clock.monotonic(), 0];
        bytes += chunk.length;
        if (bytes > MAX_STDERR_BYTES) flood();
        else lines.take(chunk);
      },
    };
  }

  #answer(
    { hook, limitMs, maxBytes }: HookRequest,
    { end, stdout, reason }: Run,
    readKeys: (stdout: Uint8Array) => readonly string[],
  ): HookAnswer {
    switch (end.kind) {
      case "code": {
        const meaning = exitMeaning(hook, end.code);
        if (meaning.kind === "done") return { stdout, needsRestart: meaning.needsRestart };
        const what = exitText(hook, end.code);
        if (meaning.kind === "failed") throw this.#fault(hook, "BACKEND_IO", 9002, what, reason);
        throw this.#fault(hook, "BACKEND_REFUSED", meaning.faultCode, what, reason, readKeys(stdout));
      }
      case "signal":
        throw this.#fault(hook, "BACKEND_IO", 9002, `was ended by ${end.signal}`, reason);
      case "limit":
        throw this.#fault(hook, "BACKEND_IO", 9002, `did not end within ${limitMs / 1000} seconds`, reason);
      case "flood":
        throw this.#fault(
          hook,
          "BACKEND_IO",
          9002,
          `printed more than ${maxBytes} bytes, or too much on stderr`,
          reason,
        );
      case "not started":
        throw this.#fault(hook, "BACKEND_IO", 9002, `cannot be started: ${end.reason}`, reason);
      case "stopped":
        throw new PhoneFault("BACKEND_IO", 9002, `the ${hook} hook was ended because the phone is stopping`);
    }
  }

  #fault(
    hook: HookName,
    code: "BACKEND_REFUSED" | "BACKEND_IO",
    faultCode: PhoneFault["faultCode"],
    what: string,
    reason: string | null,
    keys: readonly string[] = [],
  ): PhoneFault {
    const program = this.#options.commands[hook]?.[0] ?? "";
    const said = reason === null ? "" : `; it says: ${reason}`;
    const about = `the ${hook} hook "${program}" ${what} (setting backend.${hook})`;
    this.logOf(hook).warn(`${about}${said}`);
    return new PhoneFault(code, faultCode, about, { keys });
  }
}
