import type { Xmpp, XmppAccount, XmppElement, XmppListener, XmppServer } from "../../src/ports/xmpp.ts";

/** One connection that the agent has begun. */
export interface FakeXmppLink {
  readonly account: XmppAccount;
  /** What happens on it is told here; nobody listens once it is closed. */
  readonly listener: XmppListener;
  closed: boolean;
}

export interface FakeXmpp extends Xmpp {
  /** All that have ever been begun, the latest last. */
  readonly links: readonly FakeXmppLink[];
  /** What DNS says; an Error for a failure. */
  records: readonly XmppServer[] | Error;
  /** What another client answers. */
  answer: (to: string, element: XmppElement) => string;
}

export function createFakeXmpp(): FakeXmpp {
  const links: FakeXmppLink[] = [];
  const fake: FakeXmpp = {
    links,
    records: [],
    answer: () => "no answer",
    async servers() {
      if (this.records instanceof Error) throw this.records;
      return this.records;
    },
    connect(account, listener) {
      const link: FakeXmppLink = { account, listener, closed: false };
      links.push(link);
      return {
        get: async (to, element) => fake.answer(to, element),
        async close() {
          link.closed = true;
        },
      };
    },
  };
  return fake;
}
