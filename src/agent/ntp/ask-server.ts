import { messageOf } from "../../cwmp/errors.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { DatagramSocket, Datagrams, InternetAddress } from "../../ports/datagrams.ts";
import type { Random } from "../../ports/random.ts";
import { COOKIE_BYTES, readSntpAnswer, type SntpAnswer, sntpRequest } from "./sntp-message.ts";

export interface AskPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** The answer of a time server, or why it is unusable. Times are milliseconds. */
export type ServerTime =
  | {
      readonly kind: "time";
      /** The server's time (since 1970) less this host's monotonic clock. */
      readonly aheadOfMonotonicMs: number;
      /** The round-trip time. */
      readonly roundTripMs: number;
      readonly stratum: number;
    }
  /** `refused`: it asks not to be asked again; `slower`: to be asked less often. */
  | { readonly kind: "failed" | "refused" | "slower"; readonly reason: string };

const NTP_PORT = 123;
/** One datagram each way: a lost one is a failure, and the next server is asked. */
const ANSWER_LIMIT_MS = 5_000;
/** Tolerance for rounding with a server that answers at once. */
const ROUNDING_MS = 1;
const NOT_AWAITED = "the request was cancelled";

/**
 * Asks one server once, from a port of its own. Never rejects.
 *
 * @param server a host, or a host and a port
 * @param signal aborts the request, with a failure
 */
export async function askServer(
  server: string,
  datagrams: Datagrams,
  ports: AskPorts,
  signal: AbortSignal,
): Promise<ServerTime> {
  let receive: (bytes: Uint8Array, from: InternetAddress) => void = () => {};
  const onMessage = (bytes: Uint8Array, from: InternetAddress): void => receive(bytes, from);
  let socket: DatagramSocket | null = null;
  try {
    socket = await datagrams.bind({ address: null, port: 0, purpose: "NTP", onMessage });
    const { host, port } = placeOf(server);
    const to = { host: await resolved(socket, host, signal), port };
    return await exchange(socket, to, ports, signal, (next) => {
      receive = next;
    });
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    await socket?.close();
  }
}

/** The address behind a name; does not wait for it beyond the signal. */
async function resolved(socket: DatagramSocket, host: string, signal: AbortSignal): Promise<string> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Error(NOT_AWAITED));
  });
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    return await Promise.race([socket.resolve(host), stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function exchange(
  socket: DatagramSocket,
  to: InternetAddress,
  { clock, scheduler, random }: AskPorts,
  signal: AbortSignal,
  listen: (receive: (bytes: Uint8Array, from: InternetAddress) => void) => void,
): Promise<ServerTime> {
  return new Promise((resolve) => {
    const cookie = random.bytes(COOKIE_BYTES);
    const sentMs = clock.monotonic();
    const end = (result: ServerTime): void => {
      timer.cancel();
      signal.removeEventListener("abort", stop);
      resolve(result);
    };
    const stop = (): void => end(failed(NOT_AWAITED));
    const timer = scheduler.after(ANSWER_LIMIT_MS, "time server answer", () =>
      end(failed(`no answer within ${ANSWER_LIMIT_MS / 1000} s`)),
    );
    signal.addEventListener("abort", stop);
    listen((bytes, from) => {
      if (from.host !== to.host || from.port !== to.port) return;
      const answer = readSntpAnswer(bytes, cookie);
      // An invalid datagram may come from anyone: the right answer may still come.
      if (answer.kind !== "foreign") end(serverTime(answer, sentMs, clock.monotonic()));
    });
    socket.send(sntpRequest(cookie), to);
  });
}

function serverTime(answer: Exclude<SntpAnswer, { kind: "foreign" }>, sentMs: number, nowMs: number): ServerTime {
  if (answer.kind === "unusable") return failed(answer.reason);
  if (answer.kind === "kiss") {
    const kind = answer.code === "RATE" ? "slower" : /^(DENY|RSTR)$/.test(answer.code) ? "refused" : "failed";
    return { kind, reason: `it refuses requests (kiss-o'-death ${answer.code})` };
  }
  const { receivedAt, sentAt, stratum } = answer;
  const roundTripMs = nowMs - sentMs - (sentAt - receivedAt);
  if (sentAt < receivedAt || roundTripMs < -ROUNDING_MS) return failed("its timestamps contradict each other");
  // Halfway between, on both clocks: as if both ways took the same time (RFC 4330 5).
  const aheadOfMonotonicMs = (receivedAt + sentAt) / 2 - (sentMs + nowMs) / 2;
  return { kind: "time", aheadOfMonotonicMs, roundTripMs: Math.max(0, roundTripMs), stratum };
}

function failed(reason: string): ServerTime {
  return { kind: "failed", reason };
}

/** Splits a text that the data model accepts as a host with or without a port. */
function placeOf(server: string): InternetAddress {
  const [, name = server, port = String(NTP_PORT)] = /^([^:]+|\[.*\]):([0-9]+)$/.exec(server) ?? [];
  return { host: name.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}
