/**
 * The phone's state as the campaign compares it, as one flat table: parameters by name, `notify:<name>` and `profiles`
 * (instance numbers). Names that begin with `~` are the campaign's own knowledge and are not compared.
 */
export type PhoneState = ReadonlyMap<string, string>;

export const PROFILES_PATH = "Device.LAN.VoiceService.1.VoiceProfile.";
export const PARAMETER_KEY = "Device.ManagementServer.ParameterKey";
export const ACS_URL = "Device.ManagementServer.URL";
export const PROFILES = "profiles";
export const HIGHEST_PROFILE = "~highestProfile";

/** Set together by one SetParameterValues: settings in the phone's file and one that the agent keeps. Name, type, text. */
export const SET_TOGETHER: readonly (readonly [name: string, type: string, text: (serial: number) => string])[] = [
  ["Device.DeviceInfo.ProvisioningCode", "string", (serial) => `code-${serial}`],
  ["Device.Time.NTPServer1", "string", (serial) => `ntp${serial}.example.com`],
  ["Device.UserInterface.CUSTOM_Features.CUSTOM_HotlineNumber", "string", (serial) => `${1000 + serial}`],
  [`${PROFILES_PATH}1.SIP.OutboundProxy`, "string", (serial) => `proxy${serial}.example.com`],
  [`${PROFILES_PATH}1.Line.1.SIP.CUSTOM_Label`, "string", (serial) => `Label ${serial} <&>`],
  [`${PROFILES_PATH}1.MaxSessions`, "unsignedInt", (serial) => `${serial}`],
];

/** Changed by configuration files of the ACS alone: name, key in the file, text. */
export const SET_BY_FILE: readonly (readonly [name: string, key: string, text: (serial: number) => string])[] = [
  ["Device.UserInterface.CUSTOM_DialPlan.CUSTOM_AreaCode", "Config.AreaCode.GENERAL.Code", (serial) => `${serial}`],
  [
    "Device.UserInterface.CUSTOM_Features.CUSTOM_AlwaysForwardTarget",
    "Config.Forward.ALWAYS.Target",
    (serial) => `${2000 + serial}`,
  ],
];

/** Changed by AutoP files that a person applies. */
export const SET_BY_PERSON: typeof SET_BY_FILE = [
  [
    "Device.UserInterface.CUSTOM_Features.CUSTOM_BusyForwardTarget",
    "Config.Forward.BUSY.Target",
    (serial) => `${3000 + serial}`,
  ],
  ["Device.Time.NTPServer2", "Config.Settings.SNTP.NTPServer2", (serial) => `second${serial}.example.com`],
];

const UI = "Device.UserInterface.";
/** The folder of the phone's configuration files (AutoP). */
export const FILE_SERVER = `${UI}CUSTOM_Update.CUSTOM_ServerUrl`;

/** Set by the configuration file for every phone of the model, by the phone's own, and by both. */
export const SET_FOR_ALL: typeof SET_BY_FILE = [
  [`${UI}CUSTOM_Features.CUSTOM_TimeoutForwardTarget`, "Config.Forward.TIMEOUT.Target", (serial) => `${4000 + serial}`],
];
export const SET_FOR_ONE: typeof SET_BY_FILE = [
  [bookName(1), "Config.RemotePhoneBook.REMOTE_PHONE_BOOK1.DisplayName", (serial) => `book ${serial}`],
];
export const SET_FOR_BOTH: typeof SET_BY_FILE = [
  [bookName(0), "Config.RemotePhoneBook.REMOTE_PHONE_BOOK0.DisplayName", (serial) => `book ${serial}`],
];

export const WATCHED_NAMES: readonly string[] = [
  ...[SET_TOGETHER, SET_BY_FILE, SET_BY_PERSON, SET_FOR_ALL, SET_FOR_ONE, SET_FOR_BOTH].flatMap((table) =>
    table.map(([name]) => name),
  ),
  FILE_SERVER,
  PARAMETER_KEY,
  ACS_URL,
];

/** Nothing but the ACS changes these, so that a notification of them would be false. */
export const NOTIFIED_NAMES: readonly string[] = [
  "Device.DeviceInfo.ProvisioningCode",
  "Device.Time.NTPServer1",
  `${PROFILES_PATH}1.MaxSessions`,
];

function bookName(book: number): string {
  return `${UI}CUSTOM_RemotePhoneBook.CUSTOM_PhoneBook${book}Name`;
}

export const notifyKey = (name: string): string => `notify:${name}`;

export function withEntries(state: PhoneState, entries: Iterable<readonly [string, string]>): PhoneState {
  return new Map([...state, ...entries]);
}

/** Each of them once. */
export function unique(states: readonly PhoneState[]): readonly PhoneState[] {
  const textOf = (state: PhoneState): string => JSON.stringify([...state].sort());
  return [...new Map(states.map((state) => [textOf(state), state])).values()];
}

/** The differences, as `name: one ≠ other`; empty if there are none. */
export function differences(one: PhoneState, other: PhoneState): readonly string[] {
  const names = [...new Set([...one.keys(), ...other.keys()])].filter((name) => !name.startsWith("~"));
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${name}: ${one.get(name)} ≠ ${other.get(name)}`);
}

export function profilesOf(state: PhoneState): readonly number[] {
  return (state.get(PROFILES) ?? "").split(",").filter(Boolean).map(Number);
}

export function withProfiles(state: PhoneState, profiles: readonly number[]): PhoneState {
  const sorted = [...profiles].sort((one, other) => one - other);
  const highest = Math.max(Number(state.get(HIGHEST_PROFILE) ?? 0), ...sorted);
  return withEntries(state, [
    [PROFILES, sorted.join(",")],
    [HIGHEST_PROFILE, String(highest)],
  ]);
}
