import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SipFlow, SipListener } from "../../ports/sip.ts";
import { type AuthenticationOptions, authenticate, challengeHeaders, type NonceIssuer } from "../authentication.ts";
import { cseqOf, headerOf, listOf, type SipHeader, type SipRequest } from "../message/message.ts";
import { type ResponseExtras, responseTo } from "../message/response.ts";
import { hostPort, parseNameAddress, parseUri } from "../message/uri.ts";
import { writeMessage } from "../message/write.ts";
import { randomToken } from "../token.ts";
import { Transactions } from "../transactions/transactions.ts";
import { type Binding, Bindings } from "./bindings.ts";

/** Something that a registrar has done, for people. */
export interface RegistrarEvent {
  readonly kind: "registered" | "refreshed" | "unregistered" | "refused";
  readonly user: string;
  /** `127.0.0.1:5062` and the like, with the protocol. */
  readonly from: string;
  readonly status: number;
  readonly expiresSeconds: number;
}

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly nonces: NonceIssuer;
  readonly realm: string;
  /** The password of a user; undefined: there is no such user. */
  readonly password: (user: string) => string | undefined;
  /** The status that a user is refused with, whatever the password; null: none. */
  readonly refusal: (user: string) => number | null;
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly nonceSeconds: number;
  readonly event: (event: RegistrarEvent) => void;
}

interface Reply {
  readonly status: number;
  readonly headers?: readonly SipHeader[];
  /** Reported as a refusal. */
  readonly isRefusal?: boolean;
}

const DEFAULT_EXPIRES_S = 3_600;
const METHODS = "REGISTER, OPTIONS, INVITE, ACK, CANCEL";

/** A small registrar: Digest, expires, a table of bindings, refusals by rule. Callers are redirected to the phones. */
export class Registrar {
  readonly bindings: Bindings;
  readonly transactions: Transactions;
  /** To be given to the sockets. */
  readonly listener: SipListener;
  readonly #options: RegistrarOptions;
  readonly #login: AuthenticationOptions;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#login = { ...options, nowMs: () => options.clock.monotonic() };
    this.bindings = new Bindings(options.clock);
    this.transactions = new Transactions({
      ...options,
      listener: {
        request: (request, from) => this.#request(request, from),
        unusable: (request, from, status, reason) =>
          this.#answer(request, from, status, reason === undefined ? {} : { reason }),
      },
    });
    this.listener = {
      received: (bytes, from) => this.transactions.received(bytes, from),
      closed: (flow, reason) => this.transactions.closed(flow, reason),
    };
  }

  #request(request: SipRequest, from: SipFlow): void {
    if (request.method === "ACK") return;
    const user = userOf(headerOf(request, "To"));
    const { status, headers = [], isRefusal = false } = this.#replyTo(request, from, user);
    if (isRefusal) this.#tell("refused", user, from, status, 0);
    this.#answer(request, from, status, { headers });
  }

  #replyTo(request: SipRequest, from: SipFlow, user: string): Reply {
    const required = listOf(request, "Require");
    if (required.length > 0) {
      return { status: 420, headers: required.map((value) => ({ name: "Unsupported", value })) };
    }
    if (request.method === "REGISTER") return this.#register(request, from, user);
    if (request.method === "INVITE") return this.#redirect(request);
    if (request.method === "CANCEL") return { status: 481 };
    return { status: request.method === "OPTIONS" ? 200 : 405, headers: [{ name: "Allow", value: METHODS }] };
  }

  #register(request: SipRequest, from: SipFlow, user: string): Reply {
    const refusal = this.#options.refusal(user);
    if (refusal !== null) return refused(refusal);
    const login = authenticate(request, this.#login);
    if (login.kind === "accepted") {
      return login.user === user ? this.#bind(request, from, user) : refused(403);
    }
    const headers = challengeHeaders(this.#login, login.kind === "stale");
    return login.kind === "wrong" ? refused(401, headers) : { status: 401, headers };
  }

  #bind(request: SipRequest, from: SipFlow, user: string): Reply {
    const { minExpiresSeconds } = this.#options;
    const contacts = listOf(request, "Contact");
    if (contacts.includes("*")) {
      if (contacts.length > 1 || headerOf(request, "Expires") !== "0") return refused(400);
      for (const { contact } of this.bindings.of(user)) this.#drop(user, contact, from);
      return this.#whoIsThere(user);
    }
    if (contacts.some((contact) => parseUri(parseNameAddress(contact)?.uri ?? "") === null)) return refused(400);
    const asked = contacts.map((contact) => ({ contact, seconds: this.#expiresOf(request, contact) }));
    if (asked.some(({ seconds }) => seconds > 0 && seconds < minExpiresSeconds)) {
      return refused(423, [{ name: "Min-Expires", value: String(minExpiresSeconds) }]);
    }
    const isRoom = asked.every(({ contact, seconds }) => this.#change(request, from, user, contact, seconds));
    return isRoom ? this.#whoIsThere(user) : refused(403);
  }

  #expiresOf(request: SipRequest, contact: string): number {
    const stated = parseNameAddress(contact)?.params.get("expires") ?? headerOf(request, "Expires") ?? "";
    const seconds = /^\d{1,9}$/.test(stated) ? Number(stated) : DEFAULT_EXPIRES_S;
    return Math.min(seconds, this.#options.maxExpiresSeconds);
  }

  /** False where there is no room. */
  #change(request: SipRequest, from: SipFlow, user: string, contactText: string, seconds: number): boolean {
    const contact = parseNameAddress(contactText)?.uri ?? "";
    const known = this.bindings.of(user).find((binding) => binding.contact === contact);
    const sequence = cseqOf(request)?.number ?? 0;
    const callId = headerOf(request, "Call-ID") ?? "";
    // An old request that comes late changes nothing (RFC 3261 10.3).
    if (known !== undefined && known.callId === callId && known.sequence >= sequence) return true;
    if (seconds === 0) {
      if (known !== undefined) this.#drop(user, contact, from);
      return true;
    }
    const untilMs = this.#options.clock.monotonic() + seconds * 1_000;
    const userAgent = headerOf(request, "User-Agent") ?? "";
    const isRoom = this.bindings.put({ user, contact, userAgent, flow: from, callId, sequence, untilMs });
    const kind = known === undefined ? "registered" : "refreshed";
    if (isRoom) this.#tell(kind, user, from, 200, seconds);
    return isRoom;
  }

  #drop(user: string, contact: string, from: SipFlow): void {
    this.bindings.remove(user, contact);
    this.#tell("unregistered", user, from, 200, 0);
  }

  #whoIsThere(user: string): Reply {
    return { status: 200, headers: this.bindings.of(user).map((binding) => this.#contactHeader(binding)) };
  }

  #contactHeader({ contact, untilMs }: Binding): SipHeader {
    const seconds = Math.max(0, Math.ceil((untilMs - this.#options.clock.monotonic()) / 1_000));
    return { name: "Contact", value: `<${contact}>;expires=${seconds}` };
  }

  /** RFC 3261 8.3: the caller is redirected to the phone. */
  #redirect(request: SipRequest): Reply {
    const found = this.bindings.of(decodedUser(parseUri(request.uri)?.user ?? ""));
    const headers = found.map(({ contact }) => ({ name: "Contact", value: `<${contact}>` }));
    return { status: found.length > 0 ? 302 : 404, headers };
  }

  #answer(request: SipRequest, from: SipFlow, status: number, extras: ResponseExtras = {}): void {
    const toTag = randomToken(this.#options.random, 6);
    const answer = writeMessage(responseTo(request, from, status, { ...extras, toTag }));
    this.transactions.serve(request, from)?.answer(status, answer);
  }

  #tell(kind: RegistrarEvent["kind"], user: string, from: SipFlow, status: number, expiresSeconds: number): void {
    const address = `${from.protocol} ${hostPort(from.remote.host, from.remote.port)}`;
    this.#options.event({ kind, user, from: address, status, expiresSeconds });
  }
}

function refused(status: number, headers: readonly SipHeader[] = []): Reply {
  return { status, headers, isRefusal: true };
}

function userOf(header: string | undefined): string {
  return decodedUser(parseUri(parseNameAddress(header ?? "")?.uri ?? "")?.user ?? "");
}

/** The escapes of RFC 3261 19.1.2; what cannot be decoded stays. */
function decodedUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
