import { messageOf } from "../cwmp/errors.ts";
import type { CwmpVersion } from "../cwmp/versions.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { IncomingEnvelope } from "../soap/messages.ts";
import type { RequestOf } from "../soap/rpc-table.ts";
import type { CallSource, QueuedCall, RpcOutcome } from "./calls.ts";
import { type Device, noteSettled } from "./devices.ts";
import type { AcsListener, AcsSession, Exchange } from "./events.ts";
import type { FileLinks } from "./file-links.ts";
import { decodeOutcome, encodeCall, informResponse, serveCpeRequest } from "./messages.ts";
import { transferResult, transferTarget } from "./transfer-facts.ts";
import { readTypes, untypedNames, withTypes } from "./value-types.ts";
import type { WorkQueue } from "./work-queue.ts";

/** The answer to the CPE. `end` is the empty answer that ends the session. */
export type Reply =
  | { readonly kind: "envelope"; readonly text: string }
  | { readonly kind: "end" }
  | { readonly kind: "refuse"; readonly status: number; readonly reason: string };

/** One session with a CPE, after its Inform. The CPE speaks, `post` answers. */
export interface Session {
  readonly number: number;
  readonly cookie: string;
  readonly device: Device;
  isOver(): boolean;
  /** The answer to the Inform. */
  welcome(): Reply;
  /** @param envelope null: the empty POST. */
  post(envelope: IncomingEnvelope | null): Promise<Reply>;
  /** Ends it from outside; harmless when it is over. */
  abort(reason: string): void;
}

export interface SessionContext {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly work: WorkQueue;
  readonly files: FileLinks;
  readonly emit: AcsListener;
  readonly onEnd: (session: AcsSession) => void;
}

export interface SessionStart {
  readonly number: number;
  readonly cookie: string;
  readonly device: Device;
  readonly inform: RequestOf<"Inform">;
  /** cwmp:ID and version of the Inform. */
  readonly envelope: IncomingEnvelope;
  readonly source: CallSource;
  /** `http://host:port`, as the CPE reaches this ACS. */
  readonly origin: string;
}

/** How long the ACS keeps a CPE waiting for calls that were announced; a CPE waits for at least 30 s (C-081). */
const MORE_WITHIN_MS = 20_000;
/** How long the ACS waits for the CPE's next message. */
const SILENCE_MS = 60_000;

interface Outstanding {
  readonly queued: QueuedCall;
  readonly id: string;
  readonly sentAt: number;
}

type CpeRequest = Extract<IncomingEnvelope["body"], { kind: "request" }>;

export function createSession(start: SessionStart, context: SessionContext): Session {
  return new SessionRun(start, context);
}

class SessionRun implements Session {
  readonly number: number;
  readonly cookie: string;
  readonly device: Device;
  readonly #start: SessionStart;
  readonly #context: SessionContext;
  readonly #version: CwmpVersion;
  readonly #startedAt: number;
  readonly #exchanges: Exchange[] = [];
  #outstanding: Outstanding | null = null;
  #more = false;
  #holding = false;
  #busy = false;
  #calls = 0;
  #over = false;
  #stopWaiting: () => void = () => {};
  /** A call that waits until the CPE has told the types of its parameters. */
  #deferred: QueuedCall | null = null;

  constructor(start: SessionStart, context: SessionContext) {
    this.number = start.number;
    this.cookie = start.cookie;
    this.device = start.device;
    this.#start = start;
    this.#context = context;
    this.#version = start.envelope.version;
    this.#startedAt = context.clock.now();
  }

  isOver(): boolean {
    return this.#over;
  }

  welcome(): Reply {
    this.#awaitCpe();
    return { kind: "envelope", text: informResponse(this.#start.envelope.id, this.#version) };
  }

  async post(envelope: IncomingEnvelope | null): Promise<Reply> {
    if (this.#busy) return this.#break("another request is outstanding");
    this.#stopWaiting();
    this.#busy = true;
    try {
      return await this.#answer(envelope);
    } catch (error) {
      return this.#break(messageOf(error));
    } finally {
      this.#busy = false;
      if (!this.#over) this.#awaitCpe();
    }
  }

  abort(reason: string): void {
    this.#end(reason);
  }

  async #answer(envelope: IncomingEnvelope | null): Promise<Reply> {
    if (envelope?.body.kind === "request") return this.#serve(envelope, envelope.body);
    if (envelope !== null) this.#settle(envelope);
    else if (this.#outstanding !== null) {
      throw new Error(`the CPE sent an empty POST instead of an answer to ${this.#outstanding.queued.call.name}`);
    }
    const next = await this.#nextWithUrl();
    // A closed ACS or a silent one may have ended the session in the meantime.
    if (this.#over) return { kind: "refuse", status: 503, reason: "the session is over" };
    return next === undefined ? this.#finish() : this.#send(next);
  }

  #serve(envelope: IncomingEnvelope, { name, element }: CpeRequest): Reply {
    if (this.#outstanding !== null) {
      throw new Error(`the CPE called ${name} instead of answering ${this.#outstanding.queued.call.name}`);
    }
    const { text, faultCode } = serveCpeRequest(name, envelope.id, this.#version);
    this.#context.emit({ ...this.#facts(), kind: "cpe-request", name, faultCode, ...transferResult(name, element) });
    return { kind: "envelope", text };
  }

  #settle(envelope: IncomingEnvelope): void {
    const outstanding = this.#outstanding;
    if (outstanding === null) throw new Error("the CPE sent a response without a request");
    const { queued, id, sentAt } = outstanding;
    if (envelope.id !== id) throw new Error(`the answer to ${queued.call.name} has the cwmp:ID of another request`);
    const outcome = decodeOutcome(queued.call, envelope);
    this.#outstanding = null;
    noteSettled(this.device, queued.call, outcome);
    this.#record(queued, outcome);
    const tookMs = this.#context.clock.monotonic() - sentAt;
    this.#context.emit({ ...this.#facts(), kind: "rpc-answered", name: queued.call.name, outcome, tookMs });
    queued.settle(outcome);
  }

  #record({ call }: QueuedCall, outcome: RpcOutcome): void {
    this.#exchanges.push({ call, outcome });
  }

  /** A file that cannot be read concerns its own call alone. */
  async #nextWithUrl(): Promise<QueuedCall | undefined> {
    for (;;) {
      const next = await this.#next();
      if (next?.call.local === undefined || this.#over) return next;
      try {
        const call = await this.#context.files.withUrl(next.call, this.device, this.#start.origin);
        return { ...next, call };
      } catch (error) {
        const outcome: RpcOutcome = { kind: "lost", reason: `it was not sent: ${messageOf(error)}` };
        this.#more = next.more;
        this.#record(next, outcome);
        next.settle(outcome);
      }
    }
  }

  async #next(): Promise<QueuedCall | undefined> {
    const next = this.#deferred ?? this.#start.source.next();
    if (next !== undefined || !this.#more) return next;
    await this.#moreWork();
    return this.#start.source.next();
  }

  /** Resolves when a call is added, the session ends, or the wait has been long enough. */
  #moreWork(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#context.scheduler.after(MORE_WITHIN_MS, "wait for more calls", () => done());
      const stopListening = this.#context.work.onAdded(() => done());
      const done = (): void => {
        timer.cancel();
        stopListening();
        resolve();
      };
      this.#stopWaiting = done;
    });
  }

  #send(queued: QueuedCall): Reply {
    const unknown = queued === this.#deferred ? [] : untypedNames(queued.call, this.device.types);
    this.#deferred = unknown.length === 0 ? null : queued;
    return this.#call(unknown.length === 0 ? queued : readTypes(unknown));
  }

  #call(queued: QueuedCall): Reply {
    this.#calls += 1;
    this.#more = queued.more;
    this.#holding = queued.call.holdRequests ?? false;
    const call = withTypes(queued.call, this.device.types);
    const id = `acs-${this.number}-${this.#calls}`;
    this.#outstanding = { queued: { ...queued, call }, id, sentAt: this.#context.clock.monotonic() };
    this.#context.emit({ ...this.#facts(), kind: "rpc-sent", name: call.name, ...transferTarget(call) });
    return { kind: "envelope", text: encodeCall(call, id, this.#version) };
  }

  #finish(): Reply {
    // The empty answer ends a hold; the CPE may now send what it held back, so the session goes on (C-072).
    if (this.#holding) this.#holding = false;
    else this.#end(null);
    return { kind: "end" };
  }

  #break(reason: string): Reply {
    this.#end(reason);
    return { kind: "refuse", status: 400, reason };
  }

  #end(error: string | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    const { clock, emit, onEnd } = this.#context;
    const outcome: RpcOutcome = { kind: "lost", reason: error ?? "the session ended" };
    for (const queued of [this.#outstanding?.queued, this.#deferred]) {
      if (queued == null) continue;
      this.#record(queued, outcome);
      queued.settle(outcome);
    }
    const tookMs = clock.now() - this.#startedAt;
    emit({ ...this.#facts(), kind: "session-ended", calls: this.#calls, tookMs, error });
    onEnd(this.#summary(error));
  }

  #awaitCpe(): void {
    const silence = this.#context.scheduler.after(SILENCE_MS, "CPE silence", () =>
      this.#end(`the CPE sent nothing for ${SILENCE_MS / 1000} s`),
    );
    this.#stopWaiting = () => silence.cancel();
  }

  #facts(): { readonly at: number; readonly session: number; readonly device: string } {
    return { at: this.#context.clock.now(), session: this.number, device: this.device.id };
  }

  #summary(error: string | null): AcsSession {
    const { inform } = this.#start;
    return {
      number: this.number,
      device: this.device.id,
      deviceId: this.device.deviceId,
      events: inform.event,
      retryCount: inform.retryCount,
      parameters: inform.parameterList,
      exchanges: this.#exchanges,
      startedAt: this.#startedAt,
      endedAt: this.#context.clock.now(),
      error,
    };
  }
}
