import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FleetConfig, loadFleet } from "../../src/config/fleet/load-fleet.ts";

/** A fleet.yaml with these values, loaded; its ACS is one that nobody asks unless another is stated. */
export function fleetOf(values: object): FleetConfig {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  try {
    const file = join(folder, "fleet.yaml");
    writeFileSync(file, JSON.stringify({ acs: "http://127.0.0.1:9/", ...values }));
    return loadFleet(file, {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}
