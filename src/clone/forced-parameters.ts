import type { DumpNode, DumpObject } from "./dump.ts";

/** Parameters in every Inform of a device that has them (TR-098, TR-181), in addition to the agent's own. */
const FORCED = [
  "DeviceSummary",
  "RootDataModelVersion",
  "DeviceInfo.SpecVersion",
  "DeviceInfo.ProvisioningCode",
  "ManagementServer.AliasBasedAddressing",
] as const;

const GATEWAY = "InternetGatewayDevice";
const DEFAULT_CONNECTION = "Layer3Forwarding.DefaultConnectionService";
const CONNECTION = /^WANDevice\.\d+\.WANConnectionDevice\.\d+\.WAN(?:IP|PPP)Connection\.\d+$/;

/**
 * Names below the root that are in every Inform of this device. A gateway reports the external address of its default
 * connection (TR-098 2.4.2): the one in DefaultConnectionService, otherwise the first with an address.
 */
export function forcedParameters(name: string, root: DumpObject): ReadonlySet<string> {
  const connection = name === GATEWAY ? defaultConnection(root) : null;
  return new Set([...FORCED, ...(connection === null ? [] : [`${connection}.ExternalIPAddress`])]);
}

function defaultConnection(root: DumpObject): string | null {
  const named = nodeAt(root, DEFAULT_CONNECTION);
  const path = (named?.kind === "parameter" ? (named.value ?? "") : "").replace(`${GATEWAY}.`, "").replace(/\.$/, "");
  const connections = connectionsOf(root, "");
  if (connections.includes(path)) return path;
  const address = (connection: string): string => {
    const node = nodeAt(root, `${connection}.ExternalIPAddress`);
    return node?.kind === "parameter" ? (node.value ?? "") : "";
  };
  return connections.find((one) => !["", "0.0.0.0"].includes(address(one))) ?? connections[0] ?? null;
}

/** Objects of connections that have an external address. */
function connectionsOf(object: DumpObject, path: string): readonly string[] {
  if (CONNECTION.test(path)) return object.children.get("ExternalIPAddress")?.kind === "parameter" ? [path] : [];
  return [...object.children].flatMap(([name, node]) =>
    node.kind === "object" && /^(?:WAN\w*|\d+)$/.test(name)
      ? connectionsOf(node, path === "" ? name : `${path}.${name}`)
      : [],
  );
}

/** Null: no parameter with this name below the root. */
export function nodeAt(root: DumpObject, name: string): DumpNode | null {
  let node: DumpNode | undefined = root;
  for (const part of name.split(".")) node = node?.kind === "object" ? node.children.get(part) : undefined;
  return node ?? null;
}
