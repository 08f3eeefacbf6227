import { isSettingKey, valueRefusal } from "./document.ts";
import { keyOf, settingOf, splitLines } from "./line.ts";

/** A configuration file as a server hands it out, whole or in part: settings with the line that counts. */
export interface ConfigurationFile {
  readonly settings: ReadonlyMap<string, string>;
  /** Counts from 1; null for a key that is not in the file, in any case. */
  lineOf(key: string): number | null;
}

/** Thrown for a text that is none. Says which line and why, never what the line holds: it may be a secret. */
export class ConfigurationFileError extends Error {
  override readonly name = "ConfigurationFileError";
}

/** Throws ConfigurationFileError for the first line that is no setting, no comment and not empty, and for a file without settings. */
export function parseConfigurationFile(bytes: Uint8Array): ConfigurationFile {
  const settings = new Map<string, string>();
  const found = new Map<string, { readonly key: string; readonly line: number }>();
  // Old editors end their lines with CR alone.
  const lines = splitLines(
    decode(bytes)
      .replace(/^\uFEFF/, "")
      .replace(/\r(?!\n)/g, "\n"),
  );
  for (const [index, { text }] of lines.entries()) {
    if (isComment(text)) continue;
    const key = keyOf(text);
    if (key === null) throw new ConfigurationFileError(`line ${index + 1} is neither a setting nor a comment`);
    const problem = isSettingKey(key) ? valueRefusal(settingOf(text)) : "is not named Config.<File>.<SECTION>.<Item>";
    if (problem !== null) throw new ConfigurationFileError(`line ${index + 1}: ${problem}`);
    // The last line of a key counts, as in the phone's own file.
    const before = found.get(key.toLowerCase());
    if (before !== undefined) settings.delete(before.key);
    settings.set(key, settingOf(text));
    found.set(key.toLowerCase(), { key, line: index + 1 });
  }
  if (settings.size === 0) throw new ConfigurationFileError("the file holds no setting");
  return { settings, lineOf: (key) => found.get(key.toLowerCase())?.line ?? null };
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
