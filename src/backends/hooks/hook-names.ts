/** What a phone can be asked through a command of the integrator's. Each is a setting `backend.<name>`. */
export const HOOK_NAMES = ["read", "apply", "watch", "reboot", "factoryReset", "install", "produce"] as const;
export type HookName = (typeof HOOK_NAMES)[number];

/** Program and arguments of each; null: there is none. */
export type HookCommands = Readonly<Record<HookName, readonly string[] | null>>;
