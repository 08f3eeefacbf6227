import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AgentError, messageOf } from "../../cwmp/errors.ts";
import type { Backend } from "../../ports/backend.ts";
import { isObject, kindOf } from "./answers.ts";
import { backendProblems } from "./checked-backend.ts";
import { hardwareProblems } from "./hardware-backend.ts";
import { CONTRACT_VERSION, type CreateBackend, type PlugInContext, type PlugInHardware } from "./plug-in.ts";

export type LoadedPlugIn =
  | { readonly level: "hardware"; readonly hardware: PlugInHardware }
  | { readonly level: "backend"; readonly backend: Backend };

const SYNTAX_CHECK_MS = 10_000;

/**
 * Imports the module and calls its `createBackend`.
 *
 * @throws AgentError CONFIG: the module itself is wrong; AgentError BACKEND_IO: `createBackend` has thrown
 */
export async function loadPlugIn(path: string, context: PlugInContext): Promise<LoadedPlugIn> {
  const createBackend = await importCreateBackend(path);
  let made: unknown;
  try {
    made = await createBackend(context);
  } catch (error) {
    throw new AgentError("BACKEND_IO", `createBackend has failed: ${messageOf(error)}${placeOf(error)}`, {
      cause: error,
    });
  }
  if (isObject(made) && "hardware" in made) {
    refuseProblems(hardwareProblems(made.hardware));
    return { level: "hardware", hardware: made.hardware as PlugInHardware };
  }
  refuseProblems(backendProblems(made));
  return { level: "backend", backend: made as Backend };
}

async function importCreateBackend(path: string): Promise<CreateBackend> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw wrong(`${messageOf(error)}${placeOf(error) || syntaxErrorPlace(path, error)}`, error);
  }
  const inside = isObject(module.default) ? module.default : {};
  const createBackend = module.createBackend ?? inside.createBackend;
  const contract = module.contract ?? inside.contract ?? CONTRACT_VERSION;
  if (contract !== CONTRACT_VERSION) {
    const made = typeof contract === "number" ? `version ${contract}` : kindOf(contract);
    throw wrong(`it is written for ${made} of the backend contract, and this program has version ${CONTRACT_VERSION}`);
  }
  if (typeof createBackend === "function") return createBackend as CreateBackend;
  const names = Object.keys(module);
  const exported = names.length === 0 ? "exports nothing" : `exports ${names.join(", ")}`;
  throw wrong(`it must export a function createBackend, and ${exported}`);
}

function refuseProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw wrong(problems.join("; "));
}

function wrong(message: string, cause?: unknown): AgentError {
  return new AgentError("CONFIG", message, { cause });
}

/** ` (my-phone.mjs:12:5)`: the first stack frame outside of node; empty if there is none. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const [, url = "", line = "", column = ""] = /(file:\/\/[^\s()]+?):(\d+):(\d+)/.exec(stack) ?? [];
  if (url === "" || error instanceof SyntaxError) return "";
  return ` (${basename(fileURLToPath(url))}:${line}:${column})`;
}

/** Node's import error has no position of a syntax error; `node --check` reports it. */
function syntaxErrorPlace(path: string, error: unknown): string {
  if (!(error instanceof SyntaxError)) return "";
  const { stderr } = spawnSync(process.execPath, ["--check", path], { encoding: "utf8", timeout: SYNTAX_CHECK_MS });
  const line = /:(\d+)$/m.exec((stderr ?? "").split("\n")[0] ?? "")?.[1];
  return line === undefined ? " (in a file that it imports)" : ` (${basename(path)}:${line})`;
}
