import type { Layout } from "../../../parameters/layout.ts";
import type { ParameterTree } from "../../../parameters/tree.ts";
import type { XmppServer } from "../../../ports/xmpp.ts";
import { settingNumber } from "../../core/acs-settings.ts";

export const CONNECTIONS = "Device.XMPP.Connection.";
const MANAGEMENT_SERVER = "Device.ManagementServer.";
export const CONNECTION_REQUEST_JABBER_ID = `${MANAGEMENT_SERVER}ConnReqJabberID`;
const CONNECTION = `${MANAGEMENT_SERVER}ConnReqXMPPConnection`;
const ALLOWED = `${MANAGEMENT_SERVER}ConnReqAllowedJabberIDs`;
/** KeepAliveInterval -1: RFC 6120 4.6.4 wants at least five minutes. */
const OWN_KEEP_ALIVE_SECONDS = 300;

/** Whether the data model has XMPP and the agent implements it: a clone of a device has only the parameters. */
export function hasXmpp(layout: Layout): boolean {
  const row = layout.table(CONNECTIONS)?.node.row;
  return row?.children.some((child) => child.kind === "parameter" && child.source.kind === "agent") === true;
}

/** The parameters of one row of `Device.XMPP.Connection.`, as currently set. Holds a secret. */
export interface XmppConnectionSettings {
  readonly instance: number;
  readonly enabled: boolean;
  readonly username: string;
  readonly password: string;
  readonly domain: string;
  readonly resource: string;
  /** Null: those of the domain's SRV records. */
  readonly servers: readonly XmppServer[] | null;
  readonly forceTls: boolean;
  readonly keepAliveSeconds: number;
  readonly retry: XmppRetryPolicy;
}

export interface XmppRetryPolicy {
  /** ServerConnectAttempts; 0: one server is tried indefinitely. */
  readonly attempts: number;
  readonly initialSeconds: number;
  /** Thousandths. */
  readonly multiplier: number;
  readonly maximumSeconds: number;
}

export interface XmppSettings {
  readonly connections: readonly XmppConnectionSettings[];
  /** The instance that takes connection requests. */
  readonly requestsOn: number | null;
  /** Empty: everybody. */
  readonly allowedJabberIds: readonly string[];
}

export const NO_CONNECTIONS: XmppSettings = { connections: [], requestsOn: null, allowedJabberIds: [] };

/** Where the data model does not have XMPP there are no connections. */
export async function readXmppSettings(tree: ParameterTree): Promise<XmppSettings> {
  if (tree.layout.table(CONNECTIONS) === undefined) return NO_CONNECTIONS;
  const paths = tree.find(CONNECTIONS).map(({ path }) => path);
  const values = await tree.readSecrets([...paths, CONNECTION, ALLOWED]);
  const value = (path: string): string => values.get(path) ?? "";
  const rows = tree.layout.rows.get(CONNECTIONS) ?? [];
  return {
    connections: rows.map(({ instance }) => connectionOf(instance, value, tree)),
    requestsOn: value(CONNECTION) === "" ? null : Number(value(CONNECTION).slice(CONNECTIONS.length)),
    allowedJabberIds: value(ALLOWED)
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== ""),
  };
}

function connectionOf(instance: number, value: (path: string) => string, tree: ParameterTree): XmppConnectionSettings {
  const row = `${CONNECTIONS}${instance}.`;
  const text = (name: string): string => value(row + name);
  const keepAlive = settingNumber(text("KeepAliveInterval"), -1);
  return {
    instance,
    enabled: text("Enable") === "true",
    username: text("Username"),
    password: text("Password"),
    domain: text("Domain"),
    resource: text("Resource"),
    servers: text("ServerConnectAlgorithm") === "ServerTable" ? serversOf(`${row}Server.`, value, tree) : null,
    forceTls: text("UseTLS") === "true",
    keepAliveSeconds: keepAlive < 0 ? OWN_KEEP_ALIVE_SECONDS : keepAlive,
    // Where the data model lacks one: the defaults of TR-181 (C-257).
    retry: {
      attempts: settingNumber(text("ServerConnectAttempts"), 16),
      initialSeconds: settingNumber(text("ServerRetryInitialInterval"), 60),
      multiplier: settingNumber(text("ServerRetryIntervalMultiplier"), 2000),
      maximumSeconds: settingNumber(text("ServerRetryMaxInterval"), 30_720),
    },
  };
}

function serversOf(table: string, value: (path: string) => string, tree: ParameterTree): readonly XmppServer[] {
  const rows = (tree.layout.rows.get(table) ?? []).map(({ instance }) => `${table}${instance}.`);
  return rows
    .filter((row) => value(`${row}Enable`) === "true" && value(`${row}ServerAddress`) !== "")
    .map((row) => ({
      host: value(`${row}ServerAddress`),
      port: settingNumber(value(`${row}Port`), 5222),
      priority: Number(value(`${row}Priority`)),
      weight: Math.abs(Number(value(`${row}Weight`))),
    }));
}
