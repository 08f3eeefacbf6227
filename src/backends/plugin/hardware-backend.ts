import { AgentError, messageOf } from "../../cwmp/errors.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import { createChangeReporter } from "../change-reporter.ts";
import { composeBackend } from "../compose.ts";
import { createHostStatus, type HostStatusOptions } from "../config-file/host-status.ts";
import type { Hardware, SettingsInForce } from "../hardware.ts";
import { PHONE_STATUS } from "../phone-keys.ts";
import { startPoll, within } from "../poll.ts";
import type { Settings } from "../settings/settings.ts";
import { isSetting } from "../stage-change.ts";
import { isObject, kindOf, Nonsense } from "./answers.ts";
import { fileProblems, optionalFunctions } from "./checked-backend.ts";
import { createFollower, type Follower } from "./follower.ts";
import type { PlugInHardware } from "./plug-in.ts";

export interface HardwareBackendOptions extends Omit<HostStatusOptions, "statusFile"> {
  readonly settings: Settings;
  readonly settingKeys: readonly BackendKey[];
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly liveKeys: readonly BackendKey[];
  readonly actionKeys: readonly BackendKey[];
  /** Time limit for the live values. */
  readonly callMs: number;
}

const LOOK_EVERY_MS = 1_000;
const FUNCTIONS = ["start", "stop", "status", "check", "apply", "act", "reboot", "reached"];

/** What an object lacks to be a hardware; empty if it is one. */
export function hardwareProblems(candidate: unknown): readonly string[] {
  if (!isObject(candidate)) return [`hardware must be an object, not ${kindOf(candidate)}`];
  return [...optionalFunctions("hardware's", candidate, FUNCTIONS), ...fileProblems(candidate.files)];
}

/**
 * A backend whose plug-in supplies the hardware alone: settings are in the phone's file, and changes of the file are
 * noticed.
 */
export function createHardwareBackend(plugIn: PlugInHardware, options: HardwareBackendOptions): Backend {
  const { settings, settingKeys, restartKeys, log } = options;
  const follower = createFollower({ plugIn, settings, keys: settingKeys, log });
  return composeBackend({
    name: "plug-in",
    settings,
    atomic: true,
    restartKeys,
    ...(plugIn.files === undefined ? {} : { files: plugIn.files }),
    hardware: (setting) => createPlugInHardware(plugIn, options, setting, follower),
    async check(changes) {
      const values = new Map([...changes].filter(([key]) => isSetting(key)));
      if (values.size > 0) await plugIn.check?.(values);
    },
  });
}

function createPlugInHardware(
  plugIn: PlugInHardware,
  options: HardwareBackendOptions,
  setting: SettingsInForce,
  follower: Follower,
): Hardware {
  const { scheduler, log, callMs } = options;
  const host = createHostStatus({ ...options, statusFile: null }, setting);
  const live: ReadonlySet<BackendKey> = new Set(
    [...host.keys, ...options.liveKeys].filter((key) => key.startsWith("Status.")),
  );
  const actions: ReadonlySet<BackendKey> = new Set(plugIn.act === undefined ? [] : options.actionKeys);
  const status = createStatus(() => within(scheduler, callMs, "status", async () => plugIn.status?.()), log);
  const read = (key: BackendKey) => (live.has(key) ? (status.values().get(key) ?? host.read(key)) : undefined);
  const watched = [...live].filter((key) => key !== PHONE_STATUS.upTime);
  const changes = createChangeReporter(watched, read);
  let up = false;
  let stopPoll = () => {};

  async function look(): Promise<void> {
    if (!up) return;
    await host.refresh();
    await status.refresh();
    changes.look();
  }

  return {
    supports: (key) => live.has(key) || actions.has(key),
    async start(report) {
      await follower.start();
      up = true;
      await look();
      changes.start(report);
      stopPoll = startPoll(scheduler, "look at the live values", LOOK_EVERY_MS, look);
    },
    async stop() {
      up = false;
      stopPoll();
      changes.stop();
      await follower.stop();
    },
    read,
    prepare: async (texts) => ({ needsRestart: false, stored() {}, undo: await follower.prepare(texts) }),
    ...(plugIn.reached === undefined ? {} : { reached: () => plugIn.reached?.() }),
    settingsChanged(keys) {
      void follower.settingsChanged(keys).then(look);
    },
    async act(key) {
      try {
        await plugIn.act?.(key);
      } catch (error) {
        log.error({ call: "act", key, reason: messageOf(error) }, "An action of the phone failed");
      }
    },
    async shutDown(commandKey) {
      await plugIn.reboot?.(commandKey);
    },
    powerOn: () => {},
  };
}

/** The live values of the last answer. A refresh never throws: a failure is logged once, until the failure changes. */
function createStatus(ask: () => Promise<unknown>, log: Logger) {
  let values: ReadonlyMap<BackendKey, string> = new Map();
  let trouble = "";
  let last: Promise<void> = Promise.resolve();

  async function refresh(): Promise<void> {
    try {
      values = statusOf(await ask());
      trouble = "";
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== trouble) log.error({ call: "status", reason }, "The live values cannot be read");
      trouble = reason;
    }
  }

  return {
    values: () => values,
    /** One at a time: an older answer must not replace a newer one. */
    refresh(): Promise<void> {
      last = last.then(refresh);
      return last;
    },
  };
}

/** An empty status is valid too. */
function statusOf(answer: unknown): ReadonlyMap<BackendKey, string> {
  if (answer === undefined) return new Map();
  if (!isObject(answer) || Array.isArray(answer)) throw new Nonsense("a Map or an object of texts", answer);
  const entries = answer instanceof Map ? [...answer] : Object.entries(answer);
  for (const [key, value] of entries)
    if (typeof value !== "string")
      throw new AgentError("BACKEND_IO", `status must answer a text for ${key}, not ${kindOf(value)}`);
  return new Map(entries);
}
