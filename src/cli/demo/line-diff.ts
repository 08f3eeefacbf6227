import { MASK, maskUrls } from "../../cwmp/mask.ts";
/** Changed lines of the phone's file, matched by key: the order of lines does not change. */
export interface LineChange {
  readonly key: string;
  /** The whole lines; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

export function changedLines(before: string, after: string): readonly LineChange[] {
  const old = settingLines(before);
  const now = settingLines(after);
  const keys = new Set([...now.keys(), ...old.keys()]);
  return [...keys]
    .map((key) => ({ key, before: old.get(key) ?? null, after: now.get(key) ?? null }))
    .filter((change) => change.before !== change.after);
}

/** As a diff shows it, passwords masked. */
export function diffText(changes: readonly LineChange[]): readonly string[] {
  return changes.flatMap((change) => [
    ...(change.before === null ? [] : [`- ${masked(change.key, change.before)}`]),
    ...(change.after === null ? [] : [`+ ${masked(change.key, change.after)}`]),
  ]);
}

/** The value of a key in the file's text; undefined if missing. */
export function settingIn(text: string, key: string): string | undefined {
  return settingLines(text)
    .get(key)
    ?.replace(/^[^=]*=\s*/, "")
    .trimEnd();
}

function settingLines(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => /^\s*Config\./.test(line));
  return new Map(lines.map((line) => [line.slice(0, Math.max(line.indexOf("="), 0)).trim(), line.trim()]));
}

function masked(key: string, line: string): string {
  return /(Password|Pwd)$/.test(key) ? line.replace(/=\s*\S.*$/, `= ${MASK}`) : maskUrls(line);
}
