import type { Command } from "commander";
import type { ServiceManager } from "../../daemon/service-manager.ts";
import type { Logger } from "../../ports/logger.ts";
import { configFile, configOption } from "../config-option.ts";
import type { CliIo } from "../io.ts";
import { untilToldToStop } from "../stop-signals.ts";

interface RunOptions {
  readonly config?: string;
  readonly trace?: string;
}

const EXAMPLES = `
Every setting has a default and most can come from the environment (akuvox-cpe check-config --variables).
SIGTERM and SIGINT end it cleanly: a session under way is broken off, nothing is lost.

Examples:
  akuvox-cpe run --config /etc/akuvox-cpe.yaml
  akuvox-cpe run --config config.yaml --trace trace   keeps every envelope, secrets masked
  AKUVOX_CPE_BACKEND=simulated AKUVOX_CPE_TR069_ENABLE=true AKUVOX_CPE_ACS_URL=http://127.0.0.1:7557/ akuvox-cpe run
`;

export function registerRun(program: Command, io: CliIo): void {
  program
    .command("run")
    .description("be the phone's agent: keep it in touch with its ACS until told to stop")
    .addOption(configOption())
    .option("-t, --trace <dir>", "keep each envelope as a numbered file, secrets masked, and trace.jsonl")
    .addHelpText("after", EXAMPLES)
    .action((options: RunOptions) => run(options, io));
}

async function run(options: RunOptions, io: CliIo): Promise<void> {
  const { loadConfig } = await import("../../config/load-config.ts");
  const { startDaemon } = await import("../../daemon/daemon.ts");
  const { createLogger } = await import("../logging.ts");
  const { packageVersion } = await import("../program.ts");
  const config = loadConfig(configFile(io, options.config), io.env);
  const destination = { isTTY: process.stderr.isTTY, write: io.writeLog };
  const log = await createLogger({ ...config.log, destination });
  const stop = untilToldToStop();
  const daemon = await startDaemon({ config, traceFolder: options.trace ?? null, version: packageVersion(), log });
  const service = await serviceManager(io, log);
  const { enable, acs } = config.tr069;
  log.info({ pid: process.pid, backend: config.backend.type, state: config.stateFolder }, "The agent is up");
  if (!enable && acs.url === "") log.info({}, "The settings name no ACS: the phone's own file decides");
  service?.ready();
  const signal = await stop;
  log.info({ signal }, "Stopping");
  service?.stopping();
  await daemon.stop();
}

/** Null: no service manager waits to be told. */
async function serviceManager({ env }: CliIo, log: Logger): Promise<ServiceManager | null> {
  if (!env.NOTIFY_SOCKET) return null;
  const { createServiceManager } = await import("../../daemon/service-manager.ts");
  return createServiceManager({ env, log });
}
