import { AgentError } from "../cwmp/errors.ts";
import type { BackendChange, BackendKey, StagedChange } from "../ports/backend.ts";
import type { Hardware } from "./hardware.ts";
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
      if (values.size > 0) parts.settingsChanged(await applySettings(values, staged, hardware));
      for (const [key, value] of actions) if (isOrder(value)) await hardware.act(key);
      return restart.waiting(values.keys()) ? "needs-reboot" : "applied";
    },
    discard: async () => {},
  };
}

/** What the hardware has to do for the settings comes first: where it cannot, nothing is changed. */
async function applySettings(
  values: ReadonlyMap<BackendKey, string>,
  staged: StagedSettings,
  hardware: Hardware,
): Promise<readonly BackendChange[]> {
  const undo = await hardware.prepare?.(values);
  try {
    return await staged.apply();
  } catch (error) {
    await undo?.();
    throw error;
  }
}

export function isSetting(key: BackendKey): boolean {
  return !key.startsWith("Status.") && !key.startsWith("Action.");
}

function checkAction(hardware: Hardware, key: BackendKey): void {
  if (key.startsWith("Status.")) throw new AgentError("BACKEND_REFUSED", `${key}: a live value cannot be written`);
  if (!hardware.supports(key)) throw new AgentError("BACKEND_REFUSED", `${key}: the phone has no such action`);
}

/** Writing "false" to an action, as an ACS does that writes back what it has read, asks for nothing. */
function isOrder(value: string): boolean {
  return value !== "" && value !== "0" && value !== "false";
}
