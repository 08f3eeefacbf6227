import type { BackendKey } from "../../ports/backend.ts";
import { type ChangeReporter, createChangeReporter } from "../change-reporter.ts";
import { LAN_STATUS, type LanAddresses } from "../phone-keys.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";

const TYPE = "Config.Network.LAN.Type";
const STATIC = "2";
const SETTINGS: Readonly<Record<BackendKey, BackendKey>> = {
  [LAN_STATUS.ipAddress]: "Config.Network.LAN.StaticIP",
  [LAN_STATUS.subnetMask]: "Config.Network.LAN.SubnetMask",
  [LAN_STATUS.defaultGateway]: "Config.Network.LAN.DefaultGateway",
  [LAN_STATUS.primaryDns]: "Config.Network.LAN.PrimaryDNS",
  [LAN_STATUS.secondaryDns]: "Config.Network.LAN.SecondaryDNS",
};
/** Shared by every phone: the key of each address, and back. */
const NAMES = new Map(Object.entries(LAN_STATUS).map(([name, key]) => [key as BackendKey, name as keyof LanAddresses]));
const KEYS = [...NAMES.keys()];

/** The addresses from DHCP, or from the settings if these are static and in force; none without network. */
export class LanBehaviour implements Behaviour {
  readonly #phone: SimulatedPhone;
  readonly #dhcp: LanAddresses;
  readonly #changes: ChangeReporter;

  constructor(phone: SimulatedPhone, dhcp: LanAddresses) {
    this.#phone = phone;
    this.#dhcp = dhcp;
    this.#changes = createChangeReporter(KEYS, (key) => this.read(key));
    this.#changes.start((changes) => phone.report(changes));
  }

  supports(key: BackendKey): boolean {
    return NAMES.has(key);
  }

  read(key: BackendKey): string | undefined {
    const { setting, environment } = this.#phone;
    const name = NAMES.get(key);
    if (name === undefined) return undefined;
    if (name !== "macAddress" && !environment.isConnected()) return "";
    const from = SETTINGS[key];
    return from !== undefined && setting(TYPE) === STATIC ? setting(from) : this.#dhcp[name];
  }

  settingsChanged(keys: readonly BackendKey[]): void {
    if (keys.some((key) => key.startsWith("Config.Network.LAN."))) this.#changes.look();
  }

  act(): void {}

  linkChanged(): void {
    this.#changes.look();
  }

  powerOn(): void {
    this.#changes.look();
  }

  powerOff(): void {}
}
