import { isSettingKey, valueRefusal } from "../../autop/document.ts";
import type { BackendKey, FactorySettings } from "../../ports/backend.ts";
import { refusedChange, refusedKey } from "../refused-key.ts";
import { MAX_FILE_BYTES } from "./file-snapshot.ts";

/** Limits for settings that the data model lacks. A complete file of a phone has some 1,400 lines and 70 kB. */
const MAX_UNKNOWN_KEYS = 4_096;
const MAX_UNKNOWN_BYTES = 256 * 1_024;
/** ` = ` and the end of the line. */
const LINE_EXTRA_BYTES = 5;

export type Texts = ReadonlyMap<BackendKey, string>;

/**
 * Throws PhoneFault BACKEND_REFUSED 9004 where a change adds more settings that the data model lacks than a phone
 * stores.
 *
 * @param present the existing ones, in any spelling; called only if the change has one
 */
export function checkUnknownKeys(factory: FactorySettings, changes: Texts, present: () => Texts): void {
  const added = [...changes].filter(([key]) => !factory.has(key));
  if (added.length === 0) return;
  const all = [...present(), ...added];
  // Usually few are left beside those in the data model's own spelling, so its keys, up to 100,000, are not searched
  // for them.
  if (areFew(all, (key) => factory.has(key)) || areFew(all, knownKeys(factory))) return;
  throw refusedChange(
    9004,
    `the phone stores at most ${MAX_UNKNOWN_KEYS} settings (${MAX_UNKNOWN_BYTES} bytes in total) that its data model lacks`,
  );
}

function areFew(settings: Iterable<readonly [BackendKey, string]>, isKnown: (key: BackendKey) => boolean): boolean {
  const sizes = new Map<string, number>();
  for (const [key, value] of settings) if (!isKnown(key)) sizes.set(key.toLowerCase(), lineBytes(key, value));
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return sizes.size <= MAX_UNKNOWN_KEYS && bytes <= MAX_UNKNOWN_BYTES;
}

/** Throws PhoneFault BACKEND_REFUSED 9004 where the phone's file could not be read back after the change. */
export function checkFileSize(text: string, changes: Texts): void {
  const added = [...changes].reduce((sum, [key, value]) => sum + lineBytes(key, value), 0);
  // Existing lines count twice, which does not matter in a file of that size.
  if (Buffer.byteLength(text) + added <= MAX_FILE_BYTES) return;
  throw refusedChange(9004, `the phone's file would have more than ${MAX_FILE_BYTES} bytes`);
}

/** Whether the data model has a key, in any spelling. */
export function knownKeys(factory: FactorySettings): (key: BackendKey) => boolean {
  const known = new Set([...factory.keys()].map((key) => key.toLowerCase()));
  return (key) => known.has(key.toLowerCase());
}

function lineBytes(key: BackendKey, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value) + LINE_EXTRA_BYTES;
}

/**
 * Throws PhoneFault BACKEND_REFUSED for a key that no AutoP file holds and for a value that its file cannot hold. A
 * setting that the data model lacks is accepted: the firmware may use it (docs/decisions/0009).
 */
export function checkStaged(factory: FactorySettings, changes: ReadonlyMap<BackendKey, string>): void {
  for (const [key, value] of changes) {
    if (!factory.has(key) && !isSettingKey(key)) throw refusedKey(9005, key, "the phone has no such setting");
    const refusal = valueRefusal(value);
    if (refusal !== null) throw refusedKey(9007, key, refusal);
  }
}
