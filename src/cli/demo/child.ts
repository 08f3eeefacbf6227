import { type ChildProcess, spawn } from "node:child_process";

/** Runs this program as a separate process. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Its output on stderr so far. */
  errors(): string;
  /** Sends SIGTERM, and SIGKILL after 5 s; resolves like `ended`. */
  stop(): Promise<number | string>;
}

export interface Children {
  start(args: readonly string[]): Child;
  /** At once, by SIGKILL. */
  killAll(): void;
}

const STOP_WITHIN_MS = 5000;
const MAX_ERRORS = 100_000;

/** The processes of one demo: all end with it, however it ends. */
export function createChildren(): Children {
  const running = new Set<ChildProcess>();
  const killAll = (): void => {
    for (const child of running) child.kill("SIGKILL");
  };
  process.once("exit", killAll);
  return {
    start(args) {
      // As this process was started: under tsx, or compiled.
      const main = process.argv[1] ?? "";
      const child = spawn(process.execPath, [...process.execArgv, main, ...args], { stdio: ["pipe", "pipe", "pipe"] });
      running.add(child);
      child.once("exit", () => running.delete(child));
      return watch(child);
    },
    killAll,
  };
}

function watch(child: ChildProcess): Child {
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-MAX_ERRORS);
  });
  // Writing to a process that has ended fails; `ended` reports that.
  child.stdin?.on("error", () => {});
  const ended = new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    ended,
    errors: () => errors,
    async stop() {
      const killer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
      child.kill("SIGTERM");
      const how = await ended;
      clearTimeout(killer);
      return how;
    },
  };
}
