import type { BackendKey } from "../../ports/backend.ts";

/** One setting of the page Settings > TR069. */
export interface SettingsField {
  /** Its name in the form and in addresses. */
  readonly id: string;
  readonly key: BackendKey;
  readonly label: string;
  readonly hint: string;
  readonly kind: "switch" | "number" | "text" | "password" | "url" | "urlOrDefault";
  /** The value if the phone's file has none. */
  readonly fallback: string;
}

export interface SettingsGroup {
  readonly legend: string;
  readonly fields: readonly SettingsField[];
}

const SERVER = "Config.TR069.ManagementServer.";
const PASSWORD_HINT = "Leave the asterisks to keep the one that is set; empty the field to remove it.";

/** The vendor's page: its fields, words, order and defaults. */
export const SETTINGS_GROUPS: readonly SettingsGroup[] = [
  {
    legend: "TR069",
    fields: [
      {
        id: "enable",
        key: "Config.TR069.General.Enable",
        label: "Enable TR069",
        hint: "Whether an ACS manages this phone.",
        kind: "switch",
        fallback: "0",
      },
    ],
  },
  {
    legend: "ACS",
    fields: [
      {
        id: "acsUrl",
        key: `${SERVER}URL`,
        label: "ACS URL",
        hint: "Where the phone sends its TR-069 messages. Ask the operator of the ACS for it.",
        kind: "url",
        fallback: "",
      },
      {
        id: "acsUsername",
        key: `${SERVER}Username`,
        label: "ACS Username",
        hint: "The phone's user name at the ACS (HTTP authentication).",
        kind: "text",
        fallback: "",
      },
      {
        id: "acsPassword",
        key: `${SERVER}Password`,
        label: "ACS Password",
        hint: `The phone's password at the ACS. ${PASSWORD_HINT}`,
        kind: "password",
        fallback: "",
      },
    ],
  },
  {
    legend: "Periodic Inform",
    fields: [
      {
        id: "periodicInform",
        key: `${SERVER}PeriodicInformEnable`,
        label: "Enable Periodic Inform",
        hint: "Whether the phone contacts the ACS regularly.",
        kind: "switch",
        fallback: "0",
      },
      {
        id: "interval",
        key: `${SERVER}PeriodicInformInterval`,
        label: "Periodic Inform Interval (seconds)",
        hint: "Time between two periodic Informs; at least 1.",
        kind: "number",
        fallback: "1800",
      },
    ],
  },
  {
    legend: "CPE",
    fields: [
      {
        id: "cpeUrl",
        key: `${SERVER}ConnectionRequestURL`,
        label: "CPE URL",
        hint: "Where the ACS reaches this phone. default: the phone makes it from its address; another URL is reported to the ACS unchanged.",
        kind: "urlOrDefault",
        fallback: "default",
      },
      {
        id: "cpeUsername",
        key: `${SERVER}ConnectionRequestUsername`,
        label: "CPE User name",
        hint: "The ACS's user name for connection requests (Connection Request Username). While it or the password is empty, the phone refuses them.",
        kind: "text",
        fallback: "",
      },
      {
        id: "cpePassword",
        key: `${SERVER}ConnectionRequestPassword`,
        label: "CPE Password",
        hint: `The ACS's password for connection requests (Connection Request Password). ${PASSWORD_HINT}`,
        kind: "password",
        fallback: "",
      },
    ],
  },
];

export const SETTINGS_FIELDS: readonly SettingsField[] = SETTINGS_GROUPS.flatMap(({ fields }) => fields);
