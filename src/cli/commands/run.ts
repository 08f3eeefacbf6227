import type { Command } from "commander";
import type { StatedByOption } from "../../config/environment.ts";
import type { Config } from "../../config/load-config.ts";
import { formatFinding } from "../../cwmp/findings.ts";
import type { Daemon } from "../../daemon/daemon.ts";
import type { ServiceManager } from "../../daemon/service-manager.ts";
import type { Logger } from "../../ports/logger.ts";
import { configFile, configOption } from "../config-option.ts";
import type { CliIo } from "../io.ts";
import { allowsColor } from "../paint.ts";
import { untilShutdownSignal } from "../stop-signals.ts";

interface RunOptions {
  readonly config?: string;
  readonly trace?: string;
  readonly acsUrl?: string;
  readonly serial?: string;
  readonly logLevel?: string;
}

/**
 * Options of the command line that are settings, each with its path. They take precedence over the environment and the
 * file.
 */
const SETTINGS = [
  ["acsUrl", "--acs-url", "tr069.acs.url"],
  ["serial", "--serial", "phone.serialNumber"],
  ["logLevel", "--log-level", "log.level"],
] as const;

const EXAMPLES = `
Every setting has a default and most can come from the environment (akuvox-cpe check-config --variables).
SIGTERM and SIGINT end it cleanly: a running session is aborted, nothing is lost.

Examples:
  akuvox-cpe run --config config.yaml
  akuvox-cpe run --config config.yaml --trace trace   keeps every envelope, secrets masked
  AKUVOX_CPE_BACKEND=simulated akuvox-cpe run --acs-url http://127.0.0.1:7557/
`;

export function registerRun(program: Command, io: CliIo): void {
  program
    .command("run")
    .description("run the phone's agent, which keeps it in contact with its ACS")
    .addOption(configOption())
    .option("-t, --trace <dir>", "save each envelope as a numbered file, secrets masked, and trace.jsonl")
    .option("--acs-url <url>", "URL of the ACS; turns TR-069 on")
    .option("--serial <number>", "serial number")
    .option("--log-level <level>", "debug, info, warn, error or silent")
    .addHelpText("after", EXAMPLES)
    .action((options: RunOptions) => run(options, io));
}

async function run(options: RunOptions, io: CliIo): Promise<void> {
  const { loadConfig } = await import("../../config/load-config.ts");
  const { startDaemon } = await import("../../daemon/daemon.ts");
  const { createLogger } = await import("../logging.ts");
  const { packageVersion } = await import("../program.ts");
  const { trustCheck } = await import("../../config/trust-checks.ts");
  const file = configFile(io, options.config);
  const config = loadConfig(file, io.env, [trustCheck(file, options.trace ?? null)], settingsOf(options));
  const destination = { isTTY: process.stderr.isTTY, color: allowsColor(io.env), write: io.writeLog };
  const log = await createLogger({ ...config.log, destination });
  // Whether an ACS is set is logged below, after the phone's own file was read.
  for (const warning of config.warnings) if (warning.code !== "NO_ACS") log.warn({}, formatFinding(warning));
  const stop = untilShutdownSignal();
  const version = packageVersion();
  const daemon = await startDaemon({ config, traceFolder: options.trace ?? null, version, log });
  const service = await serviceManager(io, log);
  await announce(daemon, config, version, log);
  service?.ready();
  const signal = await stop;
  log.info({ signal }, "Stopping");
  service?.stopping();
  await daemon.stop();
}

function settingsOf(options: RunOptions): readonly StatedByOption[] {
  const stated = SETTINGS.flatMap(([name, option, path]) => {
    const text = options[name];
    return text === undefined ? [] : [{ path, option, text }];
  });
  const enable = { path: "tr069.enable", option: "--acs-url", text: "true" };
  return options.acsUrl === undefined ? stated : [...stated, enable];
}

/** The first log line: which phone this is, and the addresses of phone and ACS. */
async function announce(
  { agent }: Daemon,
  { backend, stateFolder }: Config,
  version: string,
  log: Logger,
): Promise<void> {
  const about = { pid: process.pid, version, backend: backend.type, state: stateFolder };
  // Null: the phone could not start, as logged, and is retried.
  const status = await agent.local.status().catch(() => null);
  if (status === null) {
    log.info(about, "The agent is up, but its phone is not up yet");
    return;
  }
  const { identity, tr069Enabled, acsUrl, connectionRequests } = status;
  const { serialNumber } = identity;
  log.info({ ...about, serialNumber, acs: acsUrl, connectionRequestUrl: connectionRequests.url }, "The agent is up");
  if (!tr069Enabled) log.warn({}, `TR-069 is off: no session is opened until ${TURNED_ON}`);
  else if (acsUrl === "") log.warn({}, `TR-069 is on, but no ACS is set: no session is opened until ${NAMED}`);
}

const TURNED_ON = "tr069.enable, the phone's file or its web page turns it on";
const NAMED = "tr069.acs.url, the phone's file or its web page names one";

/** Null: no service manager to notify. */
async function serviceManager({ env }: CliIo, log: Logger): Promise<ServiceManager | null> {
  if (!env.NOTIFY_SOCKET) return null;
  const { createServiceManager } = await import("../../daemon/service-manager.ts");
  return createServiceManager({ env, log });
}
