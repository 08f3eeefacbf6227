import { fileURLToPath } from "node:url";
import { runBackendContract } from "../contract.ts";
import { type HooksPhoneOptions, hooksPhone } from "./hooks-phone.ts";

// A process of its own: its tests stand in contract.ts, which another file uses too.

const EXAMPLE = fileURLToPath(new URL("../../../examples/hooks/phone.sh", import.meta.url));
const example = (...hooks: readonly string[]) => Object.fromEntries(hooks.map((hook) => [hook, [EXAMPLE, hook]]));

const phone = (t: Parameters<typeof hooksPhone>[0], options: HooksPhoneOptions) =>
  hooksPhone(t, { withProcesses: true, ...options });

runBackendContract("hooks, the example in shell", (t) =>
  phone(t, { commands: example("read", "apply", "reboot", "factoryReset") }),
);
runBackendContract("hooks, the example asked every two seconds", (t) =>
  phone(t, { commands: example("read", "apply", "reboot"), change: { readEveryMs: 2_000 } }),
);
runBackendContract("hooks, a restart alone", (t) => phone(t, { scripts: { reboot: ":" } }));
