import type { Element } from "@xmpp/xml";
import type { XmppAccount } from "../../ports/xmpp.ts";
import { ScramSha1 } from "./scram.ts";
import { conditionIn, type XmppStream, type XmppTls } from "./xmpp-stream.ts";

type Xml = typeof import("@xmpp/xml").xml;

const TLS = "urn:ietf:params:xml:ns:xmpp-tls";
const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND = "urn:ietf:params:xml:ns:xmpp-bind";

/** The server does not take the account's password. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
}

/** TLS, login and resource (RFC 6120 5 to 7): the full Jabber ID. Throws what ends the attempt. */
export async function comeOnline(stream: XmppStream, account: XmppAccount, tls: XmppTls, xml: Xml): Promise<string> {
  await logIn(stream, await secured(stream, account, tls, xml), account, xml);
  await stream.begin();
  return await bind(stream, account, xml);
}

/** The features once TLS is as the account wants it: where that is forced, or the server requires it. */
async function secured(stream: XmppStream, { forceTls }: XmppAccount, tls: XmppTls, xml: Xml): Promise<Element> {
  const features = await stream.begin();
  const offer = features.getChild("starttls", TLS);
  if (offer === undefined && forceTls) throw new Error("the server offers no TLS, and UseTLS is true");
  if (offer === undefined || !(forceTls || offer.getChild("required") !== undefined)) return features;
  await stream.send(xml("starttls", { xmlns: TLS }));
  if ((await stream.next()).getName() !== "proceed") throw new Error("the server refuses to begin TLS");
  await stream.secure(tls);
  return await stream.begin();
}

/** Never with a password in the clear. */
async function logIn(
  stream: XmppStream,
  features: Element,
  { username, password }: XmppAccount,
  xml: Xml,
): Promise<void> {
  const offered = features.getChild("mechanisms", SASL)?.getChildElements() ?? [];
  const allowed = stream.secured ? ["SCRAM-SHA-1", "PLAIN"] : ["SCRAM-SHA-1"];
  const mechanism = allowed.find((name) => offered.some((element) => element.text() === name));
  if (mechanism === undefined) throw new Error(`the server has none of the logins ${allowed.join(", ")}`);
  const scram = new ScramSha1();
  const first = mechanism === "PLAIN" ? `\0${username}\0${password}` : await scram.response({ username, password });
  await stream.send(xml("auth", { xmlns: SASL, mechanism }, base64(first)));
  let answer = await stream.next();
  while (answer.getName() === "challenge") {
    scram.challenge(Buffer.from(answer.text(), "base64").toString("utf8"));
    await stream.send(xml("response", { xmlns: SASL }, base64(await scram.response({ username, password }))));
    answer = await stream.next();
  }
  if (answer.getName() !== "success") throw new LoginRefused(`the server refuses the login: ${conditionIn(answer)}`);
}

async function bind(stream: XmppStream, { resource }: XmppAccount, xml: Xml): Promise<string> {
  const wanted = resource === "" ? [] : [xml("resource", {}, resource)];
  await stream.send(xml("iq", { type: "set", id: "bind" }, xml("bind", { xmlns: BIND }, ...wanted)));
  const answer = await stream.next();
  const jabberId = answer.getChild("bind", BIND)?.getChild("jid")?.text() ?? "";
  if (answer.attrs.type !== "result" || jabberId === "")
    throw new Error(`the server gives no resource: ${conditionIn(answer.getChild("error"))}`);
  return jabberId;
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
