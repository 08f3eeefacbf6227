/** The XMPP connection request, the ACS's side (TR-069 Annex K): over an account of its own. */
import type { Xmpp, XmppAccount, XmppElement, XmppLink } from "../ports/xmpp.ts";
import type { ConnectionRequestCredentials } from "./devices.ts";
import { AcsError } from "./errors.ts";

const NAMESPACE = "urn:broadband-forum-org:cwmp:xmppConnReq-1-0";

export interface AcsXmpp {
  /** `result`, the condition of the error, or `no answer`. Throws AcsError UNREACHABLE: not online. */
  request(jabberId: string, credentials: ConnectionRequestCredentials): Promise<string>;
  close(): Promise<void>;
}

/** Goes online with the first request, and again with the next one after a loss. */
export function createAcsXmpp(xmpp: Xmpp, account: XmppAccount): AcsXmpp {
  let opening: Promise<XmppLink> | null = null;
  const open = (): Promise<XmppLink> =>
    new Promise((resolve, reject) => {
      const link = xmpp.connect(account, {
        online: () => resolve(link),
        request: () => ({ answer: "service-unavailable" }),
        ended(_failure, reason) {
          opening = null;
          reject(new AcsError("UNREACHABLE", `the ACS is not online on its XMPP server: ${reason}`));
        },
      });
    });
  return {
    async request(jabberId, credentials) {
      opening ??= open();
      return await (await opening).get(jabberId, connectionRequest(credentials));
    },
    async close() {
      const link = await opening?.catch(() => null);
      await link?.close();
    },
  };
}

function connectionRequest({ username, password }: ConnectionRequestCredentials): XmppElement {
  const child = (name: string, text: string) => ({ namespace: NAMESPACE, name, text });
  return {
    namespace: NAMESPACE,
    name: "connectionRequest",
    children: [child("username", username), child("password", password)],
  };
}
