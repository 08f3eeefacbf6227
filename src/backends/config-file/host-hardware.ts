import { messageOf } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { createChangeReporter } from "../change-reporter.ts";
import type { Hardware, SettingsInForce } from "../hardware.ts";
import { LAN_STATUS, PHONE_STATUS } from "../phone-keys.ts";
import { delay, startPoll } from "../poll.ts";
import { runHostCommand } from "./host-command.ts";
import { createHostStatus, type HostStatusOptions } from "./host-status.ts";

export interface HostHardwareOptions extends HostStatusOptions {
  /** Program and arguments that restart the phone. Null: only the agent restarts. */
  readonly rebootCommand: readonly string[] | null;
}

const LOOK_EVERY_MS = 1_000;
const REBOOT_LIMIT_MS = 60_000;
/** How long the phone may take, after the command, to take this process down with it. */
const REBOOT_GRACE_MS = 30_000;

/** The host of the agent, and the phone's firmware if it writes a status file. */
export function createHostHardware(
  options: HostHardwareOptions,
  setting: SettingsInForce,
  touchSettings: () => Promise<void>,
): Hardware {
  const { rebootCommand, scheduler, log } = options;
  const status = createHostStatus(options, setting);
  const watched = [...status.keys].filter((key) => key.startsWith("Status.") && key !== PHONE_STATUS.upTime);
  const changes = createChangeReporter(watched, status.read);
  let stopping = new AbortController();
  let stopPoll = () => {};

  return {
    supports: (key) => status.keys.has(key),
    async start(report) {
      stopping = new AbortController();
      await status.refresh();
      if (status.read(LAN_STATUS.ipAddress) === "") log.warn({}, "no IPv4 address of this host was found");
      changes.start(report);
      stopPoll = startPoll(scheduler, "look at the live values", LOOK_EVERY_MS, async () => {
        await status.refresh();
        changes.look();
      });
    },
    async stop() {
      stopPoll();
      changes.stop();
      stopping.abort();
    },
    read: status.read,
    settingsChanged: () => changes.look(),
    act: () => askToRegister(touchSettings, log),
    async shutDown() {
      // The agent stops the phone before it restarts it; a later stop ends the wait.
      stopping = new AbortController();
      if (rebootCommand !== null) await restartPhone(rebootCommand, scheduler, stopping.signal, log);
    },
    powerOn: () => {},
  };
}

/** Only the firmware can register again; it reads its settings when the file's modification time changes. */
async function askToRegister(touchSettings: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await touchSettings();
    log.info({}, "touched the settings file, so that the firmware registers its lines again");
  } catch (error) {
    log.warn({}, `cannot ask the firmware to register its lines again: ${messageOf(error)}`);
  }
}

async function restartPhone(
  command: readonly string[],
  scheduler: Scheduler,
  signal: AbortSignal,
  log: Logger,
): Promise<void> {
  const about = { purpose: "reboot", setting: "rebootCommand", onFailure: "BACKEND_IO" } as const;
  const reboot = { command, ...about, limitMs: REBOOT_LIMIT_MS };
  await runHostCommand(reboot, scheduler, signal);
  await delay(scheduler, REBOOT_GRACE_MS, "wait for the reboot", signal);
  if (signal.aborted) return;
  log.info({}, "the reboot command has succeeded, but this process is still running: the agent continues");
}
