/** The settings of the demo's ACS, and their lines in the phone's own file. */

export interface Provision {
  readonly path: string;
  readonly value: string;
  /** The line of the phone's file, and its text there. */
  readonly key: string;
  readonly text: string;
}

const PROFILE = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const SERVER = "Device.ManagementServer.";
export const CONNECTION_REQUEST_LOGIN = { username: "acs", password: "acs-secret" };

export const LABEL = `${PROFILE}Line.1.SIP.CUSTOM_Label`;
export const DISPLAY_NAME = `${PROFILE}Line.1.SIP.CUSTOM_DisplayName`;
export const DISPLAY_NAME_KEY = "Config.Account1.GENERAL.DisplayName";
export const AUTH_PASSWORD = `${PROFILE}Line.1.SIP.AuthPassword`;
export const RING_VOLUME = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
export const UP_TIME = "Device.DeviceInfo.UpTime";
export const PARAMETER_KEY = `${SERVER}ParameterKey`;
/** The unknown parameter among the wrong values. */
export const NO_SUCH_PARAMETER = `${PROFILE}Line.1.SIP.NoSuchParameter`;

const account = (path: string, value: string, key: string, text = value): Provision => ({
  path: PROFILE + path,
  value,
  key: `Config.Account1.${key}`,
  text,
});
const management = (name: string, value: string, text = value): Provision => ({
  path: SERVER + name,
  value,
  key: `Config.TR069.ManagementServer.${name}`,
  text,
});

/**
 * Account 1, the periodic Inform and the login for connection requests. The next periodic Inform comes after the demo's
 * end.
 */
export function provisions(nowMs: number): readonly Provision[] {
  const nextInform = new Date(Math.floor(nowMs / 1000) * 1000 + 1_800_000).toISOString().replace(".000Z", "Z");
  return [
    account("SIP.RegistrarServer", "sip.example.com", "SIP.Server"),
    account("Line.1.Enable", "Enabled", "GENERAL.Enable", "1"),
    account("Line.1.SIP.AuthUserName", "1001", "GENERAL.AuthName"),
    account("Line.1.SIP.AuthPassword", "sip-secret", "GENERAL.Pwd"),
    account("Line.1.SIP.CUSTOM_UserName", "1001", "GENERAL.UserName"),
    account("Line.1.SIP.CUSTOM_Label", "Reception", "GENERAL.Label"),
    account("Line.1.SIP.CUSTOM_DisplayName", "Reception", "GENERAL.DisplayName"),
    management("PeriodicInformEnable", "true", "1"),
    management("PeriodicInformInterval", "3600"),
    management("PeriodicInformTime", nextInform),
    management("ConnectionRequestUsername", CONNECTION_REQUEST_LOGIN.username),
    management("ConnectionRequestPassword", CONNECTION_REQUEST_LOGIN.password),
  ];
}

/** Passwords are write-only. */
export function readsAs({ path, value }: Provision): string {
  return path.endsWith("Password") ? "" : value;
}

/** Distinct parameters of Appendix A: its `{i}` stands for any account and any codec of an account's list. */
export function appendixNames(names: readonly string[]): ReadonlySet<string> {
  const parameters = names.filter((name) => !name.endsWith("."));
  return new Set(
    parameters.map((name) =>
      name.replace(/\.VoiceProfile\.\d+\./, ".VoiceProfile.{i}.").replace(/\.List\.\d+\./, ".List.{i}."),
    ),
  );
}
