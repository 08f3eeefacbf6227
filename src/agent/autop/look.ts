import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { AgentError } from "../../cwmp/errors.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Pnp } from "../../ports/pnp.ts";
import type { DhcpOptions, Identity } from "../core/config.ts";
import type { AutopSettings } from "./autop-settings.ts";
import { type AutopPlace, BY_SETTINGS, foreignPlace, settledPlaces } from "./places.ts";
import { type RoundOptions, type RoundOutcome, type RoundParts, runRound } from "./round.ts";
import { autopSources } from "./sources.ts";

export interface LookParts extends RoundParts {
  readonly tree: ParameterTree;
  readonly identity: Identity;
  /** Null: PnP is not used. */
  readonly pnp: Pnp | null;
  readonly dhcp: DhcpOptions;
}

/** The result of looking in all places. */
export type LookOutcome = RoundOutcome | { readonly kind: "off"; readonly reason: string };

const FIRMWARE = "Device.DeviceInfo.SoftwareVersion";

/** Whether there is any place to look, or PnP to ask. */
export function canLook(settings: AutopSettings, { pnp, dhcp }: Pick<LookParts, "pnp" | "dhcp">): boolean {
  return (settings.pnp && pnp !== null) || settledPlaces(settings, dhcp).length > 0;
}

/**
 * Looks for files in one place after the other: the server that the network names (PnP), the DHCP options, the server
 * of the settings. The first place with files for this phone counts. An unreachable one is skipped, so that a
 * stranger who names a dead server cannot keep the phone from its own. If no other place has anything new, the look
 * has failed and is retried as set.
 */
export async function lookForFiles(
  settings: AutopSettings,
  parts: LookParts,
  options: RoundOptions,
): Promise<LookOutcome> {
  const { identity, log } = parts;
  let last: LookOutcome | null = null;
  let failed: LookOutcome | null = null;
  for await (const place of places(settings, parts, options.signal)) {
    const sources = autopSources({ ...place, modelName: identity.modelName, macAddress: settings.macAddress });
    if (typeof sources === "string") {
      last ??= { kind: "off", reason: sources };
      if (place.by !== BY_SETTINGS) log.warn({ by: place.by }, `AutoP: ${sources}`);
      continue;
    }
    let isHere = false;
    const fetched = (): void => {
      isHere = true;
      options.fetched();
    };
    const outcome = await runRound(sources, parts, { ...options, fetched });
    say(outcome, place, parts);
    if (outcome.kind === "failed" && !isHere) failed ??= outcome;
    else if (outcome.kind !== "none") return outcome;
    last = outcome;
  }
  return failed ?? last ?? { kind: "off", reason: "no AutoP server is set" };
}

async function* places(settings: AutopSettings, parts: LookParts, signal: AbortSignal): AsyncGenerator<AutopPlace> {
  if (settings.pnp && parts.pnp !== null) {
    const found = await askNetwork(parts.pnp, settings, parts, signal);
    if (signal.aborted) throw new AgentError("SESSION_ABORTED", "the look for configuration files has ended");
    if (found !== null) yield found;
  }
  yield* settledPlaces(settings, parts.dhcp);
}

async function askNetwork(
  pnp: Pnp,
  { macAddress }: AutopSettings,
  { tree, identity, log }: LookParts,
  signal: AbortSignal,
): Promise<AutopPlace | null> {
  const firmware = (await tree.readSecrets([FIRMWARE])).get(FIRMWARE) ?? "";
  const phone = { macAddress, vendor: identity.manufacturer, modelName: identity.modelName, firmware };
  const answer = await pnp.ask(phone, signal);
  if (answer.kind === "url") {
    log.info({ from: answer.from, server: serverOf(answer.url) }, "AutoP: the network names a server (PnP)");
    return foreignPlace(`PnP from ${answer.from}`, answer.url);
  }
  if (!signal.aborted) log.info({ reason: answer.reason }, "AutoP: the network names no server (PnP)");
  return null;
}

function say(outcome: RoundOutcome, { url, by }: AutopPlace, { log }: Pick<LookParts, "log">): void {
  const about = { server: serverOf(url), by };
  if (outcome.kind === "applied") return;
  if (outcome.kind === "refused" && !outcome.again) {
    log.warn({ ...about, reason: outcome.reason }, "AutoP: a configuration file was refused, nothing was changed");
  } else if (outcome.kind === "failed") {
    log.warn(
      { ...about, reason: outcome.reason },
      "AutoP: a configuration file could not be fetched, nothing was changed",
    );
  } else {
    log.info({ ...about, outcome: outcome.kind }, `AutoP: ${QUIET_WORDS[outcome.kind]}`);
  }
}

/** Without user name and password, which a URL may hold. */
function serverOf(url: string): string {
  return parseHttpUrl(url)?.host ?? "";
}

const QUIET_WORDS = {
  unchanged: "nothing has changed",
  none: "the server has no file for this phone",
  refused: "the server still has the files that were refused",
} as const;
