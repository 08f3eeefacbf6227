import type { SipFlow } from "../ports/sip.ts";
import type { SipRequest } from "./message/message.ts";
import type { ResponseExtras } from "./message/response.ts";
import { statelessAnswer } from "./transactions/transactions.ts";

/** How many answers strangers get. */
export interface AnswerLimit {
  open(): boolean;
  record(): void;
}

/**
 * Answers a request outside a transaction where nobody knows who asks: over UDP the sender's address may be another's. So there are
 * few such answers, and none is longer than what it answers.
 */
export function answerStranger(
  limit: AnswerLimit,
  request: SipRequest,
  from: SipFlow,
  status: number,
  extras: ResponseExtras = {},
): void {
  const isCheap = from.protocol !== "UDP";
  const answers = [extras, {}].map((some) => statelessAnswer(request, from, status, some));
  const answer = answers.find(({ bytes }) => isCheap || bytes.length <= request.size);
  if (answer === undefined || !(isCheap || limit.open())) return;
  limit.record();
  answer.flow.send(answer.bytes);
}
