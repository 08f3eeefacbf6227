import { parseConfigurationFile } from "../../autop/configuration-file.ts";
import { CwmpFault } from "../../cwmp/errors.ts";
import type { Applied } from "../../ports/backend.ts";
import type { AutonomousTransfer, TransferFailure } from "../autonomous/transfer-report.ts";
import { type ApplyParts, type AutopResult, applyConfiguration } from "../configuration/apply-configuration.ts";
import { type MergePart, mergeConfigurations, readConfiguration } from "../configuration/configuration.ts";
import { reasonOf } from "../files/fetch-in-time.ts";
import { type AutopState, appliedFile } from "./autop-state.ts";
import { type Fetched, type FetchPorts, fetchSource } from "./fetch.ts";
import { actOnFirmwareUrl, type FirmwareParts } from "./firmware-url.ts";
import type { AutopSource } from "./sources.ts";

export interface RoundParts extends ApplyParts, FetchPorts, FirmwareParts {
  /** Reports to the ACS, if its policy asks for that. */
  completed(transfer: AutonomousTransfer): Promise<void>;
  /** Whether the good lines of a file with bad ones are applied. */
  readonly lenient: boolean;
}

export interface RoundOptions {
  readonly signal: AbortSignal;
  /** All files have arrived: from now on the round is not aborted. */
  readonly fetched: () => void;
  /** Contents that the phone has refused before are tried again. */
  readonly anew: boolean;
}

/** The result of one look at the server. */
export type RoundOutcome =
  | { readonly kind: "applied"; readonly result: AutopResult }
  /** The files on the server have been applied before. */
  | { readonly kind: "unchanged" }
  /** The server has no file for this phone. */
  | { readonly kind: "none" }
  /** The phone refuses the files; nothing is changed. `again`: these contents were refused, and reported, before. */
  | { readonly kind: "refused"; readonly reason: string; readonly again: boolean }
  /** A file could not be fetched, or the phone could not keep its settings; nothing is changed. */
  | { readonly kind: "failed"; readonly reason: string };

interface Found extends Fetched {
  readonly content: Uint8Array;
  readonly hash: string;
  /** Since it was last applied. */
  readonly changed: boolean;
}

/**
 * Fetches the files and applies their changes in one transaction, so that no intermediate state is ever in force. A
 * file that cannot be fetched stops the round: the common file alone could undo what the device file sets.
 */
export async function runRound(
  sources: readonly AutopSource[],
  parts: RoundParts,
  { signal, fetched: allFetched, anew }: RoundOptions,
): Promise<RoundOutcome> {
  const fetched: Fetched[] = [];
  for (const source of sources) {
    const one = await fetchSource(source, parts, signal);
    if (one.failure !== null) {
      await reportToAcs([one], one.failure, parts);
      return { kind: "failed", reason: `${one.source.name}: ${one.failure.text}` };
    }
    fetched.push(one);
  }
  const found: Found[] = [];
  for (const one of fetched) found.push(...(await foundIn(one, parts, anew)));
  if (found.length === 0) return { kind: "none" };
  if (!found.some(({ changed }) => changed)) {
    await finish(found, parts);
    return { kind: "unchanged" };
  }
  const both = found.map(({ source, hash }) => `${source.kind} ${hash}`).join(", ");
  if (both === parts.store.current.refused && !anew) {
    return { kind: "refused", reason: "the same files were refused before", again: true };
  }
  allFetched();
  return applyFound(found, both, parts);
}

/** Many servers answer 200 with a page or a sentence where they have no common file: treated as 404 (decision 0040). */
async function foundIn(one: Fetched, parts: RoundParts, anew: boolean): Promise<readonly Found[]> {
  const { content, source } = one;
  if (content === null) return [];
  const hash = parts.fingerprint(content);
  const changed = appliedFile(source.kind, parts.tree, parts.store) !== hash;
  if (source.kind === "common" && changed && parseConfigurationFile(content).isForeign) {
    await ignore(source, hash, parts, anew);
    return [];
  }
  return [{ ...one, content, hash, changed }];
}

/** @param again logs it even if it was logged before */
async function ignore({ name, server }: AutopSource, hash: string, parts: RoundParts, again: boolean): Promise<void> {
  const { store, log } = parts;
  if (store.current.ignored === hash && !again) return;
  log.warn(
    { file: name, server: new URL(server.url).host },
    "AutoP: the server's common file holds no setting (it may be a web page): treated as missing",
  );
  await store.learn((now) => ({ ...now, ignored: hash }));
}

async function applyFound(found: readonly Found[], both: string, parts: RoundParts): Promise<RoundOutcome> {
  const { store } = parts;
  const fresh = found.filter(({ changed }) => changed);
  try {
    const result = await apply(found, parts);
    await finish(found, parts, { refused: null, restarting: restarts(result.applied) });
    return { kind: "applied", result };
  } catch (error) {
    if (!(error instanceof CwmpFault)) throw error;
    const failure: TransferFailure = { code: error.faultCode, text: reasonOf(error) };
    const isRefusal = failure.code === 9018;
    if (isRefusal) await store.learn((now) => ({ ...now, refused: both }));
    await reportToAcs(fresh, failure, parts);
    return isRefusal
      ? { kind: "refused", reason: failure.text, again: false }
      : { kind: "failed", reason: failure.text };
  }
}

/**
 * The consequences of files in force, once: firmware, and the report to the ACS. A power cut may have prevented them,
 * so they may be due for unchanged files too.
 */
async function finish(found: readonly Found[], parts: RoundParts, facts: Partial<AutopState> = {}): Promise<void> {
  const { store } = parts;
  await actOnFirmware(found, parts);
  const unreported = found.filter(({ source, hash }) => store.current[source.kind] !== hash);
  await reportToAcs(unreported, null, parts);
  await store.learn((now) => ({ ...now, ...hashesOf(unreported), ...facts }));
}

async function apply(found: readonly Found[], parts: RoundParts): Promise<AutopResult> {
  const part = (kind: AutopSource["kind"]): MergePart | null => {
    const file = found.find(({ source }) => source.kind === kind);
    if (file === undefined) return null;
    return { configuration: readConfiguration(file.content, file.source.name), changed: file.changed };
  };
  const merged = mergeConfigurations(part("common"), part("device"));
  const names = found.map(({ source }) => `${new URL(source.server.url).host}/${source.name}`);
  return applyConfiguration(
    merged,
    {
      ...{ name: names.join(", "), by: "device", lenient: parts.lenient },
      ...{ files: hashesOf(found), fetchesFirmware: parts.fetchFirmware !== null },
    },
    parts,
  );
}

/** Also for unchanged files: firmware may have been allowed since. */
async function actOnFirmware(found: readonly Found[], parts: RoundParts): Promise<void> {
  if (parts.fetchFirmware === null) return;
  await actOnFirmwareUrl(
    found.map(({ content, source }) => readConfiguration(content, source.name)),
    parts,
  );
}

function hashesOf(found: readonly Found[]): Partial<Record<AutopSource["kind"], string>> {
  return Object.fromEntries(found.map(({ source, hash }) => [source.kind, hash]));
}

function restarts(applied: Applied): boolean {
  return applied === "needs-reboot";
}

async function reportToAcs(
  files: readonly Fetched[],
  failure: TransferFailure | null,
  parts: RoundParts,
): Promise<void> {
  for (const { source, content, startedAt, completedAt } of files) {
    await parts.completed({
      url: source.server.url,
      isDownload: true,
      fileType: "3 Vendor Configuration File",
      fileSize: content?.length ?? 0,
      startedAt,
      completedAt,
      failure,
    });
  }
}
