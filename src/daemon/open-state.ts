import { type Config, isInMemory } from "../config/load-config.ts";
import type { Logger } from "../ports/logger.ts";
import { createFileStateStore, type FileStateStore } from "../storage/file-state-store.ts";
import { createMemoryStateStore } from "../storage/memory-state-store.ts";
import { keepHostName } from "./this-host.ts";

/**
 * The state of the one phone of this process. Where the settings are lost at the end, so is what was made of them: ParameterKey,
 * passwords, the ACS that was reached. Throws AgentError STATE_IO.
 */
export async function openState(config: Config, log: Logger): Promise<FileStateStore> {
  if (isInMemory(config)) return { ...createMemoryStateStore(), close: async () => {} };
  const state = await createFileStateStore({ folder: config.stateFolder, log });
  try {
    await keepHostName(config);
  } catch (error) {
    await state.close();
    throw error;
  }
  return state;
}
