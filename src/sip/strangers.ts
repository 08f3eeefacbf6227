import type { SipFlow } from "../ports/sip.ts";
import { hmacHash } from "../system/hash.ts";
import { headerOf, type SipRequest } from "./message/message.ts";
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
  const toTag = tagFor(request);
  const answers = [{ toTag, ...extras }, { toTag }, {}].map((some) => statelessAnswer(request, from, status, some));
  const answer = answers.find(({ bytes }) => isCheap || bytes.length <= request.size);
  if (answer === undefined || !(isCheap || limit.open())) return;
  limit.record();
  answer.flow.send(answer.bytes);
}

/** For a To without a tag (RFC 3261 8.2.6.2); the same one for each copy of a request, of which nothing is kept (8.2.7). */
function tagFor(request: SipRequest): string {
  const parts = ["Call-ID", "From", "CSeq"].map((name) => headerOf(request, name) ?? "");
  return hmacHash("To tag", parts.join("\n")).slice(0, TAG_CHARACTERS);
}

const TAG_CHARACTERS = 8;
