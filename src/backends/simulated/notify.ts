import type { SipFlow } from "../../ports/sip.ts";
import { authenticate, challengeHeaders } from "../../sip/authentication.ts";
import { headerOf, type SipRequest } from "../../sip/message/message.ts";
import { responseBytes } from "../../sip/message/response.ts";
import type { SipAccount } from "../../sip/registration/account.ts";
import type { SipStack } from "../../sip/stack.ts";
import type { SimulatedEnvironment } from "./environment.ts";

export interface NotifyParts {
  readonly stack: SipStack;
  readonly account: SipAccount;
  readonly realm: string;
  readonly environment: SimulatedEnvironment;
}

const NONCE_SECONDS = 300;

/**
 * NOTIFY with the event check-sync: the phone looks for new configuration files, with `reboot=true` it restarts.
 * Requires the account's password (Digest); other events are refused.
 */
export function answerNotify(
  request: SipRequest,
  from: SipFlow,
  { stack, account, realm, environment }: NotifyParts,
): void {
  const transaction = stack.transactions.serve(request, from);
  if (transaction === null) return;
  const { status, headers = [] } = replyTo(request, { stack, account, realm });
  transaction.answer(status, responseBytes(request, from, status, { headers, toTag: stack.token(8) }));
  if (status === 200) environment.checkSync(eventOf(request).includes("reboot=true"));
}

interface Reply {
  readonly status: number;
  readonly headers?: ReturnType<typeof challengeHeaders>;
}

function replyTo(request: SipRequest, { stack, account, realm }: Omit<NotifyParts, "environment">): Reply {
  if (eventOf(request)[0] !== "check-sync") return { status: 489 };
  if (account.password === "") return { status: 403 };
  const login = {
    realm,
    nonces: stack.nonces,
    nonceSeconds: NONCE_SECONDS,
    nowMs: () => stack.clock.monotonic(),
    password: (user: string) => (user === account.authName ? account.password : undefined),
  };
  const { kind } = authenticate(request, login);
  return kind === "accepted" ? { status: 200 } : { status: 401, headers: challengeHeaders(login, kind === "stale") };
}

/** The event, and its parameters. */
function eventOf(request: SipRequest): readonly string[] {
  return (headerOf(request, "Event") ?? "").split(";").map((part) => part.trim().toLowerCase());
}
