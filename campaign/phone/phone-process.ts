import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";

/** One run of the built product, `akuvox-cpe run`, as a process. */
export interface PhoneProcess {
  readonly pid: number;
  /** How it ended; null while it runs. */
  readonly ended: Ending | null;
  /** Resolves when it has ended. */
  readonly end: Promise<Ending>;
  /** The last 64 KiB that it wrote. */
  log(): string;
  kill(signal: NodeJS.Signals): void;
  /** Whether it runs or is runnable, or waits for a hook that is; false if unknown. */
  isBusy(): Promise<boolean>;
  /** Asks for a session over the control socket; does not wait for it. Failures are left to the caller's own checks. */
  inform(): Promise<void>;
  /** Applies a configuration file as a person would. @returns the HTTP status; 0: not answered */
  applyFile(text: string): Promise<number>;
}

export interface Ending {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

const KEPT_LOG = 64 * 1024;

export interface StartOptions {
  readonly main: string;
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** For node itself, such as a file layer to load first. */
  readonly nodeArguments?: readonly string[];
}

export function startPhone({ main, folder, environment = {}, nodeArguments = [] }: StartOptions): PhoneProcess {
  const args = [...nodeArguments, main, "run", "--config", join(folder, "config.yaml")];
  const env = { PATH: process.env.PATH ?? "", HOME: folder, UV_USE_IO_URING: "0", ...environment };
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log = `${log}${text}`.slice(-KEPT_LOG);
    });
  }
  let ended: Ending | null = null;
  const end = once(child, "exit").then(([code, signal]) => {
    ended = { code, signal };
    return ended;
  });
  return {
    pid: child.pid ?? 0,
    get ended() {
      return ended;
    },
    end,
    log: () => log,
    isBusy: async () => (await isRunning(child.pid ?? 0)) || (await hasChildren(child.pid ?? 0)),
    kill: (signal) => void child.kill(signal),
    inform: async () => void (await control(child, folder, "/inform", "application/json", "{}")),
    applyFile: (text) => control(child, folder, "/autop", "text/plain", text),
  };
}

async function isRunning(pid: number): Promise<boolean> {
  return / [RD] /.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
}

/** None but hooks and commands, which end by themselves. */
async function hasChildren(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "")) !== "";
}

function control(child: ChildProcess, folder: string, path: string, type: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const socketPath = join(folder, "state/control.sock");
    const headers = { "Content-Type": type };
    const call = request({ socketPath, method: "POST", path, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", () => resolve(0));
    });
    const stop = (): void => void call.destroy();
    child.once("exit", stop);
    call.on("close", () => child.off("exit", stop));
    call.on("error", () => resolve(0));
    call.end(body);
  });
}
