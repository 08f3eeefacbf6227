import type { DataModel, ParameterDef } from "../model/types.ts";

/** Parameters that every CPE has (TR-069, TR-106): the agent requires them. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  DeviceInfo: ["Manufacturer", "ManufacturerOUI", "ProductClass", "SerialNumber", "HardwareVersion", "SoftwareVersion"],
  ManagementServer: [
    ...["URL", "Username", "Password", "PeriodicInformEnable", "PeriodicInformInterval", "PeriodicInformTime"],
    ...["ParameterKey", "ConnectionRequestURL", "ConnectionRequestUsername", "ConnectionRequestPassword"],
  ],
};

export const REQUIRED_PARAMETERS = Object.entries(REQUIRED);

const SECRET = /(?:password|passphrase|presharedkey|wepkey|secret|privatekey|authkey)$/i;

/** Whether a parameter with this name reads as empty (TR-106 3.2, hidden). */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/**
 * `DeviceInfo.` and `ManagementServer.` as the agent itself defines them, by names below the root: the agent implements
 * these.
 */
export type OwnDefinitions = ReadonlyMap<string, ParameterDef>;

export function ownDefinitions({ parameters, root }: DataModel): OwnDefinitions {
  const own = parameters.filter(({ template }) => /^Device\.(?:DeviceInfo|ManagementServer)\.\w+$/.test(template));
  const lan = parameters.filter(
    ({ template, source }) => /^Device\.LAN\.\w+$/.test(template) && source.kind === "live",
  );
  return new Map([...own, ...lan].map((def) => [def.template.slice(root.template.length), def]));
}
