import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("shim.c", import.meta.url));

/** Compiles the layer for LD_PRELOAD. @returns its path; null off Linux and where there is no C compiler */
export function compileShim(folder: string): string | null {
  if (process.platform !== "linux") return null;
  const path = join(folder, "shim.so");
  const args = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-o", path, SOURCE, "-ldl", "-lpthread"];
  const { error, status, stderr } = spawnSync(process.env.CC ?? "cc", args, { encoding: "utf8" });
  if (error !== undefined) return null;
  if (status !== 0) throw new Error(`${SOURCE} does not compile: ${stderr}`);
  return path;
}
