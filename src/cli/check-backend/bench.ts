import { join, resolve } from "node:path";
import type { ContractFacts, ContractPhone } from "../../backends/contract/contract-phone.ts";
import { openPlugInPhone, type PlugInContext, type PlugInSettings } from "../../backends/plugin/open.ts";
import type { OpenPlugIn } from "../../backends/plugin/plug-in-backend.ts";
import { type Config, loadConfig } from "../../config/load-config.ts";
import { openDataModel } from "../../config/open-data-model.ts";
import { fileProblem } from "../../config/readable-files.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { modelParts } from "../../daemon/open-backend.ts";
import { createPhoneKind, type PhoneKind } from "../../daemon/phones/phone-kind.ts";
import { lookAtThisHost } from "../../daemon/this-host.ts";
import type { BackendChange } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import { createSystemClock } from "../../system/clock.ts";
import { createScheduler } from "../../system/scheduler.ts";
import { configFile } from "../config-option.ts";
import { type CliIo, UsageError } from "../io.ts";

/** Options of the command line. */
export interface CheckBackendOptions {
  readonly config?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly only?: string;
  readonly verbose?: boolean;
}

export interface BenchOptions {
  readonly module: string | undefined;
  readonly options: CheckBackendOptions;
  /** The folder for the phones' state. */
  readonly folder: string;
  readonly io: CliIo;
  readonly log: Logger;
}

/** Creates phones of a module, each in factory state. */
export interface Bench {
  readonly module: string;
  /** Loads the module once and describes it. Throws AgentError CONFIG or BACKEND_IO. */
  describe(): Promise<string>;
  /** Runs `work` with a started phone, which is stopped and removed afterwards. */
  withPhone(use: (phone: ContractPhone) => Promise<void>): Promise<void>;
}

type PlugInConfig = Config & { readonly backend: PlugInSettings };
type PlugInPorts = Pick<PlugInContext, "clock" | "scheduler" | "log">;

/** A documentation address: setting it does no harm. */
const OTHER_ADDRESS = "192.0.2.53";

/** Throws UsageError or FindingsError: the command line or the settings cannot be used. */
export async function createBench({ module, options, folder, io, log }: BenchOptions): Promise<Bench> {
  const config = benchConfig(module, options, io);
  const { identity } = await lookAtThisHost(config);
  const kind = createPhoneKind(config, await openDataModel(null, []));
  const facts = contractFacts(kind);
  const ports = systemPorts(log);
  let count = 0;
  const parts = modelParts(kind, identity);
  const open = (stateFolder: string) => openPlugInPhone(config.backend, { ...parts, stateFolder, ...ports });
  const freshFolder = () => {
    count += 1;
    return join(folder, String(count));
  };
  return {
    module: config.backend.module ?? "",
    async describe() {
      const { description, close } = await open(freshFolder());
      await close();
      const { installs = [], produces = [] } = description.files ?? {};
      const form = description.level === "hardware" ? "the short form, settings kept by akuvox-cpe" : "a whole backend";
      return `${form}; ${installs.length} file types to install, ${produces.length} to upload`;
    },
    async withPhone(use) {
      const stateFolder = freshFolder();
      const phone = await openContractPhone(facts, () => open(stateFolder), ports);
      try {
        await phone.start();
        await use(phone);
        await phone.backend.stop();
      } finally {
        await phone.close();
      }
    },
  };
}

/** A module alone is checked with defaults: the environment is ignored, as it belongs to another phone. */
function benchConfig(module: string | undefined, options: CheckBackendOptions, io: CliIo): PlugInConfig {
  const file = configFile(io, options.config);
  const config = module === undefined || options.config !== undefined ? loadConfig(file, io.env) : loadConfig(null, {});
  const named = module === undefined ? null : resolve(module);
  const problem = named === null ? null : fileProblem(named);
  if (problem !== null) throw new UsageError(`${module} cannot be used: ${problem}`);
  const backend = backendOf(config, named);
  return { ...config, backend: { ...backend, file: null, options: options.options ?? backend.options } };
}

function backendOf({ backend }: ReturnType<typeof loadConfig>, module: string | null): PlugInSettings {
  if (backend.type === "plug-in") return module === null ? backend : { ...backend, module };
  if (module !== null)
    return { type: "plug-in", module, file: null, callSeconds: 10, longCallSeconds: 300, options: {} };
  throw new UsageError("name the module, such as ./my-phone.mjs, or settings with a plug-in (--config FILE)");
}

function contractFacts({ layouts, factory, restartKeys }: PhoneKind): ContractFacts {
  const { refs } = layouts.factory;
  const key = [...restartKeys].findLast((each) => factory.get(each) === "") ?? "";
  return {
    factory,
    restart: { key, factory: "", other: OTHER_ADDRESS },
    liveKeys: [...new Set(refs.flatMap(({ liveKey }) => liveKey ?? []))],
    actionKeys: [...new Set(refs.flatMap(({ actionKey }) => actionKey ?? []))],
  };
}

async function openContractPhone(
  facts: ContractFacts,
  open: () => Promise<OpenPlugIn>,
  { scheduler }: PlugInPorts,
): Promise<ContractPhone & Pick<OpenPlugIn, "close">> {
  let plugIn = await open();
  const reported: BackendChange[] = [];
  return {
    facts,
    reported,
    get backend() {
      return plugIn.backend;
    },
    start: () => plugIn.backend.start((changes) => void reported.push(...changes)),
    wait: (ms) => new Promise((end) => void scheduler.after(ms, "wait for the plug-in", end)),
    settle: (promise) => promise,
    async powerCut() {
      await plugIn.close();
      plugIn = await open();
    },
    close: () => plugIn.close(),
  };
}

function systemPorts(log: Logger): PlugInPorts {
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, (error, timer) =>
    log.error({ timer, reason: messageOf(error) }, "A timer failed"),
  );
  return { clock, scheduler, log };
}
