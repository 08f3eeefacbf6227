import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Scheduler } from "../../ports/clock.ts";

export type GroupEnd =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "not started"; readonly reason: string };

/** A program with all processes that it starts. */
export interface ProcessGroup {
  /** Never rejects. Waits for the program itself, not for processes that it left running. */
  readonly ended: Promise<GroupEnd>;
  /** Its standard input; a program need not read it. */
  readonly stdin: Writable | null;
  /** Sends SIGTERM to the group, and SIGKILL two seconds later. `ended` resolves soon after that in any case. */
  terminate(): void;
  /** Kills the rest of the group at once. */
  kill(): void;
}

export interface GroupOptions {
  readonly command: readonly string[];
  /** The working folder; relative paths of programs start there. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly scheduler: Scheduler;
  /** Such as `apply hook`, for the names of timers. */
  readonly name: string;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

const TERM_GRACE_MS = 2_000;
const KILL_GRACE_MS = 1_000;
/** All output of the program is in the pipe when it has ended; other processes may hold the pipe open indefinitely. */
const DRAIN_MS = 500;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export type StartGroup = (options: GroupOptions) => ProcessGroup;

/**
 * Starts a program without a shell, as the leader of its own process group. Loaded on demand, to save memory in a
 * phone without hooks.
 */
export async function loadStartGroup(): Promise<StartGroup> {
  const { spawn } = await import("node:child_process");
  return (options) => {
    const [program = "", ...programArguments] = options.command;
    const { folder: cwd, env } = options;
    try {
      return watchOver(
        spawn(program, programArguments, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] }),
        options,
      );
    } catch (error) {
      const ended = Promise.resolve<GroupEnd>({ kind: "not started", reason: startProblem(error) });
      return { ended, stdin: null, terminate: () => {}, kill: () => {} };
    }
  };
}

function watchOver(child: Child, { scheduler, name, onStdout, onStderr }: GroupOptions): ProcessGroup {
  const { pid } = child;
  const streams = [child.stdin, child.stdout, child.stderr];
  let terminating = false;
  let finish: (end: GroupEnd) => void = () => {};
  const ended = new Promise<GroupEnd>((resolve) => {
    finish = resolve;
  });
  const timers = createTimers(scheduler, name);
  let last: GroupEnd = { kind: "signal", signal: "SIGKILL" };
  const close = (): void => {
    timers.cancel();
    for (const stream of streams) stream.destroy();
    child.unref();
    finish(last);
  };
  child.stdout.on("data", onStdout);
  child.stderr.on("data", onStderr);
  // The program does not read or has ended: its exit reports what matters.
  for (const stream of streams) stream.on("error", () => {});
  child.once("error", (error) => {
    if (child.pid !== undefined) return;
    last = { kind: "not started", reason: startProblem(error) };
    close();
  });
  child.once("exit", (code, signal) => {
    last = code === null ? { kind: "signal", signal: signal ?? "a signal" } : { kind: "code", code };
    if (!terminating) return timers.start("rest of the output", DRAIN_MS, close);
    signalGroup(pid, "SIGKILL");
    close();
  });
  child.once("close", close);
  return {
    ended,
    stdin: child.stdin,
    terminate() {
      if (terminating) return;
      terminating = true;
      signalGroup(pid, "SIGTERM");
      timers.start("end", TERM_GRACE_MS, () => {
        signalGroup(pid, "SIGKILL");
        timers.start("end by force", KILL_GRACE_MS, close);
      });
    },
    kill: () => signalGroup(pid, "SIGKILL"),
  };
}

/** One timer at a time. */
function createTimers(scheduler: Scheduler, name: string) {
  let cancel = (): void => {};
  return {
    start(what: string, delayMs: number, run: () => void): void {
      cancel();
      const timer = scheduler.after(delayMs, `${what} of the ${name}`, run);
      cancel = () => timer.cancel();
    },
    cancel: (): void => cancel(),
  };
}

/** The group may be empty, or belong to another user now. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group no longer exists.
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such program, or no such folder to run it in",
  EACCES: "the permission to run it is missing",
  ENOEXEC: "it is not a program: a script must begin with #! and its interpreter",
  E2BIG: "its arguments are too long",
};

function startProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return PROBLEMS[code] ?? (code === "" ? "it cannot be started" : `it cannot be started (${code})`);
}
