import { readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { BackendKey } from "../../ports/backend.ts";
import { readAtMost } from "../config-file/host.ts";

/** Live values that are not in the data model; your own data model may use them (docs/linux-backend.md). */
export const HOST_STATUS = {
  name: "Status.Host.General.Name",
  timeZone: "Status.Host.General.TimeZone",
} as const;

const MAX_BYTES = 4_096;

/** Name and time zone of the host whose files are below `root`. Empty if unknown. Never throws. */
export async function readHostFacts(root: string): Promise<ReadonlyMap<BackendKey, string>> {
  const name = (await firstLine(join(root, "etc/hostname"))) || (root === "/" ? hostname() : "");
  return new Map<BackendKey, string>([
    [HOST_STATUS.name, name],
    [HOST_STATUS.timeZone, await timeZone(root)],
  ]);
}

/** `Europe/Berlin`: from the symbolic link of the C library, otherwise from Debian's file beside it. */
async function timeZone(root: string): Promise<string> {
  const link = await readlink(join(root, "etc/localtime")).catch(() => "");
  const name = /\/zoneinfo\/(.+)$/.exec(link)?.[1] ?? (await firstLine(join(root, "etc/timezone")));
  return /^[A-Za-z0-9_+/-]{1,64}$/.test(name) ? name : "";
}

async function firstLine(path: string): Promise<string> {
  const text = await readAtMost(path, MAX_BYTES).catch(() => "");
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  return /^[\x21-\x7e]{1,255}$/.test(line) ? line : "";
}
