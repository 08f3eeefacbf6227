import type { Finding } from "../cwmp/findings.ts";
import { readSmallFile } from "./readable-files.ts";
import type { SettingsTree } from "./settings-tree.ts";
import { PASSWORD_GROUPS } from "./tr069-options.ts";
import type { OptionPath } from "./yaml-document.ts";

/** Reads every `passwordFile` into the `password` beside it. */
export function readPasswordFiles(tree: SettingsTree): Finding[] {
  return PASSWORD_GROUPS.flatMap((group) => readPasswordFile(tree, group));
}

function readPasswordFile(tree: SettingsTree, group: OptionPath): Finding[] {
  const filePath = [...group, "passwordFile"];
  const passwordPath = [...group, "password"];
  const file = tree.get(filePath);
  // Anything but a text is reported where types are checked.
  if (typeof file !== "string" || file === "") return [];
  if (tree.get(passwordPath) !== undefined) {
    const message = "password and passwordFile are both set; leave one of them out";
    return [tree.finding(filePath, "BOTH_PASSWORDS", message, "key")];
  }
  const read = readSmallFile(tree.resolvePath(filePath, file));
  if ("problem" in read) {
    return [tree.finding(filePath, "FILE_UNREADABLE", `the password file cannot be used: ${read.problem}`)];
  }
  const password = read.text.replace(/\r?\n$/, "");
  if (/[\p{Cc}\u2028\u2029]/u.test(password) || password !== password.trim() || [...password].length > 256) {
    const message =
      "the password file must hold the password alone, on one line without spaces around it, at most 256 characters";
    return [tree.finding(filePath, "WRONG_VALUE", message)];
  }
  tree.set(passwordPath, password);
  tree.markSensitive(passwordPath);
  return [];
}
