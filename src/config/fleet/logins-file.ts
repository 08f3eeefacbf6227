import type { Finding } from "../../cwmp/findings.ts";
import { readSmallFile } from "../readable-files.ts";
import type { SettingsTree } from "../settings-tree.ts";
import type { GroupSettings } from "./fleet-options.ts";

export interface Login {
  readonly username: string;
  readonly password: string;
}

interface ReadLogins {
  readonly logins: readonly Login[] | null;
  readonly finding: Finding | null;
}

/** One `user:password` a line; the password is the rest of the line. No text of the file gets into a finding. */
export function readLogins(tree: SettingsTree, { acsLoginsFile, count }: GroupSettings, at: number): ReadLogins {
  if (acsLoginsFile === null) return { logins: null, finding: null };
  const path = ["groups", at, "acsLoginsFile"];
  const refuse = (code: string, message: string): ReadLogins => {
    return { logins: null, finding: tree.finding(path, code, `the file with ACS logins ${message}`) };
  };
  const read = readSmallFile(tree.resolvePath(path, acsLoginsFile));
  if ("problem" in read) return refuse("FILE_UNREADABLE", `cannot be used: ${read.problem}`);
  const lines = read.text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const logins = lines.map(loginOf);
  const wrong = logins.indexOf(null);
  if (wrong >= 0) return refuse("WRONG_VALUE", `must have user:password on each line; line ${wrong + 1} has not`);
  if (logins.length < count)
    return refuse("TOO_FEW", `has ${logins.length} logins for ${count} phones; one line for each is needed`);
  return { logins: logins.flatMap((login) => login ?? []), finding: null };
}

function loginOf(line: string): Login | null {
  const at = line.indexOf(":");
  if (at < 1 || line.length > 513 || /[\p{Cc}\u2028\u2029]/u.test(line)) return null;
  return { username: line.slice(0, at), password: line.slice(at + 1) };
}
