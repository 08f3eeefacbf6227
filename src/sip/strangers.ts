import type { SipFlow } from "../ports/sip.ts";
import { hmacHash } from "../system/hash.ts";
import { headerOf, type SipRequest } from "./message/message.ts";
import type { ResponseExtras } from "./message/response.ts";
import { statelessAnswer } from "./transactions/transactions.ts";

/** The rate of answers to strangers over UDP. */
export interface AnswerLimit {
  open(): boolean;
  record(): void;
}

/**
 * Answers an unauthenticated request outside a transaction: over UDP the sender's address may be forged. So such
 * answers are limited in number, and never longer than the request. No state is kept. On a connection the sender's
 * address is proved.
 */
export function answerStranger(
  limit: AnswerLimit,
  request: SipRequest,
  from: SipFlow,
  status: number,
  extras: ResponseExtras = {},
): void {
  const isProven = from.protocol !== "UDP";
  // First of all: a flood is to cost no more than its reading.
  if (!isProven && !limit.open()) return;
  const toTag = tagFor(request);
  for (const some of [{ toTag, ...extras }, { toTag }, {}]) {
    const { flow, bytes } = statelessAnswer(request, from, status, some);
    if (!isProven && bytes.length > request.size) continue;
    if (!isProven) limit.record();
    flow.send(bytes);
    break;
  }
}

/** For a To without a tag (RFC 3261 8.2.6.2); the same one for each copy of a request, of which nothing is kept (8.2.7). */
function tagFor(request: SipRequest): string {
  const parts = ["Call-ID", "From", "CSeq"].map((name) => headerOf(request, name) ?? "");
  return hmacHash("To tag", parts.join("\n")).slice(0, TAG_CHARACTERS);
}

const TAG_CHARACTERS = 8;
