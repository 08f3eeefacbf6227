import type { Element, IncomingStanza } from "@xmpp/client";
import type { XmppAnswer, XmppElement } from "../../ports/xmpp.ts";

type Xml = typeof import("@xmpp/client").xml;

const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
/** RFC 6120 8.3.3: what the sender is to make of each condition. */
const ERROR_TYPES: Readonly<Record<Exclude<XmppAnswer, "result">, string>> = {
  "bad-request": "modify",
  "not-authorized": "auth",
  "service-unavailable": "cancel",
};

/** What the library takes for an answer: an error element, or `true` for an empty result. */
export function toReply(xml: Xml, answer: XmppAnswer): Element | true {
  if (answer === "result") return true;
  return xml("error", { type: ERROR_TYPES[answer] }, xml(answer, { xmlns: STANZAS }));
}

export function toXmppElement(element: Element): XmppElement {
  return {
    namespace: element.getNS() ?? "",
    name: element.getName(),
    children: element.getChildElements().map((child) => ({
      namespace: child.getNS() ?? "",
      name: child.getName(),
      text: child.text(),
    })),
  };
}

/** An IQ of type get with this child. */
export function toRequest(xml: Xml, to: string | undefined, { namespace, name, children }: XmppElement): Element {
  const inner = children.map((child) => xml(child.name, {}, child.text));
  return xml("iq", { type: "get", to }, xml(name, { xmlns: namespace }, ...inner));
}

export function senderOf({ from }: IncomingStanza): string {
  return from?.toString() ?? "";
}
