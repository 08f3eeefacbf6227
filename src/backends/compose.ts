import type { Backend, BackendChange, BackendFiles, BackendKey, PhoneCalls, StagedChange } from "../ports/backend.ts";
import type { ChangeByDevice, Hardware, SettingsInForce } from "./hardware.ts";
import { createRestartKeys, type RestartKeys } from "./settings/restart-keys.ts";
import type { ReportChanges, Settings } from "./settings/settings.ts";
import { isSetting, stageChange } from "./stage-change.ts";

export interface BackendParts {
  readonly name: string;
  readonly settings: Settings;
  /** Whether they are the authoritative store: the phone has none of its own, or follows them at every start. */
  readonly atomic: boolean;
  /** Settings whose change takes effect after a restart of the phone. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly files?: BackendFiles;
  readonly hardware: (setting: SettingsInForce, change: ChangeByDevice) => Hardware;
  /** Throws where the phone refuses a change that its settings and its hardware would accept. */
  readonly check?: (changes: ReadonlyMap<BackendKey, string>) => Promise<void> | void;
}

/** Makes a backend from its two roles. */
export function composeBackend(parts: BackendParts): Backend {
  return new ComposedBackend(parts);
}

class ComposedBackend implements Backend {
  readonly name: string;
  readonly atomic: boolean;
  readonly files?: BackendFiles;
  readonly calls?: PhoneCalls;
  readonly refresh?: (keys: readonly BackendKey[]) => Promise<void>;
  readonly #settings: Settings;
  readonly #hardware: Hardware;
  readonly #restart: RestartKeys;
  readonly #check: BackendParts["check"];
  #listener: ReportChanges = ignore;

  constructor({ name, atomic, settings, restartKeys, files, hardware, check }: BackendParts) {
    this.name = name;
    this.atomic = atomic;
    this.#settings = settings;
    this.#check = check;
    this.#restart = createRestartKeys(restartKeys);
    if (files !== undefined) this.files = files;
    const made = hardware(
      (key) => this.#restart.inForce(key, settings.get(key)),
      (values, inForce) => this.#changeByDevice(values, inForce),
    );
    this.#hardware = made;
    if (made.calls !== undefined) this.calls = made.calls;
    if (made.refresh !== undefined) this.refresh = (keys) => refreshLive(made, keys);
  }

  supports(key: BackendKey): boolean {
    return this.#settings.supports(key) || this.#hardware.supports(key);
  }

  async start(onChange: ReportChanges): Promise<void> {
    this.#listener = onChange;
    await this.#settings.start((changes) => {
      onChange(changes);
      this.#settingsChanged(changes);
    });
    this.#restart.restarted();
    await this.#hardware.start(onChange);
  }

  async stop(): Promise<void> {
    await this.#hardware.stop();
    this.#listener = ignore;
    await this.#settings.stop();
  }

  async read(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>> {
    const values = new Map<BackendKey, string>();
    for (const key of keys) {
      const value = isSetting(key) ? this.#settings.get(key) : this.#hardware.read(key);
      if (value !== undefined) values.set(key, value);
    }
    return values;
  }

  async stage(changes: ReadonlyMap<BackendKey, string>): Promise<StagedChange> {
    const staged = stageChange(changes, {
      settings: this.#settings,
      hardware: this.#hardware,
      restart: this.#restart,
      settingsChanged: (made) => this.#settingsChanged(made),
    });
    await this.#check?.(changes);
    return staged;
  }

  locate(key: BackendKey): string | null {
    return isSetting(key) ? this.#settings.locate(key) : null;
  }

  async reboot(commandKey: string): Promise<void> {
    await this.#hardware.shutDown(commandKey);
    this.#restart.restarted();
    this.#hardware.powerOn();
  }

  async factoryReset(): Promise<void> {
    await this.#hardware.factoryReset?.();
    this.#settingsChanged(await this.#settings.factoryReset());
  }

  reached(): void {
    this.#hardware.reached?.();
  }

  /** Also for values that the agent itself wrote: the phone reacts to them in the same way. */
  #settingsChanged(changes: readonly BackendChange[]): void {
    this.#restart.changed(changes);
    this.#hardware.settingsChanged(changes.map(({ key }) => key));
  }

  async #changeByDevice(values: ReadonlyMap<BackendKey, string>, inForce = false): Promise<void> {
    const changes = await this.#settings.stage(values).apply();
    if (changes.length > 0) this.#listener(changes);
    this.#restart.changed(changes);
    if (inForce) this.#restart.tookEffect(values.keys());
    this.#hardware.settingsChanged(changes.map(({ key }) => key));
  }
}

function ignore(): void {}

/** Settings are always current: every change of them is reported. */
async function refreshLive(hardware: Hardware, keys: readonly BackendKey[]): Promise<void> {
  const live = keys.filter((key) => !isSetting(key) && hardware.supports(key));
  if (live.length > 0) await hardware.refresh?.(live);
}
