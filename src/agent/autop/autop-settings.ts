import type { OffsetAt } from "../../cwmp/time-zone.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Clock } from "../../ports/clock.ts";
import { AUTOP_KEYS, parseDays } from "../configuration/own-keys.ts";
import { readPhoneZone } from "../time/phone-zone.ts";
import { EVERY_DAY, type WeeklyTime } from "./local-time.ts";

const UPDATE = "Device.UserInterface.CUSTOM_Update.";
const URL_PATH = `${UPDATE}CUSTOM_ServerUrl`;
const MODE = `${UPDATE}CUSTOM_AutoProvisionMode`;
const TIME = `${UPDATE}CUSTOM_AutoProvisionScheduleTime`;
const DAY = `${UPDATE}CUSTOM_AutoProvisionScheduleDayOfWeek`;
const PNP = `${UPDATE}CUSTOM_PNP`;
const CUSTOM_OPTION = `${UPDATE}CUSTOM_DHCPOption`;
const MAC_ADDRESS = "Device.LAN.MACAddress";

const MAX_RETRIES = 10;

/** The phone's AutoP settings as they are in force now. Holds secrets. */
export interface AutopSettings {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly atPowerOn: boolean;
  readonly onSchedule: boolean;
  readonly hourly: boolean;
  readonly schedule: WeeklyTime;
  readonly timeZone: OffsetAt;
  /** Number of retries while a server cannot be reached. */
  readonly retries: number;
  readonly macAddress: string;
  /** Whether the phone asks the network for a server (PnP). */
  readonly pnp: boolean;
  /** A sum of 1 (the custom option), 2 (option 43) and 4 (option 66). */
  readonly dhcpMask: number;
  /** Number of the custom option; empty: none. */
  readonly customOption: string;
}

export async function readAutopSettings(tree: ParameterTree, clock: Clock): Promise<AutopSettings> {
  const [values, keys, timeZone] = await Promise.all([
    tree.readSecrets([URL_PATH, MODE, TIME, DAY, PNP, CUSTOM_OPTION, MAC_ADDRESS]),
    tree.readKeys(Object.values(AUTOP_KEYS)),
    readPhoneZone(tree, clock),
  ]);
  const value = (path: string): string => values.get(path) ?? "";
  const key = (name: keyof typeof AUTOP_KEYS): string => keys.get(AUTOP_KEYS[name])?.trim() ?? "";
  const mode = value(MODE);
  const [hour = 0, minute = 0] = value(TIME).split(":").map(Number);
  return {
    url: value(URL_PATH),
    username: key("username"),
    password: key("password"),
    atPowerOn: mode === "1" || mode === "3",
    onSchedule: mode === "2" || mode === "3",
    hourly: mode === "4",
    schedule: { days: daysOf(value(DAY), key("someDays")), hour, minute },
    timeZone,
    retries: /^\d{1,9}$/.test(key("retries")) ? Math.min(MAX_RETRIES, Number(key("retries"))) : 0,
    macAddress: value(MAC_ADDRESS),
    pnp: ["1", "true"].includes(value(PNP)),
    // The phone's own default for a missing or empty item.
    dhcpMask: key("dhcpMask") === "" ? 1 : Number(key("dhcpMask")),
    customOption: value(CUSTOM_OPTION),
  };
}

/** `DayOfWeek`: 1 Monday to 7 Sunday, 0 every day, 8 those of `SomeDayOfWeek`. */
function daysOf(dayOfWeek: string, someDays: string): readonly number[] {
  if (dayOfWeek === "0") return EVERY_DAY;
  return dayOfWeek === "8" ? (parseDays(someDays) ?? []) : [Number(dayOfWeek)];
}

/** Whether this setting affects when or where the phone looks. */
export function isAutopKey(key: BackendKey): boolean {
  return /^Config\.(Autoprovision|Settings\.SNTP)\./i.test(key);
}
