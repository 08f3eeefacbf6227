import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { PROGRAM } from "./typescript.ts";

export interface DaemonProcess {
  readonly child: ChildProcess;
  /** Everything on stderr so far. */
  readonly log: () => string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Ends it with the signal and waits for that. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

export interface PhoneFolder {
  readonly folder: string;
  readonly phoneFile: string;
  readonly traceFolder: string;
  /** `env` is added to that of the tests. */
  start(t: TestContext, env?: NodeJS.ProcessEnv): DaemonProcess;
}

/** A folder with the settings of a phone on loopback, and `akuvox-cpe run` over it as a process of its own. */
export async function phoneFolder(folder: string, acsUrl: string, more = ""): Promise<PhoneFolder> {
  const config = join(folder, "config.yaml");
  const yaml = `
tr069:
  enable: true
  acs: { url: "${acsUrl}", username: phone, password: hush-acs }
  cpe: { username: acs, password: hush-cpe }
phone: { mac: "0c:11:05:00:00:07" }
backend: { type: config-file, file: phone.cfg }
stateFolder: state
listen: { address: 127.0.0.1, port: 0 }
${more}`;
  await writeFile(config, yaml, { mode: 0o600 });
  const traceFolder = join(folder, "trace");
  return {
    folder,
    phoneFile: join(folder, "phone.cfg"),
    traceFolder,
    start: (t, env) => runCli(t, ["run", "--config", config, "--trace", traceFolder], env),
  };
}

/** Runs the command line from the sources; killed when the test ends. `env` is added to that of the tests. */
export function runCli(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): DaemonProcess {
  const child = spawn(process.execPath, [...PROGRAM, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  const chunks: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => chunks.push(text));
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  t.after(() => child.kill("SIGKILL"));
  return {
    child,
    log: () => chunks.join(""),
    ended,
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
