import type { CwmpEvent } from "../../cwmp/events.ts";
import { maskUrls } from "../../cwmp/mask.ts";
import { managementServerPath, ownPath, readLanAddress } from "../../parameters/own-paths.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Clock } from "../../ports/clock.ts";
import type { BootCycle } from "../boot/boot-cycle.ts";
import type { SessionHistory, SessionOutcome } from "../core/session-history.ts";
import type { NtpStatus } from "../ntp/ntp-time.ts";
import type { PhoneBookStatus } from "../phone-books/book.ts";
import type { TransferView } from "../transfers/transfer-view.ts";

/** A summary of the phone's status. Times are wall time in milliseconds since 1970. Holds no secret. */
export interface PhoneStatus {
  readonly identity: {
    readonly manufacturer: string;
    readonly oui: string;
    readonly modelName: string;
    readonly productClass: string;
    readonly serialNumber: string;
    readonly softwareVersion: string;
    readonly hardwareVersion: string;
    readonly macAddress: string;
    readonly ipAddress: string;
    /** Seconds. */
    readonly upTime: number;
  };
  /** `waiting`: for the next retry of a session that failed. */
  readonly phase: "idle" | "session" | "waiting" | "stopped";
  readonly tr069Enabled: boolean;
  /** Empty: no ACS is set. */
  readonly acsUrl: string;
  readonly retryCount: number;
  /** Null while no retry waits. */
  readonly retryAt: number | null;
  /** Null while the periodic Inform is off. */
  readonly nextInformAt: number | null;
  readonly lastSession: SessionOutcome | null;
  /** Since the process started. */
  readonly sessions: number;
  readonly pendingEvents: readonly CwmpEvent[];
  readonly transfers: readonly TransferView[];
  readonly connectionRequests: {
    readonly url: string;
    readonly udpAddress: string;
    readonly natDetected: boolean;
    readonly stunEnabled: boolean;
    /** Empty where the data model has no XMPP, or it is not connected. */
    readonly jabberId: string;
  };
  readonly accounts: readonly AccountStatus[];
  /** The configured phone books, as far as they have been fetched. */
  readonly phoneBooks: readonly PhoneBookStatus[];
  /** Null: time servers are not asked. */
  readonly ntp: NtpStatus | null;
}

export interface AccountStatus {
  /** Instance number of the VoiceProfile. */
  readonly number: number;
  readonly userName: string;
  readonly server: string;
  /** `Line.1.Enable`: Enabled, Disabled or Quiescent. */
  readonly enable: string;
  /** `Line.1.Status`, such as Up, Registering, Disabled. */
  readonly line: string;
  /** Why the line is not up, if known: the registrar's own answer. Empty: unknown. */
  readonly reason: string;
  /** The calls of the line in words, such as `InCall from sip:1002@pbx`; empty: none, or unknown. */
  readonly calls: string;
}

const PROFILES = "Device.LAN.VoiceService.1.VoiceProfile.";

export async function readPhoneStatus(
  cycle: BootCycle,
  history: SessionHistory,
  { clock, backend }: { readonly clock: Clock; readonly backend: Backend },
): Promise<PhoneStatus> {
  const { phone, sessions } = cycle;
  const settings = cycle.settings();
  const value = await readAll(phone.tree);
  const { retryDueMs } = sessions;
  const server = (name: string): string => value(managementServerPath(phone.tree, name));
  return {
    identity: identityOf(phone.tree, value, await readLanAddress(phone.tree)),
    phase: sessions.phase,
    tr069Enabled: settings.enabled,
    acsUrl: maskUrls(settings.url),
    retryCount: phone.lifecycle.current.retryCount,
    retryAt: retryDueMs === null ? null : clock.now() + Math.max(0, retryDueMs - clock.monotonic()),
    nextInformAt: cycle.nextPeriodicAt,
    lastSession: history.last,
    sessions: history.count,
    pendingEvents: phone.events.pending(),
    transfers: cycle.transferViews,
    connectionRequests: {
      url: maskUrls(server("ConnectionRequestURL")),
      udpAddress: server("UDPConnectionRequestAddress"),
      natDetected: server("NATDetected") === "true",
      stunEnabled: server("STUNEnable") === "true",
      jabberId: server("ConnReqJabberID"),
    },
    accounts: accountsOf(phone.tree, value, await lineWords(phone.tree, backend)),
    phoneBooks: cycle.phoneBooks.status,
    ntp: cycle.ntp.status,
  };
}

type ValueOf = (path: string) => string;

async function readAll(tree: ParameterTree): Promise<ValueOf> {
  const paths = [
    ...tree.layout.find(ownPath(tree, "DeviceInfo.")).map(({ path }) => path),
    ...tree.layout.find(ownPath(tree, "ManagementServer.")).map(({ path }) => path),
    ownPath(tree, "LAN.MACAddress"),
    ...profiles(tree).flatMap((number) => Object.values(accountPaths(number))),
  ];
  const refs = paths.flatMap((path) => tree.layout.get(path) ?? []);
  const values = await tree.read(refs);
  return (path) => values.get(path) ?? "";
}

function identityOf(tree: ParameterTree, value: ValueOf, ipAddress: string): PhoneStatus["identity"] {
  const info = (name: string): string => value(ownPath(tree, `DeviceInfo.${name}`));
  return {
    manufacturer: info("Manufacturer"),
    oui: info("ManufacturerOUI"),
    modelName: info("ModelName"),
    productClass: info("ProductClass"),
    serialNumber: info("SerialNumber"),
    softwareVersion: info("SoftwareVersion"),
    hardwareVersion: info("HardwareVersion"),
    macAddress: value(ownPath(tree, "LAN.MACAddress")),
    ipAddress,
    upTime: Number(info("UpTime")),
  };
}

function profiles({ layout }: ParameterTree): readonly number[] {
  const found = layout.refs.flatMap(({ path, instances }) =>
    path.startsWith(PROFILES) && instances.length > 1 ? [instances[1] ?? 0] : [],
  );
  return [...new Set(found)];
}

function accountPaths(number: number) {
  const line = `${PROFILES}${number}.Line.1.`;
  return {
    enable: `${line}Enable`,
    line: `${line}Status`,
    userName: `${line}SIP.CUSTOM_UserName`,
    server: `${PROFILES}${number}.SIP.RegistrarServer`,
  };
}

interface LineWords {
  readonly reason: string;
  readonly calls: string;
}

const LINE_WORDS = { reason: ".Reason", calls: ".Calls" } as const;

/** Optional details of a line beside its state. Not every phone has them. */
async function lineWords(tree: ParameterTree, backend: Backend): Promise<ReadonlyMap<number, LineWords>> {
  const all = profiles(tree).flatMap((number) => {
    const state = tree.layout.get(accountPaths(number).line)?.liveKey ?? "";
    const key = (end: string): BackendKey => state.replace(/\.State$/, end);
    return backend.supports(key(LINE_WORDS.reason)) ? [{ number, key }] : [];
  });
  if (all.length === 0) return new Map();
  const values = await backend.read(all.flatMap(({ key }) => Object.values(LINE_WORDS).map(key)));
  const text = (key: BackendKey): string => values.get(key) ?? "";
  return new Map(
    all.map(({ number, key }) => [
      number,
      { reason: text(key(LINE_WORDS.reason)), calls: text(key(LINE_WORDS.calls)) },
    ]),
  );
}

function accountsOf(
  tree: ParameterTree,
  value: ValueOf,
  words: ReadonlyMap<number, LineWords>,
): readonly AccountStatus[] {
  return profiles(tree).map((number) => {
    const paths = accountPaths(number);
    return {
      reason: words.get(number)?.reason ?? "",
      calls: words.get(number)?.calls ?? "",
      number,
      userName: value(paths.userName),
      server: value(paths.server),
      enable: value(paths.enable),
      line: value(paths.line),
    };
  });
}
