import { ACTION_PROMISES, LIFE_PROMISES } from "./life-promises.ts";
import type { ContractPromise } from "./promise.ts";
import { SETTINGS_PROMISES } from "./settings-promises.ts";

/** What the agent relies on with every phone. Each promise needs its own phone, in factory state and started. */
export const BACKEND_CONTRACT: readonly ContractPromise[] = [
  ...SETTINGS_PROMISES,
  ...ACTION_PROMISES,
  ...LIFE_PROMISES,
];
