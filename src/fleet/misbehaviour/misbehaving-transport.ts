import type { Misbehaviour, MisbehaviourSettings } from "../../config/fleet/scenario-options.ts";
import { AgentError } from "../../cwmp/errors.ts";
import type { AcsAnswer, AcsConnection, AcsTarget, AcsTransport, ExchangeReader } from "../../ports/acs-transport.ts";
import { cutOff, faultInstead, isInform, withHugeValue, withSkewedClock, withWrongId } from "./envelopes.ts";
import type { ForeignSessions } from "./foreign-sessions.ts";
import { postRaw, type RawPost } from "./raw-post.ts";

export interface MisbehaviourPorts {
  readonly faults: readonly MisbehaviourSettings[];
  readonly foreign: ForeignSessions;
  readonly ca: string | undefined;
  readonly wait: RawPost["wait"];
  /** Resolves when the phone may begin a session: what it sends over connections of its own waits for that as well. */
  readonly allowed: (signal: AbortSignal) => Promise<void>;
  /** Called for each injected fault. */
  readonly injected: (fault: Misbehaviour) => void;
}

/** A transport that injects these faults. The phone itself is not aware of it. */
export function misbehavingTransport(transport: AcsTransport, ports: MisbehaviourPorts): AcsTransport {
  let sessions = 0;
  return {
    open(target, signal) {
      const session = ++sessions;
      const faults = ports.faults.filter(({ everySessions }) => session % everySessions === 0);
      const connection = transport.open(target, signal);
      return faults.length === 0
        ? connection
        : new MisbehavingConnection(connection, { ...ports, faults, target, signal });
    },
  };
}

interface SessionParts extends MisbehaviourPorts {
  readonly target: AcsTarget;
  readonly signal: AbortSignal;
}

/** How many pieces a slow Inform is sent in; bytes that dribble are bounded, as a session is. */
const MAX_DRIBBLE = 2000;

class MisbehavingConnection implements AcsConnection {
  readonly tookMs: () => number;
  readonly #connection: AcsConnection;
  readonly #parts: SessionParts;
  readonly #takesPart: boolean;
  #step = 0;

  constructor(connection: AcsConnection, parts: SessionParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.tookMs = () => connection.tookMs?.() ?? 0;
    this.#takesPart = parts.faults.some(({ fault }) => fault === "foreignSession");
    if (this.#takesPart) parts.foreign.opened(this, connection);
  }

  async post(envelope: string | null, reader?: ExchangeReader): Promise<AcsAnswer> {
    this.#step++;
    const { faults, foreign, injected } = this.#parts;
    let wrong = envelope;
    for (const fault of faults) wrong = await this.#apply(fault, wrong);
    if (this.#takesPart && this.#step > 1) {
      const answer = await foreign.post(this, wrong);
      if (answer !== null) {
        injected("foreignSession");
        return answer;
      }
    }
    // The description of the correct message does not fit the faulty one.
    const post = () => this.#connection.post(wrong, wrong === envelope ? reader : undefined);
    return this.#takesPart ? foreign.inTurn(this, post) : post();
  }

  async close(failure?: string): Promise<void> {
    this.#parts.foreign.closed(this);
    await this.#connection.close(failure);
  }

  /** The replacement to send. Throws AgentError ACS_UNREACHABLE if that ends the session. */
  async #apply(settings: MisbehaviourSettings, envelope: string | null): Promise<string | null> {
    const { fault, step, bytes, skewSeconds } = settings;
    switch (fault) {
      case "drop":
        if (this.#step !== step) return envelope;
        await this.#connection.close();
        return this.#over("drop");
      case "halfClose":
      case "slowBody":
      case "dribble":
        if (!isInform(envelope)) return envelope;
        await this.#postRaw(settings, envelope);
        return this.#over(fault);
      case "duplicateInform":
        if (isInform(envelope)) {
          this.#parts.injected(fault);
          await this.#connection.post(envelope);
        }
        return envelope;
      case "malformedXml":
        return this.#step === step ? this.#changed(fault, envelope, cutOff) : envelope;
      case "wrongId":
        return this.#changed(fault, envelope, withWrongId);
      case "faultPerRpc":
        return this.#changed(fault, envelope, faultInstead);
      case "hugeValues":
        return this.#changed(fault, envelope, (text) => withHugeValue(text, bytes));
      case "clockSkew":
        return this.#changed(fault, envelope, (text) => withSkewedClock(text, skewSeconds));
      case "sameIdentity":
      case "foreignSession":
        return envelope;
    }
  }

  #changed(fault: Misbehaviour, envelope: string | null, change: (text: string) => string): string | null {
    const wrong = envelope === null ? null : change(envelope);
    if (wrong !== envelope) this.#parts.injected(fault);
    return wrong;
  }

  #over(fault: Misbehaviour): never {
    this.#parts.injected(fault);
    throw new AgentError("ACS_UNREACHABLE", `the session is broken off by the misbehaviour ${fault}`);
  }

  async #postRaw({ fault, delayMs }: MisbehaviourSettings, body: string): Promise<void> {
    const { target, signal, wait, allowed, ca } = this.#parts;
    await allowed(signal);
    const half = Math.floor(body.length / 2);
    const halves = [body.slice(0, half), body.slice(half)];
    const bytes = [...body.slice(0, MAX_DRIBBLE), body.slice(MAX_DRIBBLE)];
    const pieces = fault === "dribble" ? bytes : fault === "halfClose" ? halves.slice(0, 1) : halves;
    await postRaw({ url: target.url, body, pieces, delayMs, halfClose: fault === "halfClose", ca, signal, wait });
  }
}
