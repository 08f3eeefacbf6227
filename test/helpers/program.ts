import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Ended } from "./commands.ts";
import { PROGRAM } from "./typescript.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The program as a process of its own, with nothing of this environment but where programs are. */
export function startProgram(args: readonly string[]) {
  return spawn(process.execPath, [...PROGRAM, ...args], { cwd: ROOT, env: { PATH: process.env.PATH } });
}

/** Runs it to its end; an exit code of -1 stands for a signal. */
export async function runProgram(args: readonly string[]): Promise<Ended> {
  const child = startProgram(args);
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.stderr += text));
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode: exitCode ?? -1, ...texts };
}
