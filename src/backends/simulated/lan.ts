import type { BackendKey } from "../../ports/backend.ts";
import { createChangeReporter } from "../change-reporter.ts";
import { LAN_STATUS, type LanAddresses } from "../phone-keys.ts";
import type { BehaviourFactory } from "./behaviour.ts";

const TYPE = "Config.Network.LAN.Type";
const STATIC = "2";
const SETTINGS: Readonly<Record<BackendKey, BackendKey>> = {
  [LAN_STATUS.ipAddress]: "Config.Network.LAN.StaticIP",
  [LAN_STATUS.subnetMask]: "Config.Network.LAN.SubnetMask",
  [LAN_STATUS.defaultGateway]: "Config.Network.LAN.DefaultGateway",
  [LAN_STATUS.primaryDns]: "Config.Network.LAN.PrimaryDNS",
  [LAN_STATUS.secondaryDns]: "Config.Network.LAN.SecondaryDNS",
};
const KEYS = [...Object.keys(SETTINGS), LAN_STATUS.macAddress];

/** The addresses that DHCP gives, or those of the settings while they are static and in force. */
export function lanBehaviour(dhcp: LanAddresses): BehaviourFactory {
  const given: Readonly<Record<BackendKey, string>> = {
    [LAN_STATUS.ipAddress]: dhcp.ipAddress,
    [LAN_STATUS.subnetMask]: dhcp.subnetMask,
    [LAN_STATUS.defaultGateway]: dhcp.defaultGateway,
    [LAN_STATUS.primaryDns]: dhcp.primaryDns,
    [LAN_STATUS.secondaryDns]: dhcp.secondaryDns,
    [LAN_STATUS.macAddress]: dhcp.macAddress,
  };
  return ({ setting, report }) => {
    const read = (key: BackendKey): string | undefined => {
      const from = SETTINGS[key];
      return from !== undefined && setting(TYPE) === STATIC ? setting(from) : given[key];
    };
    const changes = createChangeReporter(KEYS, read);
    changes.start(report);
    return {
      supports: (key) => key in given,
      read,
      settingsChanged(keys) {
        if (keys.some((key) => key.startsWith("Config.Network.LAN."))) changes.look();
      },
      act: () => {},
      powerOn: () => changes.look(),
      powerOff: () => {},
    };
  };
}
