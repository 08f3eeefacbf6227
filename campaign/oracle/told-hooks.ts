import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Compares what the phone behind the hooks was told (hooked-phone.mjs) with the settings that the agent has in force.
 *
 * @returns what differs, as sentences
 */
export async function disagreements(folder: string): Promise<readonly string[]> {
  const told = JSON.parse(await readFile(join(folder, "phone-store/settings.json"), "utf8")) as Record<string, string>;
  const file = (await readFile(join(folder, "phone.cfg"), "utf8")).split("\n");
  const inForce = new Map(file.map((line) => [keyOf(line), line.slice(line.indexOf("=") + 1).trim()]));
  return Object.entries(told).flatMap(([key, value]) =>
    inForce.get(key) === value ? [] : [`the hooks were told ${key} = ${value}, in force is ${inForce.get(key)}`],
  );
}

function keyOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf("="))).trim();
}
