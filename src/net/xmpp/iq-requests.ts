import type { Client, Element } from "@xmpp/client";
import type { Scheduler } from "../../ports/clock.ts";

const ANSWER_WITHIN_MS = 30_000;

/** An IQ that was answered with an error, or not at all. */
export class IqError extends Error {
  /** Of the stanza error (RFC 6120 8.3.3); null when nothing came. */
  readonly condition: string | null;

  constructor(condition: string | null) {
    super(condition === null ? "the XMPP server does not answer" : `the XMPP server answers ${condition}`);
    this.name = "IqError";
    this.condition = condition;
  }
}

/**
 * Requests in the place of the library's, which leaves a promise without a handler while it writes: an error that comes back
 * in that time would end the process. Rejects with IqError.
 */
export function useOwnRequests(client: Client, scheduler: Scheduler): void {
  const waiting = new Map<string, (answer: Element | IqError) => void>();
  let sent = 0;
  client.iqCaller.request = (stanza, timeoutMs = ANSWER_WITHIN_MS) => {
    sent += 1;
    const id = `cpe-${sent}`;
    stanza.attrs.id = id;
    return new Promise((resolve, reject) => {
      const settle = (answer: Element | IqError): void => {
        waiting.delete(id);
        timer.cancel();
        if (answer instanceof IqError) reject(answer);
        else resolve(answer);
      };
      const timer = scheduler.after(timeoutMs, "XMPP answer", () => settle(new IqError(null)));
      waiting.set(id, settle);
      client.send(stanza).catch(() => settle(new IqError(null)));
    });
  };
  client.middleware.use(({ name, type, id, stanza }, next) => {
    const settle = name === "iq" && (type === "result" || type === "error") ? waiting.get(id) : undefined;
    if (settle === undefined) return next();
    settle(type === "result" ? stanza : new IqError(conditionOf(stanza)));
    return undefined;
  });
}

function conditionOf(stanza: Element): string {
  const error = stanza.getChildElements().find((child) => child.getName() === "error");
  return error?.getChildElements()[0]?.getName() ?? "undefined-condition";
}
