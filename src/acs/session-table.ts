import type { Socket } from "node:net";
import { messageOf } from "../cwmp/errors.ts";
import type { Random } from "../ports/random.ts";
import type { IncomingEnvelope } from "../soap/messages.ts";
import type { InformEvent } from "../soap/rpc-table.ts";
import type { CallSource } from "./calls.ts";
import { type Device, type DeviceTable, noteReported } from "./devices.ts";
import type { CpeAnswer, CpePost } from "./http-front.ts";
import { readEnvelope, readInform } from "./messages.ts";
import type { AcsScript } from "./script.ts";
import { playScript } from "./script-player.ts";
import { createSession, type Reply, type Session, type SessionContext } from "./session.ts";

export interface SessionTable {
  /** The one way in: what the ACS answers to a POST. Never throws for what a CPE sent. */
  answer(post: CpePost): Promise<CpeAnswer>;
  /** Ends all that run. */
  abortAll(reason: string): void;
}

export interface SessionTableOptions extends SessionContext {
  readonly random: Random;
  readonly devices: DeviceTable;
  readonly script: AcsScript;
  readonly onRefused: (address: string, status: number, reason: string) => void;
}

/** Sessions by cookie; a CPE that returns no cookie is known by its TCP connection. */
export function createSessionTable(options: SessionTableOptions): SessionTable {
  return new Sessions(options);
}

class Sessions implements SessionTable {
  readonly #options: SessionTableOptions;
  readonly #byCookie = new Map<string, Session>();
  readonly #bySocket = new WeakMap<Socket, Session>();
  #started = 0;

  constructor(options: SessionTableOptions) {
    this.#options = options;
  }

  async answer(post: CpePost): Promise<CpeAnswer> {
    const envelope = parse(post.body);
    if (envelope instanceof Error) return this.#notCwmp(post, envelope);
    if (envelope?.body.kind === "request" && envelope.body.name === "Inform") return this.#inform(post, envelope);
    const session = this.#sessionOf(post);
    if (session === undefined) return this.#refuse(post, 400, "no session: a session starts with an Inform");
    return this.#toAnswer(post, await session.post(envelope), null);
  }

  abortAll(reason: string): void {
    for (const session of [...this.#byCookie.values()]) session.abort(reason);
  }

  #inform(post: CpePost, envelope: IncomingEnvelope): CpeAnswer {
    const inform = readInform(envelope);
    if (inform instanceof Error) return this.#notCwmp(post, inform);
    const { devices, clock, emit, random } = this.#options;
    const { device, isNew } = devices.met(inform.deviceId);
    for (const other of [...this.#byCookie.values()]) {
      if (other.device === device) other.abort("the CPE began another session");
    }
    device.lastInformAt = clock.now();
    noteReported(device, inform.parameterList);
    this.#started += 1;
    const number = this.#started;
    const { event: events, retryCount, parameterList: parameters } = inform;
    emit({
      kind: "session-started",
      at: clock.now(),
      session: number,
      device: device.id,
      events,
      retryCount,
      isNew,
      parameters,
    });
    const source = this.#sourceFor(number, device, events);
    const cookie = Buffer.from(random.bytes(16)).toString("hex");
    const context: SessionContext = {
      ...this.#options,
      onEnd: (summary) => {
        this.#byCookie.delete(cookie);
        this.#options.onEnd(summary);
      },
    };
    const session = createSession({ number, cookie, device, inform, envelope, source, origin: post.origin }, context);
    this.#byCookie.set(cookie, session);
    this.#bySocket.set(post.socket, session);
    return this.#toAnswer(post, session.welcome(), cookie);
  }

  /** First the calls of the script for this session, then queued ones. */
  #sourceFor(number: number, device: Device, events: readonly InformEvent[]): CallSource {
    const { script, work, clock, emit } = this.#options;
    const scripted = playScript(script, device, events, (entry, message) =>
      emit({ kind: "script-deviation", at: clock.now(), session: number, device: device.id, entry, message }),
    );
    const queued = work.sourceFor(device);
    return { next: () => scripted.next() ?? queued.next() };
  }

  #sessionOf({ cookie, socket }: CpePost): Session | undefined {
    const session = cookie === null ? this.#bySocket.get(socket) : this.#byCookie.get(cookie);
    return session?.isOver() ? undefined : session;
  }

  #notCwmp(post: CpePost, error: Error): CpeAnswer {
    this.#sessionOf(post)?.abort(error.message);
    return this.#refuse(post, 400, error.message);
  }

  #toAnswer(post: CpePost, reply: Reply, setCookie: string | null): CpeAnswer {
    switch (reply.kind) {
      case "envelope":
        return { status: 200, envelope: reply.text, setCookie };
      case "end":
        return { status: 204, envelope: null, setCookie };
      case "refuse":
        return this.#refuse(post, reply.status, reply.reason);
    }
  }

  #refuse({ socket }: CpePost, status: number, reason: string): CpeAnswer {
    this.#options.onRefused(`${socket.remoteAddress ?? "unknown"}:${socket.remotePort ?? 0}`, status, reason);
    return { status, envelope: null, setCookie: null };
  }
}

/** Null: the empty POST. */
function parse(body: string): IncomingEnvelope | Error | null {
  if (body.trim() === "") return null;
  try {
    return readEnvelope(body);
  } catch (error) {
    return new Error(messageOf(error));
  }
}
