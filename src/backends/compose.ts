import type { Backend, BackendChange, BackendFiles, BackendKey } from "../ports/backend.ts";
import type { ChangeByDevice, Hardware, SettingsInForce } from "./hardware.ts";
import { createRestartKeys } from "./settings/restart-keys.ts";
import type { Settings } from "./settings/settings.ts";
import { isSetting, stageChange } from "./stage-change.ts";

export interface BackendParts {
  readonly name: string;
  readonly settings: Settings;
  /** Whether they are the only store of the settings: the phone has none of its own, or follows them at every start. */
  readonly atomic: boolean;
  /** Settings whose change takes effect after a restart of the phone. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly files?: BackendFiles;
  readonly hardware: (setting: SettingsInForce, change: ChangeByDevice) => Hardware;
}

/** Makes a backend from its two roles. */
export function composeBackend(parts: BackendParts): Backend {
  const { name, settings, files } = parts;
  const restart = createRestartKeys(parts.restartKeys);
  let listener: (changes: readonly BackendChange[]) => void = () => {};
  const hardware = parts.hardware((key) => restart.inForce(key, settings.get(key)), changeByDevice);

  const current = (key: BackendKey) => (isSetting(key) ? settings.get(key) : hardware.read(key));

  /** Also for what the agent itself wrote: the phone acts on it just the same. */
  function settingsChanged(changes: readonly BackendChange[]): void {
    restart.changed(changes);
    hardware.settingsChanged(changes.map(({ key }) => key));
  }

  async function changeByDevice(values: ReadonlyMap<BackendKey, string>, inForce = false): Promise<void> {
    const changes = await settings.stage(values).apply();
    if (changes.length > 0) listener(changes);
    restart.changed(changes);
    if (inForce) restart.tookEffect(values.keys());
    hardware.settingsChanged(changes.map(({ key }) => key));
  }

  return {
    name,
    atomic: parts.atomic,
    ...(files === undefined ? {} : { files }),
    ...(hardware.refresh === undefined ? {} : { refresh: (keys) => refreshLive(hardware, keys) }),
    ...(hardware.reached === undefined ? {} : { reached: () => hardware.reached?.() }),
    ...(hardware.calls === undefined ? {} : { calls: hardware.calls }),
    supports: (key) => settings.supports(key) || hardware.supports(key),
    async start(onChange) {
      listener = onChange;
      await settings.start((changes) => {
        onChange(changes);
        settingsChanged(changes);
      });
      restart.restarted();
      await hardware.start(onChange);
    },
    async stop() {
      await hardware.stop();
      listener = () => {};
      await settings.stop();
    },
    read: async (keys) => valuesOf(keys, current),
    stage: async (changes) => stageChange(changes, { settings, hardware, restart, settingsChanged }),
    locate: (key) => (isSetting(key) ? settings.locate(key) : null),
    async reboot(commandKey) {
      await hardware.shutDown(commandKey);
      restart.restarted();
      hardware.powerOn();
    },
    async factoryReset() {
      await hardware.factoryReset?.();
      settingsChanged(await settings.factoryReset());
    },
  };
}

/** Settings are never old: whoever changes them tells. */
async function refreshLive(hardware: Hardware, keys: readonly BackendKey[]): Promise<void> {
  const live = keys.filter((key) => !isSetting(key) && hardware.supports(key));
  if (live.length > 0) await hardware.refresh?.(live);
}

function valuesOf(
  keys: readonly BackendKey[],
  current: (key: BackendKey) => string | undefined,
): ReadonlyMap<BackendKey, string> {
  const values = new Map<BackendKey, string>();
  for (const key of keys) {
    const value = current(key);
    if (value !== undefined) values.set(key, value);
  }
  return values;
}
