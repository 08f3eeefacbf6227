import type { Scheduler } from "../../ports/clock.ts";
import type { DatagramSocket, InternetAddress } from "../../ports/datagrams.ts";
import type { Random } from "../../ports/random.ts";
import {
  type BindingAnswer,
  type BindingRequest,
  decodeBindingAnswer,
  encodeBindingRequest,
} from "../../system/stun/binding.ts";
import { TRANSACTION_ID_BYTES } from "../../system/stun/message.ts";
import { pause } from "./waits.ts";

/** Which of the phone's sockets an answer came in on. */
export type Via = "requests" | "probe";
export interface Answered {
  readonly answer: BindingAnswer;
  readonly via: Via;
}

/** STUN requests under way: sends, sends again, pairs answers with them. */
export interface Transactions {
  /** Null: no answer to nine copies in 9.5 s. Rejects when the signal is aborted. */
  ask(
    socket: Pick<DatagramSocket, "send">,
    server: InternetAddress,
    request: BindingRequest,
    signal: AbortSignal,
  ): Promise<Answered | null>;
  /** A datagram that may be an answer. What nobody waits for is dropped. */
  receive(datagram: Uint8Array, via: Via): void;
}

/** Waits after each copy (RFC 3489 9.3, C-242). */
const WAITS_MS = [100, 200, 400, 800, 1600, 1600, 1600, 1600, 1600];

export function createTransactions(random: Random, scheduler: Scheduler): Transactions {
  const waiting = new Map<string, (answered: Answered) => void>();

  const sendCopies = async (send: () => void, signal: AbortSignal): Promise<null> => {
    for (const waitMs of WAITS_MS) {
      if (!signal.aborted) send();
      await pause(scheduler, waitMs, "STUN retransmission", signal);
    }
    return null;
  };

  return {
    async ask(socket, server, request, signal) {
      const id = random.bytes(TRANSACTION_ID_BYTES);
      const bytes = encodeBindingRequest(id, request);
      const done = new AbortController();
      const stop = (): void => done.abort();
      const answered = new Promise<Answered>((resolve) => waiting.set(keyOf(id), resolve));
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      try {
        return await Promise.race([answered, sendCopies(() => socket.send(bytes, server), done.signal)]);
      } finally {
        signal.removeEventListener("abort", stop);
        waiting.delete(keyOf(id));
        stop();
      }
    },
    receive(datagram, via) {
      const decoded = decodeBindingAnswer(datagram);
      if (decoded !== null) waiting.get(keyOf(decoded.transactionId))?.({ answer: decoded.answer, via });
    },
  };
}

function keyOf(transactionId: Uint8Array): string {
  return Buffer.from(transactionId).toString("hex");
}
