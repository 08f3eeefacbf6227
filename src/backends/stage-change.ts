import type { BackendChange, BackendKey, StagedChange } from "../ports/backend.ts";
import type { Hardware, Prepared } from "./hardware.ts";
import { refusedKey } from "./refused-key.ts";
import type { RestartKeys } from "./settings/restart-keys.ts";
import type { Settings, StagedSettings } from "./settings/settings.ts";

export interface StageParts {
  readonly settings: Settings;
  readonly hardware: Hardware;
  readonly restart: RestartKeys;
  readonly settingsChanged: (changes: readonly BackendChange[]) => void;
}

/** Checks what the agent wants to write: settings and actions. */
export function stageChange(changes: ReadonlyMap<BackendKey, string>, parts: StageParts): StagedChange {
  const { settings, hardware, restart } = parts;
  const values = new Map([...changes].filter(([key]) => isSetting(key)));
  const actions = [...changes].filter(([key]) => !isSetting(key));
  for (const [key] of actions) checkAction(hardware, key);
  const staged = settings.stage(values);
  return {
    async apply() {
      const orders = new Map(actions.filter(([, value]) => isOrder(value)));
      const prepared = values.size + orders.size === 0 ? undefined : await hardware.prepare?.(values, orders);
      if (values.size > 0) parts.settingsChanged(await applySettings(staged, prepared));
      for (const key of orders.keys()) await hardware.act(key);
      return prepared?.needsRestart || restart.waiting(values.keys()) ? "needs-reboot" : "applied";
    },
    discard: async () => {},
  };
}

/** The hardware has prepared the change: if the settings cannot be stored, that is undone. */
async function applySettings(
  staged: StagedSettings,
  prepared: Prepared | undefined,
): Promise<readonly BackendChange[]> {
  try {
    const changes = await staged.apply();
    prepared?.stored();
    return changes;
  } catch (error) {
    await prepared?.undo();
    throw error;
  }
}

export function isSetting(key: BackendKey): boolean {
  return !key.startsWith("Status.") && !key.startsWith("Action.");
}

function checkAction(hardware: Hardware, key: BackendKey): void {
  if (key.startsWith("Status.")) throw refusedKey(9008, key, "a live value cannot be written");
  if (!hardware.supports(key)) throw refusedKey(9005, key, "the phone has no such action");
}

/** Writing "false" to an action does nothing: an ACS may write back what it has read. */
function isOrder(value: string): boolean {
  return value !== "" && value !== "0" && value !== "false";
}
