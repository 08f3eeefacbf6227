import type { ProcessPorts } from "../daemon/phones/shared-parts.ts";
import type { CliIo } from "./io.ts";

/** Clock, timers, random numbers and a log of warnings, for commands without an agent. */
export async function systemPorts(io: CliIo): Promise<ProcessPorts> {
  const { createProcessPorts } = await import("../daemon/phones/shared-parts.ts");
  const { createLogger } = await import("./logging.ts");
  return createProcessPorts(await createLogger({ level: "warn", format: "auto", destination: { write: io.writeLog } }));
}
