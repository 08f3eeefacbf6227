import type { Finding } from "../cwmp/findings.ts";
import type { MustExist } from "./option.ts";
import type { OptionRow } from "./option-table.ts";
import { fileProblem, folderProblem, readSmallFile } from "./readable-files.ts";
import type { SettingsTree } from "./settings-tree.ts";

/** Files and folders that must be there before the agent starts; better said now than at the first session. */
export function checkFiles(tree: SettingsTree, rows: readonly OptionRow[]): Finding[] {
  return [
    ...rows.flatMap((row) => checkFile(tree, row)),
    ...["tls", "web"].flatMap((group) => checkKeyPair(tree, group)),
  ];
}

function checkFile(tree: SettingsTree, row: OptionRow): Finding[] {
  const optionPath = row.path.split(".");
  const stated = tree.get(optionPath);
  if (row.mustExist === undefined || typeof stated !== "string" || stated === "") return [];
  const path = tree.resolvePath(optionPath, stated);
  const problem = PROBLEMS[row.mustExist](path);
  if (problem === null) return [];
  return [tree.finding(optionPath, "FILE_UNREADABLE", `${row.path} cannot be used: ${problem}: ${path}`)];
}

const PROBLEMS: Readonly<Record<MustExist, (path: string) => string | null>> = {
  folder: folderProblem,
  file: fileProblem,
  pem: pemProblem,
};

/** TLS libraries skip what is no PEM without a word, and then nothing is trusted. */
function pemProblem(path: string): string | null {
  const read = readSmallFile(path);
  if ("problem" in read) return read.problem;
  return /-----BEGIN [A-Z ]+-----/.test(read.text) ? null : "it holds nothing in PEM form (-----BEGIN …)";
}

function checkKeyPair(tree: SettingsTree, group: string): Finding[] {
  const certificate = [group, "certificate"];
  const key = [group, "key"];
  const [hasCertificate, hasKey] = [tree.get(certificate) !== undefined, tree.get(key) !== undefined];
  if (hasCertificate === hasKey) return [];
  const [there, missing] = hasCertificate ? [certificate, key] : [key, certificate];
  const message = `${there.join(".")} needs ${missing.join(".")} beside it`;
  return [tree.finding(there, "INCOMPLETE", message, "key")];
}
