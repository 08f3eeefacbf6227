import { readFile } from "node:fs/promises";
import type { AcsOptions } from "../../acs/acs.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { createXmppClient } from "../../net/xmpp/xmpp-client.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { XmppAccount } from "../../ports/xmpp.ts";
import { UsageError } from "../io.ts";

export interface XmppCommandOptions {
  /** `user@domain:password`: the account for XMPP connection requests. */
  readonly xmpp?: string;
  readonly xmppFile?: string;
  /** `host:port`, if it differs from the domain. */
  readonly xmppServer?: string;
  /** PEM file. */
  readonly xmppCa?: string;
}

/** The ACS's XMPP account, if given. Throws UsageError. */
export async function setUpXmpp(
  { xmpp, xmppServer, xmppCa }: XmppCommandOptions,
  scheduler: Scheduler,
): Promise<NonNullable<AcsOptions["xmpp"]> | null> {
  if (xmpp === undefined) return null;
  const tls = xmppCa === undefined ? {} : { ca: await readCa(xmppCa) };
  return { client: createXmppClient({ scheduler, tls }), account: xmppAccount(xmpp, xmppServer) };
}

const KEEP_ALIVE_SECONDS = 60;

/** From `user@domain:password` and `host:port`; an IPv6 address stands in brackets. */
export function xmppAccount(text: string, server: string | undefined): XmppAccount {
  const account = /^([^@:/]+)@([^@:/]+):(.*)$/s.exec(text);
  if (account === null) throw new UsageError("--xmpp must be user@domain:password");
  const [, username = "", domain = "", password = ""] = account;
  const place = server === undefined ? [] : /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(server);
  if (place === null) throw new UsageError("--xmpp-server must be host or host:port");
  return {
    username,
    password,
    domain,
    resource: "",
    host: place[1] ?? place[2] ?? domain,
    port: Number(place[3] ?? 5222),
    forceTls: false,
    keepAliveSeconds: KEEP_ALIVE_SECONDS,
  };
}

async function readCa(file: string): Promise<string> {
  return await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError(`cannot read --xmpp-ca: ${messageOf(cause)}`);
  });
}
