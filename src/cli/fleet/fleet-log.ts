import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { Logger } from "../../ports/logger.ts";
import type { CliIo } from "../io.ts";
import { allowsColor } from "../paint.ts";
import type { FleetView } from "./view.ts";

/** The log of a fleet. Its lines are written above the redrawn ones. */
export async function createFleetLog(config: FleetConfig, io: CliIo, view: FleetView): Promise<Logger> {
  const { createLogger } = await import("../logging.ts");
  const isTTY = process.stderr.isTTY;
  const write = (text: string): void => view.above(() => io.writeLog(text));
  return createLogger({ ...config.config.log, destination: { isTTY, color: allowsColor(io.env), write } });
}
