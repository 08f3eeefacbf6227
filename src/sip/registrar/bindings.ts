import type { Clock } from "../../ports/clock.ts";
import type { SipFlow } from "../../ports/sip.ts";

/** A phone that has registered. */
export interface Binding {
  readonly user: string;
  /** As the phone wrote it. */
  readonly contact: string;
  readonly userAgent: string;
  /** The way that the REGISTER came. */
  readonly flow: SipFlow;
  readonly callId: string;
  readonly sequence: number;
  /** On the monotonic clock. */
  readonly untilMs: number;
}

/** Phones of one user, and users; more are refused. */
const MAX_CONTACTS = 10;
const MAX_USERS = 100_000;

/** The current bindings (RFC 3261 10.3), without expired ones. */
export class Bindings {
  readonly #clock: Clock;
  readonly #users = new Map<string, Map<string, Binding>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(user: string): readonly Binding[] {
    const all = this.#users.get(user);
    if (all === undefined) return [];
    for (const [contact, { untilMs }] of all) if (untilMs <= this.#clock.monotonic()) all.delete(contact);
    if (all.size === 0) this.#users.delete(user);
    return [...all.values()];
  }

  all(): readonly Binding[] {
    return [...this.#users.keys()].flatMap((user) => this.of(user));
  }

  /** False where there is no room. */
  put(binding: Binding): boolean {
    const known = this.of(binding.user);
    const isNew = !known.some(({ contact }) => contact === binding.contact);
    if (isNew && known.length >= MAX_CONTACTS) return false;
    if (known.length === 0 && this.#users.size >= MAX_USERS) return false;
    const all = this.#users.get(binding.user) ?? new Map<string, Binding>();
    all.set(binding.contact, binding);
    this.#users.set(binding.user, all);
    return true;
  }

  remove(user: string, contact: string): void {
    this.#users.get(user)?.delete(contact);
  }
}
