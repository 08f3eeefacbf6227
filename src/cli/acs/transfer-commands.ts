/** `download`, `upload` and `schedule` at the prompt. */
import type { WrittenCall } from "./acs-console.ts";

const DOWNLOADS: Readonly<Record<string, string>> = {
  firmware: "1 Firmware Upgrade Image",
  config: "3 Vendor Configuration File",
};
const UPLOADS: Readonly<Record<string, string>> = { config: "1 Vendor Configuration File", log: "2 Vendor Log File" };

export const TRANSFER_HELP: Readonly<Record<string, string>> = {
  download: `download firmware|config|"TYPE" FILE|URL [commandKey=K] [username=U] [password=P] [delaySeconds=N]
  the phone downloads a file: a local FILE, which this ACS serves, or a URL;
  firmware and config stand for the standard's file types
`,
  upload: `upload config|log|"TYPE" [URL] [commandKey=K] [username=U] [password=P] [delaySeconds=N]
  the phone uploads a file to URL, by PUT; without URL, to this ACS (acs --uploads)
`,
  schedule: `schedule firmware|config|"TYPE" FILE|URL START END [commandKey=K] [username=U] [password=P]
  ScheduleDownload in a time window: START and END in seconds from now
`,
};

/** Null: another command. Throws an Error with the usage. The RPC's arguments are checked when it is parsed. */
export function transferCall(command: string, words: readonly string[]): WrittenCall | null {
  if (!Object.hasOwn(TRANSFER_HELP, command)) return null;
  const isOption = (word: string): boolean => /^[a-zA-Z]+=/.test(word);
  const [type, url, ...times] = words.filter((word) => !isOption(word));
  const count = command === "schedule" ? 2 : 0;
  const isComplete = type !== undefined && (url !== undefined || command === "upload") && times.length === count;
  if (!isComplete) throw new Error(usageOf(command));
  const options = Object.fromEntries(words.filter(isOption).map((word) => splitAt(word, word.indexOf("="))));
  const known = command === "upload" ? UPLOADS : DOWNLOADS;
  const args = { ...options, fileType: known[type] ?? type, ...(url === undefined ? {} : { url }) };
  if (command === "upload") return { Upload: args };
  if (command === "download") return { Download: args };
  const [start, end] = times;
  return { ScheduleDownload: { ...args, windows: [{ start, end }] } };
}

function usageOf(command: string): string {
  return `usage: ${TRANSFER_HELP[command]?.split("\n")[0] ?? command}`;
}

function splitAt(text: string, at: number): readonly [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
