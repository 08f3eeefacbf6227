/** Parameter paths (TR-069 A.2.2): a partial path ends with a dot, a full parameter name does not. */

export function isPartialPath(path: string): boolean {
  return path.endsWith(".");
}

/** `Device.LAN.IPAddress` and `Device.LAN.` both have the parent `Device.` or `Device.LAN.`; the root has none (`""`). */
export function parentPath(path: string): string {
  const end = path.endsWith(".") ? path.length - 1 : path.length;
  return path.slice(0, path.lastIndexOf(".", end - 1) + 1);
}

/** The last name or instance number of a path, without its dot. */
export function lastSegment(path: string): string {
  const trimmed = path.endsWith(".") ? path.slice(0, -1) : path;
  return trimmed.slice(trimmed.lastIndexOf(".") + 1);
}
