import { AgentError } from "../cwmp/errors.ts";
import type { Backend, BackendChange, BackendFiles, BackendKey } from "../ports/backend.ts";
import type { Hardware, SettingsInForce } from "./hardware.ts";
import { createRestartKeys, type RestartKeys } from "./settings/restart-keys.ts";
import type { Settings } from "./settings/settings.ts";

export interface BackendParts {
  readonly name: string;
  readonly settings: Settings;
  /** Settings whose change takes effect after a restart of the phone. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly files?: BackendFiles;
  readonly hardware: (setting: SettingsInForce) => Hardware;
}

/** Makes a backend from its two roles. */
export function composeBackend({
  name,
  settings,
  restartKeys,
  files,
  hardware: createHardware,
}: BackendParts): Backend {
  const restart = createRestartKeys(restartKeys);
  const hardware = createHardware((key) => restart.inForce(key, settings.get(key)));

  const current = (key: BackendKey) => (isSetting(key) ? settings.get(key) : hardware.read(key));

  /** Also for what the agent itself wrote: the phone acts on it just the same. */
  function settingsChanged(changes: readonly BackendChange[]): void {
    restart.changed(changes);
    hardware.settingsChanged(changes.map(({ key }) => key));
  }

  return {
    name,
    ...(files === undefined ? {} : { files }),
    supports: (key) => settings.supports(key) || hardware.supports(key),
    async start(onChange) {
      await settings.start((changes) => {
        onChange(changes);
        settingsChanged(changes);
      });
      restart.restarted();
      await hardware.start(onChange);
    },
    async stop() {
      await hardware.stop();
      await settings.stop();
    },
    read: async (keys) => new Map(keys.flatMap((key) => entryOf(key, current(key)))),
    async stage(changes) {
      const values = new Map([...changes].filter(([key]) => isSetting(key)));
      const actions = [...changes].filter(([key]) => !isSetting(key));
      for (const [key] of actions) checkAction(hardware, key);
      const staged = settings.stage(values);
      return {
        async apply() {
          if (values.size > 0) settingsChanged(await staged.apply());
          for (const [key, value] of actions) if (isOrder(value)) await hardware.act(key);
          return appliedOf(restart, values.keys());
        },
        discard: async () => {},
      };
    },
    locate: (key) => (isSetting(key) ? settings.locate(key) : null),
    async reboot(commandKey) {
      await hardware.shutDown(commandKey);
      restart.restarted();
      hardware.powerOn();
    },
    async factoryReset() {
      settingsChanged(await settings.factoryReset());
    },
  };
}

function appliedOf(restart: RestartKeys, keys: Iterable<BackendKey>): "applied" | "needs-reboot" {
  return restart.waiting(keys) ? "needs-reboot" : "applied";
}

function checkAction(hardware: Hardware, key: BackendKey): void {
  if (key.startsWith("Status.")) throw new AgentError("BACKEND_REFUSED", `${key}: a live value cannot be written`);
  if (!hardware.supports(key)) throw new AgentError("BACKEND_REFUSED", `${key}: the phone has no such action`);
}

/** Writing "false" to an action, as an ACS does that writes back what it has read, asks for nothing. */
function isOrder(value: string): boolean {
  return value !== "" && value !== "0" && value !== "false";
}

function isSetting(key: BackendKey): boolean {
  return !key.startsWith("Status.") && !key.startsWith("Action.");
}

function entryOf(key: BackendKey, value: string | undefined): [BackendKey, string][] {
  return value === undefined ? [] : [[key, value]];
}
