import { isSettingKey, valueRefusal } from "./document.ts";
import { keyOf, settingOf, splitLines } from "./line.ts";

/** A configuration file from a server, complete or partial: settings with their effective lines. */
export interface ConfigurationFile {
  readonly settings: ReadonlyMap<string, string>;
  /** Lines that are neither setting nor comment nor empty, in order. */
  readonly badLines: readonly BadLine[];
  /** It has lines, but none is a setting, not even an invalid one: a web page, or an error message. */
  readonly isForeign: boolean;
  /** Counts from 1; null if the key is not in the file, ignoring case. */
  lineOf(key: string): number | null;
}

export interface BadLine {
  /** Counts from 1. */
  readonly line: number;
  /** Why it is invalid, as the rest of a sentence about the line. Never its content: that may be a secret. */
  readonly problem: string;
}

/** Never fails: invalid lines become bad lines. */
export function parseConfigurationFile(bytes: Uint8Array): ConfigurationFile {
  const settings = new Map<string, string>();
  const found = new Map<string, { readonly key: string; readonly line: number }>();
  const badLines: BadLine[] = [];
  let hasSetting = false;
  // Old editors end their lines with CR alone.
  const lines = splitLines(
    decode(bytes)
      .replace(/^\uFEFF/, "")
      .replace(/\r(?!\n)/g, "\n"),
  );
  for (const [index, { text }] of lines.entries()) {
    if (isComment(text)) continue;
    const key = keyOf(text);
    if (key !== null && isSettingKey(key)) hasSetting = true;
    const problem = key === null ? " is neither a setting nor a comment" : problemOf(key, settingOf(text));
    if (key === null || problem !== null) {
      badLines.push({ line: index + 1, problem: problem ?? "" });
      continue;
    }
    // The last line of a key counts, as in the phone's own file.
    const before = found.get(key.toLowerCase());
    if (before !== undefined) settings.delete(before.key);
    settings.set(key, settingOf(text));
    found.set(key.toLowerCase(), { key, line: index + 1 });
  }
  const isForeign = badLines.length > 0 && !hasSetting;
  return { settings, badLines, isForeign, lineOf: (key) => found.get(key.toLowerCase())?.line ?? null };
}

function problemOf(key: string, value: string): string | null {
  if (!isSettingKey(key)) return ": is not named Config.<File>.<SECTION>.<Item>";
  const refusal = valueRefusal(value);
  return refusal === null ? null : `: ${refusal}`;
}

function isComment(text: string): boolean {
  const trimmed = text.trim();
  return trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";");
}

/** A text that is not UTF-8 is taken as Latin-1, like the phone's own file. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }
}
