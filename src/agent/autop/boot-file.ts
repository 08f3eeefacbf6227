import type { LocalFile } from "../../ports/local-file.ts";
import { type ApplyParts, type AutopResult, applyConfiguration } from "../configuration/apply-configuration.ts";
import { MAX_CONFIGURATION_BYTES, readConfiguration } from "../configuration/configuration.ts";
import { reasonOf } from "../files/fetch-in-time.ts";
import { type AutopCell, appliedFile, type Fingerprint } from "./autop-state.ts";

export interface BootFileParts extends ApplyParts {
  readonly file: LocalFile | null;
  readonly store: AutopCell;
  readonly fingerprint: Fingerprint;
  /** Whether the good lines of a file with bad ones are applied. */
  readonly lenient: boolean;
}

/**
 * `autop.file` of the YAML settings, applied once per content. A missing or broken file is logged as an error at
 * every start; the phone keeps its settings.
 *
 * @returns whether the settings that it changed need a restart of the phone
 */
export async function applyBootFile(parts: BootFileParts): Promise<boolean> {
  const { file, log } = parts;
  if (file === null) return false;
  const applied = await applyOnce(file, parts).catch((error: unknown) => {
    const fields = { file: file.name, reason: reasonOf(error) };
    log.error(fields, "The configuration file (autop.file) was not applied, nothing was changed");
    return null;
  });
  if (applied === null) return false;
  return applied.applied === "needs-reboot";
}

/** Null: this content has been applied before. */
async function applyOnce(file: LocalFile, parts: BootFileParts): Promise<AutopResult | null> {
  const { tree, store, fingerprint, lenient } = parts;
  const content = await file.read(MAX_CONFIGURATION_BYTES);
  const hash = fingerprint(content);
  if (hash === appliedFile("file", tree, store)) return null;
  const options = { name: file.name, by: "device", lenient, files: { file: hash } } as const;
  return applyConfiguration(readConfiguration(content), options, parts);
}
