import { type InformedEvent, type Message, rpc, textOf } from "../acs/envelopes.ts";
import { MAC_ADDRESS } from "../acs/file-server.ts";
import {
  ACS_URL,
  FILE_SERVER,
  HIGHEST_PROFILE,
  NOTIFIED_NAMES,
  notifyKey,
  PARAMETER_KEY,
  type PhoneState,
  PROFILES_PATH,
  profilesOf,
  SET_BY_FILE,
  SET_FOR_ALL,
  SET_FOR_ONE,
  SET_TOGETHER,
  WATCHED_NAMES,
  withEntries,
  withProfiles,
} from "./phone-state.ts";

/** One call of the ACS, with all that it means. */
export interface Operation {
  readonly name: string;
  readonly body: string;
  /** `refuse`: is wrong on purpose, and nothing of it may ever be seen. */
  readonly expect: "accept" | "refuse";
  /** The phone once it has taken effect. @param answer null where no answer has come */
  readonly effect: (before: PhoneState, answer: Message | null) => PhoneState;
  /** It takes effect later: with a TransferComplete of this CommandKey. */
  readonly transfer?: string;
  /** Events that follow from it. */
  readonly events: readonly InformedEvent[];
  /** `0 BOOTSTRAP` follows, which drops what is not delivered. */
  readonly bootstraps?: boolean;
  /** The phone starts anew after the session: nothing more is called in it. */
  readonly restarts?: "always" | "perhaps";
}

const NOTHING: Operation["effect"] = (before) => before;
const CONFIGURATION = "3 Vendor Configuration File";
const FIRMWARE = "1 Firmware Upgrade Image";

export function setValues(serial: number): Operation {
  const values = SET_TOGETHER.map(([name, type, text]) => [name, text(serial), type] as const);
  return valuesSet(`SetParameterValues ${serial}`, serial, values);
}

/** The ACS sets what a configuration file of the file server has set, or will. */
export function overrideFiles(serial: number): Operation {
  const values = [...SET_FOR_ALL, ...SET_FOR_ONE].map(([name]) => [name, `acs${serial}`, "string"] as const);
  return valuesSet(`SetParameterValues ${serial} over the files`, serial, values);
}

/** From now on the phone looks there at each start, and has a MAC address, which its own file is named after. */
export function setFileServer(serial: number, url: string): Operation {
  return valuesSet(`SetParameterValues ${serial} of the file server`, serial, [
    [FILE_SERVER, url, "string"],
    ["Device.LAN.MACAddressOverride", "1", "boolean"],
    ["Device.LAN.MACAddress", MAC_ADDRESS, "string"],
  ]);
}

function valuesSet(
  name: string,
  serial: number,
  values: readonly (readonly [name: string, value: string, type: string])[],
): Operation {
  return {
    name,
    body: rpc.setValues(values, `key-${serial}`),
    expect: "accept",
    effect: (before) =>
      withEntries(before, [
        ...values.flatMap(([name, value]) => (WATCHED_NAMES.includes(name) ? [[name, value] as const] : [])),
        [PARAMETER_KEY, `key-${serial}`] as const,
      ]),
    events: [],
  };
}

/** All but the last value are good. */
export function setBadValues(serial: number): Operation {
  const good = SET_TOGETHER.map(([name, type, text]) => [name, text(serial), type] as const);
  const bad = [`${PROFILES_PATH}1.SIP.OutboundProxyPort`, "65536", "unsignedInt"] as const;
  return {
    name: `SetParameterValues ${serial} with a bad value`,
    body: rpc.setValues([...good, bad], `key-${serial}`),
    expect: "refuse",
    effect: NOTHING,
    events: [],
  };
}

export function setAttributes(serial: number): Operation {
  const notifications = new Map(NOTIFIED_NAMES.map((name, at) => [name, (serial + at) % 3]));
  return {
    name: `SetParameterAttributes ${serial}`,
    body: rpc.setAttributes(notifications),
    expect: "accept",
    effect: (before) =>
      withEntries(
        before,
        [...notifications].map(([name, value]) => [notifyKey(name), String(value)] as const),
      ),
    events: [],
  };
}

export function addObject(serial: number): Operation {
  return {
    name: `AddObject ${serial}`,
    body: rpc.addObject(PROFILES_PATH, `key-${serial}`),
    expect: "accept",
    effect(before, answer) {
      const told = answer === null ? null : textOf(answer, "InstanceNumber");
      const instance = told === null ? Number(before.get(HIGHEST_PROFILE)) + 1 : Number(told);
      return withEntries(withProfiles(before, [...profilesOf(before), instance]), [[PARAMETER_KEY, `key-${serial}`]]);
    },
    events: [],
  };
}

export function deleteObject(serial: number, instance: number): Operation {
  return {
    name: `DeleteObject ${serial} of ${instance}`,
    body: rpc.deleteObject(`${PROFILES_PATH}${instance}.`, `key-${serial}`),
    expect: "accept",
    effect: (before) =>
      withEntries(
        withProfiles(
          before,
          profilesOf(before).filter((known) => known !== instance),
        ),
        [[PARAMETER_KEY, `key-${serial}`]],
      ),
    events: [],
  };
}

export function reboot(serial: number): Operation {
  return {
    name: `Reboot ${serial}`,
    body: rpc.reboot(`reboot-${serial}`),
    expect: "accept",
    effect: NOTHING,
    events: [{ code: "M Reboot", commandKey: `reboot-${serial}` }],
    restarts: "always",
  };
}

export function factoryReset(serial: number, factory: PhoneState): Operation {
  return {
    name: `FactoryReset ${serial}`,
    body: rpc.factoryReset,
    expect: "accept",
    effect: () => factory,
    events: [],
    bootstraps: true,
    restarts: "always",
  };
}

export function scheduleInform(serial: number): Operation {
  return {
    name: `ScheduleInform ${serial}`,
    body: rpc.scheduleInform(1, `inform-${serial}`),
    expect: "accept",
    effect: NOTHING,
    events: [{ code: "M ScheduleInform", commandKey: `inform-${serial}` }],
  };
}

export function changeUrl(serial: number, url: string): Operation {
  return {
    name: `SetParameterValues ${serial} of the URL`,
    body: rpc.setValues([[ACS_URL, url, "string"]], `key-${serial}`),
    expect: "accept",
    effect: (before) =>
      withEntries(before, [
        [ACS_URL, url],
        [PARAMETER_KEY, `key-${serial}`],
      ]),
    events: [],
    bootstraps: true,
  };
}

/** The file that the phone is to fetch. */
export interface Offered {
  readonly operation: Operation;
  readonly path: string;
  readonly bytes: Buffer;
}

export function downloadConfiguration(serial: number, origin: string, scheduled: boolean): Offered {
  const path = `/files/${serial}.cfg`;
  const text = SET_BY_FILE.map(([, key, value]) => `${key} = ${value(serial)}\n`).join("");
  const commandKey = `configuration-${serial}`;
  const call = scheduled ? rpc.scheduleDownload : rpc.download;
  const method = scheduled ? "ScheduleDownload" : "Download";
  const operation: Operation = {
    name: `${method} ${serial} of a configuration`,
    body: call(commandKey, CONFIGURATION, `${origin}${path}`),
    expect: "accept",
    effect: (before) =>
      withEntries(
        before,
        SET_BY_FILE.map(([name, , value]) => [name, value(serial)] as const),
      ),
    transfer: commandKey,
    events: [{ code: `M ${method}`, commandKey }],
  };
  return { operation, path, bytes: Buffer.from(text) };
}

/** @param image bytes that the backend takes for firmware */
export function downloadFirmware(serial: number, origin: string, image: Buffer): Offered {
  const path = `/files/${serial}.rom`;
  const commandKey = `firmware-${serial}`;
  const operation: Operation = {
    name: `Download ${serial} of firmware`,
    body: rpc.download(commandKey, FIRMWARE, `${origin}${path}`),
    expect: "accept",
    effect: NOTHING,
    transfer: commandKey,
    events: [{ code: "M Download", commandKey }],
    restarts: "perhaps",
  };
  return { operation, path, bytes: image };
}

export function upload(serial: number, origin: string): Operation {
  const commandKey = `upload-${serial}`;
  return {
    name: `Upload ${serial}`,
    body: rpc.upload(commandKey, "1 Vendor Configuration File", `${origin}/uploads/${serial}`),
    expect: "accept",
    effect: NOTHING,
    transfer: commandKey,
    events: [{ code: "M Upload", commandKey }],
  };
}
