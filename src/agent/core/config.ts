import type { CwmpVersion } from "../../cwmp/versions.ts";
import type { SessionLimits } from "../../session/run-session.ts";

/** The phone's identity: it never changes (C-084). */
export interface Identity {
  readonly manufacturer: string;
  /** Six upper-case hex digits. */
  readonly oui: string;
  readonly modelName: string;
  readonly productClass: string;
  readonly serialNumber: string;
}

/**
 * The configuration of an agent, in addition to its ports. Everything that an ACS can change is in the parameter tree
 * instead.
 */
export interface AgentConfig {
  readonly identity: Identity;
  /** The highest CWMP version that the Inform offers. */
  readonly version: CwmpVersion;
  /** Whether to call GetRPCMethods of an ACS once, to learn which methods it supports. */
  readonly askRpcMethods: boolean;
  readonly retry: RetryPolicy;
  /** The limits of a session. */
  readonly sessionLimits: SessionLimits;
  /** AutonomousTransferCompletePolicy: whether transfers that the ACS did not request are reported to it. */
  readonly reportAutonomousTransfers: boolean;
  /** Whether the agent does the phone's own auto-provisioning, which its firmware may do instead. */
  readonly autop: AutopConfig;
  /** Whether the agent fetches the phone books, which the firmware may do instead. */
  readonly fetchPhoneBooks: boolean;
  /** How many connection requests over XMPP are accepted in any minute. */
  readonly connectionRequestsPerMinute: number;
  /** The YAML settings as keys of the phone: a line that differs from the last start's is a local change. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface AutopConfig {
  readonly enabled: boolean;
  /** Whether AutoP applies the good lines of a file with bad ones. */
  readonly lenient: boolean;
  /** Whether the firmware that AutoP's files name (`Config.Firmware.Url`) is fetched and installed. */
  readonly firmware: boolean;
  /** The look at power-on comes at a random time within this. */
  readonly powerOnSpreadSeconds: number;
  readonly dhcp: DhcpOptions;
}

/** DHCP options of the phone; empty: not received. */
export interface DhcpOptions {
  /** Of the option that the phone's `DHCP_OPTION.CustomId` names. */
  readonly custom: string;
  readonly option66: string;
  /** A text, or sub-options as `hex:` and their bytes. */
  readonly option43: string;
}

/** TR-069 3.2.1.1. */
export interface RetryPolicy {
  /** CWMPRetryMinimumWaitInterval, seconds, 1..65535. */
  readonly minimumWaitSeconds: number;
  /** CWMPRetryIntervalMultiplier, thousandths, 1000..65535. */
  readonly intervalMultiplier: number;
}
