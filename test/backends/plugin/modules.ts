import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { PlugInContext } from "../../../src/backends/plugin/plug-in.ts";
import { failed, fault, refuse } from "../../../src/backends/plugin/plug-in-errors.ts";
import type { PlugInFacts } from "../../../src/backends/plugin/protocol.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { FACTORY, RESTART_KEYS } from "../test-phone.ts";

/** A whole backend in a few lines: settings in memory, nothing checked. What a test puts after it breaks it. */
export const WHOLE = `
export function createBackend(context) {
  const values = new Map(context.factory);
  const backend = {
    name: "whole",
    values,
    supports: (key) => values.has(key),
    async start(onChange) { backend.onChange = onChange; },
    async stop() {},
    async read(keys) { return new Map(keys.filter((key) => values.has(key)).map((key) => [key, values.get(key)])); },
    async stage(changes) {
      return {
        async apply() { for (const [key, value] of changes) values.set(key, value); return "applied"; },
        async discard() {},
      };
    },
    locate: () => null,
    async reboot() {},
    async factoryReset() {},
    files: {
      installs: ["1 Firmware Upgrade Image"],
      produces: ["1 Vendor Configuration File"],
      async install() { return "applied"; },
      async verify() {},
      async produce() { return new Uint8Array([1]); },
    },
  };
  return broken(backend, context) ?? backend;
}
`;

/** {@link WHOLE} with something wrong: statements that may use `backend` and `context`. */
export function brokenModule(statements: string): string {
  return `${WHOLE}\nfunction broken(backend, context) { ${statements} }\n`;
}

export async function writeModule(t: TestContext, text: string, name = "my-phone.mjs"): Promise<string> {
  const path = join(await temporaryFolder(t), name);
  await writeFile(path, text);
  return path;
}

export const PHONE = {
  manufacturer: "Akuvox",
  oui: "0C1105",
  model: "SP-R53P",
  productClass: "SP-R53P",
  serialNumber: "0C1105000007",
  mac: "0c:11:05:00:00:07",
  softwareVersion: "53.0.6.45",
  hardwareVersion: "53.0.0.0",
};

export const LABEL = "Config.Account1.GENERAL.Label";
export const PASSWORD = "Config.Account1.GENERAL.Pwd";
export const LINE_STATE = "Status.Account1.Line.State";

export async function factsOf(t: TestContext, module: string, more: Partial<PlugInFacts> = {}): Promise<PlugInFacts> {
  const folder = await temporaryFolder(t);
  return {
    module,
    options: {},
    phone: PHONE,
    accounts: 2,
    factory: new Map(FACTORY),
    restartKeys: RESTART_KEYS,
    liveKeys: [LINE_STATE, "Status.Account2.Line.State"],
    actionKeys: ["Action.Account1.Line.Reset", "Action.Account2.Line.Reset"],
    secretKeys: new Set([PASSWORD]),
    folder,
    settingsFile: join(folder, "phone.cfg"),
    callMs: 10_000,
    ...more,
  };
}

/** What a module is given, in this thread. */
export async function contextOf(t: TestContext, more: Partial<PlugInContext> = {}): Promise<PlugInContext> {
  const { settingsFile: _, secretKeys: _keys, module: _module, callMs: _ms, ...facts } = await factsOf(t, "");
  const quiet = () => {};
  return {
    ...facts,
    contract: 1,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    refuse,
    failed,
    fault,
    ...more,
  };
}
