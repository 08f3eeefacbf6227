import type { ParameterTree } from "./tree.ts";

/** What the phone calls the address of its own network where it shows it in no parameter of that name. */
const LAN_ADDRESS_KEY = "Status.Network.LAN.IPAddress";
const LAN_ADDRESS = "LAN.IPAddress";

type Rooted = Pick<ParameterTree, "layout">;

/** The path of a parameter that the agent itself uses: below `Device.` or, at gateways of TR-098, `InternetGatewayDevice.`. */
export function ownPath({ layout }: Rooted, name: string): string {
  return layout.model.root.template + name;
}

export function managementServerPath(tree: Rooted, name: string): string {
  return ownPath(tree, `ManagementServer.${name}`);
}

/** The path whose change may move the phone to another address. */
export function lanAddressPath(tree: Rooted): string {
  return ownPath(tree, LAN_ADDRESS);
}

/** The phone's address in its own network; empty while it has none. */
export async function readLanAddress(tree: ParameterTree): Promise<string> {
  const path = lanAddressPath(tree);
  const shown = (await tree.readSecrets([path])).get(path);
  return shown ?? (await tree.readKeys([LAN_ADDRESS_KEY])).get(LAN_ADDRESS_KEY) ?? "";
}
