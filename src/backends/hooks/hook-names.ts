/** The hooks: what a command of the integrator can do for the phone. Each is a setting `backend.<name>`. */
export const HOOK_NAMES = ["read", "apply", "watch", "reboot", "factoryReset", "install", "produce"] as const;
export type HookName = (typeof HOOK_NAMES)[number];

/** Program and arguments of each; null: not set. */
export type HookCommands = Readonly<Record<HookName, readonly string[] | null>>;
