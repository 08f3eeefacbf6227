import { extname } from "node:path";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { AgentError, CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import { plugInEnvironment } from "../../system/command-environment.ts";
import type { PlainError } from "./plug-in-errors.ts";
import type { CallName, Calls, Description, PlugInFacts, ThreadMessage } from "./protocol.ts";

/**
 * A growing plug-in is ended well before this (plug-in-worker.ts). One that grows too fast is ended by node, which in
 * some versions ends the process too.
 */
const MAX_HEAP_MIB = 256;
const MAX_LINE = 1_000;

type Report = Extract<ThreadMessage, { type: "report" }>;

export interface ThreadOptions {
  readonly facts: PlugInFacts;
  readonly log: Logger;
  readonly onReport: (report: Report) => void;
  /** The thread died, and why; not called after `end`. */
  readonly onEnd: (reason: string) => void;
}

/** A thread with a plug-in in it. */
export interface Thread {
  /** Rejects with AgentError CONFIG: the module is wrong; or BACKEND_IO. */
  readonly loaded: Promise<Description>;
  /** Rejects with AgentError BACKEND_REFUSED or BACKEND_IO, or with CwmpFault. */
  call<N extends CallName>(name: N, ...args: Calls[N]["args"]): Promise<Calls[N]["answer"]>;
  readonly isGone: boolean;
  /** Ends it whatever it is doing; pending calls are rejected. */
  end(reason: string): Promise<void>;
}

export function startThread({ facts, log, onReport, onEnd }: ThreadOptions): Thread {
  const worker = startWorker({
    workerData: facts,
    env: plugInEnvironment(process.env),
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  const loaded = createDeferred<Description>();
  const calls = createWaitingCalls();
  let gone: string | null = null;

  function take(message: ThreadMessage): void {
    if (gone !== null) return;
    if (message.type === "loaded") loaded.resolve(message.description);
    else if (message.type === "not-loaded") loaded.reject(loadError(message.unusable, message.reason));
    else if (message.type === "answer") calls.answered(message.id, message.answer);
    else if (message.type === "error") calls.failed(message.id, errorOf(message.error));
    else if (message.type === "report") onReport(message);
    else log[message.level](message.fields, message.message);
  }

  function leave(reason: string): void {
    if (gone !== null) return;
    gone = reason;
    const error = new AgentError("BACKEND_IO", reason);
    loaded.reject(error);
    calls.failAll(error);
  }

  function die(reason: string): void {
    if (gone !== null) return;
    leave(reason);
    void worker.terminate();
    onEnd(reason);
  }

  worker.on("message", take);
  worker.on("error", (error) => die(`it has ended with an error: ${messageOf(error)}`));
  worker.on("messageerror", () => die("it has sent an unreadable message"));
  worker.on("exit", (code) => die(`it has exited (exit code ${code})`));
  logOutput(worker, log);

  return {
    loaded: loaded.promise,
    get isGone() {
      return gone !== null;
    },
    async call(name, ...args) {
      if (gone !== null) throw new AgentError("BACKEND_IO", gone);
      return calls.add((id) => worker.postMessage({ id, name, args }));
    },
    async end(reason) {
      leave(reason);
      await worker.terminate();
    },
  };
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Calls that have no answer yet. */
function createWaitingCalls() {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  const take = (id: number): Waiting | undefined => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    return waiter;
  };
  return {
    /** The answer has the type of the table of calls: the thread checks the plug-in's answers. */
    add<T>(send: (id: number) => void): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        count += 1;
        waiting.set(count, { resolve: (answer) => resolve(answer as T), reject });
        send(count);
      });
    },
    answered: (id: number, answer: unknown) => take(id)?.resolve(answer),
    failed: (id: number, error: Error) => take(id)?.reject(error),
    failAll(error: Error): void {
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

function createDeferred<T>() {
  let settle: { resolve(value: T): void; reject(error: Error): void } = { resolve: () => {}, reject: () => {} };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value: T) => settle.resolve(value), reject: (error: Error) => settle.reject(error) };
}

/** The worker's file is beside this one, or beside the bundle that contains this one. */
function startWorker(options: WorkerOptions): Worker {
  const kind = extname(import.meta.url);
  const entry = new URL(`./plug-in-worker${kind}`, import.meta.url);
  if (kind !== ".ts" || ("typescript" in process.features && process.features.typescript))
    return new Worker(entry, options);
  // Run from sources on a node without TypeScript: each thread has to register tsx.
  const start = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
  return new Worker(start, { ...options, eval: true });
}

/** Its output goes to our own log. */
function logOutput(worker: Worker, log: Logger): void {
  for (const [stream, level] of [
    [worker.stdout, "info"],
    [worker.stderr, "warn"],
  ] as const) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n")) if (line.trim() !== "") log[level]({}, line.slice(0, MAX_LINE));
    });
  }
}

function loadError(unusable: boolean, reason: string): AgentError {
  return new AgentError(unusable ? "CONFIG" : "BACKEND_IO", reason);
}

function errorOf({ kind, faultCode, reason }: PlainError): Error {
  if (kind === "fault" && faultCode !== undefined) return new CwmpFault(faultCode, reason);
  return new AgentError(kind === "refused" ? "BACKEND_REFUSED" : "BACKEND_IO", reason);
}
