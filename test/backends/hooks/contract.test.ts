import { fileURLToPath } from "node:url";
import { runBackendContract } from "../contract.ts";
import type { TestPhone } from "../test-phone.ts";
import { type HooksPhoneOptions, hooksPhone } from "./hooks-phone.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/hooks/phone.sh", import.meta.url));
const example = (...hooks: readonly string[]) => Object.fromEntries(hooks.map((hook) => [hook, [EXAMPLE, hook]]));

/** Live values are asked for before they are read, as for a GetParameterValues. */
async function asked(t: Parameters<typeof hooksPhone>[0], options: HooksPhoneOptions): Promise<TestPhone> {
  const phone = await hooksPhone(t, { withProcesses: true, ...options });
  return {
    ...phone,
    async read(key) {
      await phone.time.runUntil(phone.backend.refresh([key]));
      return phone.read(key);
    },
  };
}

runBackendContract("hooks, the example in shell", (t) =>
  asked(t, { commands: example("read", "apply", "reboot", "factoryReset") }),
);
runBackendContract("hooks, the example asked every two seconds", (t) =>
  asked(t, { commands: example("read", "apply", "reboot"), change: { readEveryMs: 2_000 } }),
);
runBackendContract("hooks, a restart alone", (t) => asked(t, { scripts: { reboot: ":" } }));
