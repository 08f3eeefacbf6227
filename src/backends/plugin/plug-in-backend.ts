import { AgentError, CwmpFault, isAgentError, messageOf } from "../../cwmp/errors.ts";
import type { Backend, BackendChange, BackendFiles, BackendKey, StagedChange } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { delay, within } from "../poll.ts";
import { refusal } from "./plug-in-errors.ts";
import type { CallName, Calls, Description, Places, PlugInFacts } from "./protocol.ts";
import { createRepeatFilter } from "./repeats.ts";
import { startThread, type Thread, type ThreadOptions } from "./thread.ts";

export interface PlugInOptions {
  /** Its name for people: the file name. */
  readonly name: string;
  readonly facts: PlugInFacts;
  /** Time limit for `reboot` and other slow calls. */
  readonly longCallMs: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Default: a thread of this process. */
  readonly start?: (options: ThreadOptions) => Thread;
}

/** A loaded plug-in: a backend, and how to close it. */
export interface OpenPlugIn {
  readonly backend: Backend;
  readonly description: Description;
  close(): Promise<void>;
}

/** Calls that wait for the phone itself, not only for an answer. */
const LONG: ReadonlySet<CallName> = new Set(["start", "reboot", "factoryReset", "install", "verify", "produce"]);
/** A plug-in that has run this long was healthy: it is restarted at once when it dies. */
const HEALTHY_MS = 60_000;
/** Number of immediate reloads; later ones come after waits that double. */
const AT_ONCE = 3;
const MAX_REST_MS = 60_000;

/**
 * Loads a plug-in into a thread of its own. Throws AgentError CONFIG (the module is wrong) or BACKEND_IO; nothing stays open then.
 *
 * Whatever it does, each call of the backend ends in time, with a valid answer or an error. A thread that does not
 * answer is ended, so that the call cannot take effect later, and the plug-in is reloaded.
 */
export async function openPlugIn(options: PlugInOptions): Promise<OpenPlugIn> {
  const keeper = new PlugInKeeper(options);
  try {
    const description = await keeper.open();
    return { backend: backendOf(keeper, description), description, close: () => keeper.close() };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

function backendOf(keeper: PlugInKeeper, { supported, files, reached }: Description): Backend {
  return {
    name: "plug-in",
    ...(files === null ? {} : { files: filesOf(keeper, files) }),
    ...(reached ? { reached: () => keeper.notify("reached") } : {}),
    supports: (key) => supported.has(key),
    start: (onChange) => keeper.start(onChange),
    stop: () => keeper.stop(),
    read: (keys) => keeper.call("read", [...keys]),
    stage: (changes) => stage(keeper, changes),
    locate: (key) => keeper.places.get(key) ?? null,
    reboot: (commandKey) => keeper.call("reboot", commandKey),
    factoryReset: () => keeper.call("factoryReset"),
  };
}

async function stage(keeper: PlugInKeeper, changes: ReadonlyMap<BackendKey, string>): Promise<StagedChange> {
  const id = await keeper.call("stage", new Map(changes)).catch((error: unknown) => {
    const isRefused = error instanceof CwmpFault || isAgentError(error, "BACKEND_REFUSED");
    throw isRefused ? refusal(error, changes.keys()) : error;
  });
  return { apply: () => keeper.call("apply", id), discard: () => keeper.call("discard", id) };
}

function filesOf(
  keeper: PlugInKeeper,
  { installs, produces, verifies }: NonNullable<Description["files"]>,
): BackendFiles {
  return {
    installs,
    produces,
    install: (fileType, path) => keeper.call("install", fileType, path),
    ...(verifies ? { verify: (fileType: string) => keeper.call("verify", fileType) } : {}),
    produce: (fileType) => keeper.call("produce", fileType),
  };
}

/** Keeps a plug-in alive: one thread at a time, and a new one after it died. */
class PlugInKeeper {
  readonly #options: PlugInOptions;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #isNew: (text: string) => boolean;
  places: Places = new Map();
  /** The current thread; while there is none, the next one. */
  #thread: Promise<Thread>;
  #current: Thread | null = null;
  /** One that is being loaded and started. */
  #starting: Thread | null = null;
  /** The receiver of changes while the backend is started. */
  #report: ((changes: readonly BackendChange[]) => void) | null = null;
  #started = false;
  /** A stop was sent but not answered yet: earlier reports may still arrive. */
  #isStopping = false;
  #startedMs = 0;
  #crashes = 0;

  constructor(options: PlugInOptions) {
    this.#options = options;
    this.#log = options.log.child({ plugIn: options.name });
    this.#isNew = createRepeatFilter(options.clock);
    this.#thread = Promise.reject(this.#error("it is not loaded yet"));
    this.#thread.catch(() => {});
  }

  async open(): Promise<Description> {
    const { thread, description } = await this.#load();
    this.#takeOver(thread);
    this.#thread = Promise.resolve(thread);
    return description;
  }

  async start(onChange: (changes: readonly BackendChange[]) => void): Promise<void> {
    this.#report = onChange;
    this.places = await this.call("start");
    this.#started = true;
  }

  /** Never throws: a plug-in that cannot be stopped is ended. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#report = null;
    const thread = this.#current;
    if (thread === null) return;
    this.#isStopping = true;
    await this.#ask(thread, "stop").catch(() => this.#replace(thread, "it could not be stopped"));
    this.#isStopping = false;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#started = false;
    this.#report = null;
    for (const thread of [this.#current, this.#starting]) await thread?.end("it has been closed");
    this.#current = null;
  }

  async call<N extends CallName>(name: N, ...args: Calls[N]["args"]): Promise<Calls[N]["answer"]> {
    let thread: Thread;
    try {
      thread = await this.#withLimit("reloading it", this.#limitOf(name), () => this.#thread);
    } catch (error) {
      throw this.#failure(name, error);
    }
    return this.#ask(thread, name, ...args);
  }

  /** For calls whose result is not awaited. */
  notify(name: "reached"): void {
    this.call(name).catch(() => {});
  }

  async #ask<N extends CallName>(thread: Thread, name: N, ...args: Calls[N]["args"]): Promise<Calls[N]["answer"]> {
    const limitMs = this.#limitOf(name);
    const limit = this.#options.scheduler.after(limitMs, `limit of ${name}`, () =>
      this.#replace(thread, `${name} has taken longer than ${limitMs / 1_000} seconds`),
    );
    try {
      return await thread.call(name, ...args);
    } catch (error) {
      // A thread that died as soon as it was ready has not been reported.
      if (thread.isGone) this.#died(thread, messageOf(error));
      throw this.#failure(name, error);
    } finally {
      limit.cancel();
    }
  }

  /** The error for the agent; logged in one line if it is not an answer to the ACS. */
  #failure(name: CallName, error: unknown): Error {
    if (error instanceof CwmpFault) return error;
    if (name === "stage" && isAgentError(error, "BACKEND_REFUSED")) return error;
    const reason = messageOf(error);
    this.#log.error({ call: name, reason }, "The plug-in has failed");
    return this.#error(`${name}: ${reason}`);
  }

  /** Ends a thread and starts another one. Pending calls fail with the reason. */
  #replace(thread: Thread, reason: string): void {
    void thread.end(reason);
    this.#died(thread, reason);
  }

  #died(thread: Thread, reason: string): void {
    if (this.#current !== thread) return;
    this.#current = null;
    const { clock } = this.#options;
    if (clock.monotonic() - this.#startedMs >= HEALTHY_MS) this.#crashes = 0;
    this.#log.error({ reason }, "The plug-in was reloaded");
    this.#thread = this.#revive();
    this.#thread.catch(() => {});
  }

  /** Retries with growing waits. Rejects when the plug-in is closed. */
  async #revive(): Promise<Thread> {
    const { scheduler } = this.#options;
    for (;;) {
      const rests = this.#crashes - AT_ONCE;
      const restMs = rests < 0 ? 0 : Math.min(MAX_REST_MS, 1_000 * 2 ** rests);
      this.#crashes += 1;
      if (restMs > 0) await delay(scheduler, restMs, "reload the plug-in", this.#closing.signal);
      if (this.#closing.signal.aborted) throw this.#error("it has been closed");
      try {
        const { thread } = await this.#load();
        await this.#startAgain(thread);
        this.#takeOver(thread);
        return thread;
      } catch (error) {
        await this.#starting?.end(messageOf(error));
        this.#log.error({ reason: messageOf(error) }, "The plug-in could not be reloaded");
      }
    }
  }

  /** Starts it if the agent has started the backend, which may change meanwhile. */
  async #startAgain(thread: Thread): Promise<void> {
    if (!this.#started) return;
    this.places = await this.#withLimit("start", this.#limitOf("start"), () => thread.call("start"));
    if (!this.#started) await this.#withLimit("stop", this.#limitOf("stop"), () => thread.call("stop"));
  }

  #takeOver(thread: Thread): void {
    this.#starting = null;
    this.#current = thread;
  }

  async #load(): Promise<{ readonly thread: Thread; readonly description: Description }> {
    const { facts, clock, start = startThread } = this.#options;
    const thread = start({
      facts,
      log: this.#log,
      onReport: (report) => this.#reported(thread, report.changes, report.places),
      onEnd: (reason) => this.#died(thread, reason),
    });
    this.#starting = thread;
    this.#startedMs = clock.monotonic();
    try {
      const description = await this.#withLimit("loading it", facts.callMs, () => thread.loaded);
      return { thread, description };
    } catch (error) {
      await thread.end(messageOf(error));
      throw this.#loadError(error);
    }
  }

  #reported(thread: Thread, changes: readonly BackendChange[], places: Places): void {
    if (this.#current !== thread && this.#starting !== thread) return;
    if (this.#report === null) {
      if (!this.#isStopping && this.#isNew("report"))
        this.#log.warn({}, "The plug-in reports changes after it was stopped: they are dropped");
      return;
    }
    this.places = places;
    this.#report(changes);
  }

  #withLimit<T>(what: string, limitMs: number, run: () => Promise<T>): Promise<T> {
    return within(this.#options.scheduler, limitMs, what, run);
  }

  #limitOf(name: CallName): number {
    const { facts, longCallMs } = this.#options;
    return LONG.has(name) ? longCallMs : facts.callMs;
  }

  #loadError(error: unknown): AgentError {
    const code = isAgentError(error, "CONFIG") ? "CONFIG" : "BACKEND_IO";
    const message = `the plug-in ${this.#options.facts.module} cannot be loaded: ${messageOf(error)}`;
    return new AgentError(code, message, { cause: error });
  }

  #error(reason: string): AgentError {
    return new AgentError("BACKEND_IO", `plug-in ${this.#options.name}: ${reason}`);
  }
}
