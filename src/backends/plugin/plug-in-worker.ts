/** The thread of a plug-in: whatever the module does here, the agent's own thread continues. */

import { getHeapStatistics } from "node:v8";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { isAgentError, messageOf } from "../../cwmp/errors.ts";
import type { Backend } from "../../ports/backend.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { createSystemClock } from "../../system/clock.ts";
import { createScheduler } from "../../system/scheduler.ts";
import { createHost } from "../config-file/host.ts";
import { startPoll } from "../poll.ts";
import { createFileSettings } from "../settings/file-settings.ts";
import { checkedBackend } from "./checked-backend.ts";
import { createHardwareBackend } from "./hardware-backend.ts";
import { loadPlugIn } from "./load-plug-in.ts";
import { CONTRACT_VERSION, type PlugInContext, type PlugInHardware, type PlugInLog } from "./plug-in.ts";
import { failed, fault, plainError, refuse } from "./plug-in-errors.ts";
import type { LogLevel, PlugInFacts, ThreadMessage } from "./protocol.ts";
import { createRepeatFilter } from "./repeats.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import { describe, serveBackend } from "./serve.ts";

const MAX_LINE = 1_000;

async function main(port: MessagePort, facts: PlugInFacts): Promise<void> {
  const post = (message: ThreadMessage) => port.postMessage(message);
  const secrets = createSecrets(facts.secretKeys);
  secrets.learn(facts.factory);
  const log = createThreadLogger(post, secrets);
  const isNew = createRepeatFilter(createSystemClock());
  const logError = (message: string) => (error: unknown) => {
    const reason = messageOf(error);
    if (isNew(`${message}: ${reason}`)) log.error({ reason }, message);
  };
  // An unhandled rejection or exception must end neither the thread nor the agent. Without these lines it would end the
  // thread.
  process.on("uncaughtException", logError("Uncaught exception"));
  process.on("unhandledRejection", logError("Unhandled promise rejection"));
  try {
    const loaded = await loadPlugIn(facts.module, contextOf(facts, log));
    const made = loaded.level === "backend" ? loaded.backend : ownSettings(loaded.hardware, facts, log);
    const backend = checkedBackend(made, logError("A report of a change is dropped"));
    const description = describe(loaded.level, backend, facts);
    serveBackend({ port, facts, backend, secrets });
    watchHeap(
      createScheduler(createSystemClock(), () => {}),
      (usedMib) => {
        log.error({ usedMib }, `It holds more than ${MAX_HEAP_MIB} MiB of memory, and is ended`);
        process.exit(1);
      },
    );
    post({ type: "loaded", description });
  } catch (error) {
    const { reason } = plainError(error);
    post({ type: "not-loaded", unusable: isAgentError(error, "CONFIG"), reason: secrets.mask(reason) });
  }
}

function contextOf(
  { module: _, settingsFile: _file, secretKeys: _keys, ...facts }: PlugInFacts,
  log: Logger,
): PlugInContext {
  const line = (level: LogLevel) => (message: unknown) => log[level]({}, String(message));
  const lines: PlugInLog = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  return { ...facts, contract: CONTRACT_VERSION, log: lines, refuse, failed, fault };
}

/** The short form: we store the settings. */
function ownSettings(hardware: PlugInHardware, facts: PlugInFacts, log: Logger): Backend {
  const { factory, settingsFile: path, phone } = facts;
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, (error, timer) =>
    log.error({ timer, reason: messageOf(error) }, "A timer failed"),
  );
  return createHardwareBackend(hardware, {
    ...facts,
    settings: createFileSettings({ path, factory, clock, scheduler, log }),
    settingKeys: [...factory.keys()],
    softwareVersion: phone.softwareVersion,
    hardwareVersion: phone.hardwareVersion,
    host: createHost({ interfaceName: null }),
    scheduler,
    log,
  });
}

/** Lines for the log of the agent, without the secrets that have been seen here. */
function createThreadLogger(post: (message: ThreadMessage) => void, secrets: Secrets, common: object = {}): Logger {
  const masked = (value: unknown): unknown =>
    typeof value === "string"
      ? secrets.mask(value).slice(0, MAX_LINE)
      : typeof value === "number"
        ? value
        : String(value);
  const line = (level: LogLevel) => (fields: object, message: string) => {
    const plain = Object.entries({ ...common, ...fields }).map(([name, value]) => [name, masked(value)]);
    post({ type: "log", level, fields: Object.fromEntries(plain), message: String(masked(message)) });
  };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    child: (fields) => createThreadLogger(post, secrets, { ...common, ...fields }),
  };
}

/** The heap limit of a plug-in: beyond it the thread is ended before the phone runs out of memory. */
const MAX_HEAP_MIB = 128;
const LOOK_EVERY_MS = 500;

/** Calls `tooMuch` in a thread whose heap has grown too large, including garbage that node has not collected yet. */
function watchHeap(scheduler: Scheduler, tooMuch: (usedMib: number) => void): void {
  startPoll(scheduler, "look at the heap", LOOK_EVERY_MS, () => {
    const usedMib = Math.round(getHeapStatistics().used_heap_size / 1_048_576);
    if (usedMib > MAX_HEAP_MIB) tooMuch(usedMib);
  });
}

if (parentPort !== null) void main(parentPort, workerData as PlugInFacts);
