import type { AgentConfig } from "../../agent/core/config.ts";
import type { Simulation } from "../../backends/simulated/simulation.ts";
import { NO_CLONE_VALUES, onePhone } from "../../config/clone-values/apply.ts";
import { templateValues } from "../../config/fleet/template.ts";
import type { Config } from "../../config/load-config.ts";
import { overlayFactory, settingsKeys } from "../../config/settings-keys.ts";
import { factorySettings } from "../../model/factory.ts";
import type { DataModel } from "../../model/types.ts";
import { createLayouts, type Layouts } from "../../parameters/layouts.ts";
import type { BackendKey, FactorySettings } from "../../ports/backend.ts";
import { simulationOf } from "../simulation.ts";

/** The shared parts of phones with the same settings, made once. */
export interface PhoneKind {
  readonly config: Config;
  readonly model: DataModel;
  readonly layouts: Layouts;
  /** The values that a factory reset sets. */
  readonly factory: FactorySettings;
  /** Settings that take effect with a restart of the phone only. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  /** An agent's configuration, but for who it is. */
  readonly agent: Omit<AgentConfig, "identity">;
  /** Null: not a simulated phone. */
  readonly simulation: Simulation | null;
  /** Settings of a clone that are another text for each phone. @param phone which one of a fleet; absent: the one of `run` */
  ownValues(mac: string, phone?: { readonly index: number; readonly group: string }): ReadonlyMap<BackendKey, string>;
}

/** Throws FindingsError for a script of the simulated user that cannot be used. */
export function createPhoneKind(config: Config, model: DataModel, values = NO_CLONE_VALUES): PhoneKind {
  const layouts = createLayouts(model, config.phone);
  return {
    config,
    model,
    layouts,
    factory: overlayFactory(factorySettings(model, config.phone.accounts), config),
    restartKeys: restartKeysOf(layouts),
    agent: agentConfig(config),
    simulation: config.backend.type === "simulated" ? simulationOf(config.backend, layouts, values.generators) : null,
    ownValues: (mac, phone) =>
      values.own(phone === undefined ? onePhone(mac) : templateValues(phone.index, phone.group, mac)),
  };
}

function restartKeysOf(layouts: Layouts): ReadonlySet<BackendKey> {
  return new Set(layouts.factory.refs.flatMap((ref) => (ref.def.restart ? ref.configKeys : [])));
}

function agentConfig(config: Config): PhoneKind["agent"] {
  const { minimumWaitInterval: minimumWaitSeconds, intervalMultiplier } = config.retry;
  return {
    version: config.session.cwmpVersion,
    askRpcMethods: config.session.askRpcMethods,
    sessionLimits: { maxRpcs: config.session.maxRpcs, maxMs: config.session.maxMinutes * 60_000 },
    retry: { minimumWaitSeconds, intervalMultiplier },
    reportAutonomousTransfers: config.autop.reportTransfers,
    fetchPhoneBooks: config.phoneBooks.enable,
    connectionRequestsPerMinute: config.listen.requestsPerMinute,
    autop: autopConfig(config),
    settings: settingsKeys(config),
  };
}

function autopConfig({ autop }: Config): PhoneKind["agent"]["autop"] {
  const { enable: enabled, lenient, firmware, powerOnSpreadSeconds, dhcp } = autop;
  const { custom, option66, option43 } = dhcp;
  const given = { custom: custom ?? "", option66: option66 ?? "", option43: option43 ?? "" };
  return { enabled, lenient, firmware, powerOnSpreadSeconds, dhcp: given };
}
