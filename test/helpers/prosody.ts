import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export interface ProsodyOptions {
  readonly domain: string;
  readonly accounts: Readonly<Record<string, string>>;
  readonly tls: "required" | "optional" | "none";
  readonly certificate?: { readonly cert: string; readonly key: string };
  readonly address?: string;
}

/** A real XMPP server on loopback. */
export interface Prosody {
  readonly port: number;
  /** What it has logged. */
  log(): string;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Brings it up again on the same port. */
  start(): Promise<void>;
  /** Stops it from doing anything, with its connections open; or lets it go on. */
  freeze(frozen: boolean): void;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** The program `prosody` of the Debian package, in a folder of its own. Throws where it is not installed. */
export async function startProsody(options: ProsodyOptions): Promise<Prosody> {
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-prosody-"));
  const port = await freePort();
  const file = await writeFiles(folder, port, options);
  let log = "";
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const start = async (): Promise<void> => {
    const running = spawn("prosody", ["-F", "--config", file], { stdio: ["ignore", "pipe", "pipe"] });
    child = running;
    const failed = once(running, "error").then(([error]) => Promise.reject(error as Error));
    for (const stream of [running.stdout, running.stderr]) {
      stream.on("data", (data: Buffer) => {
        log += data.toString();
      });
    }
    await Promise.race([answers(options.address ?? "127.0.0.1", port, () => log), failed]);
  };
  await start();
  return {
    port,
    log: () => log,
    kill,
    start,
    freeze: (frozen) => void child?.kill(frozen ? "SIGSTOP" : "SIGCONT"),
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeFiles(folder: string, port: number, options: ProsodyOptions): Promise<string> {
  const { domain, accounts, tls, certificate, address = "127.0.0.1" } = options;
  const accountFolder = join(folder, "data", domain.replaceAll(".", "%2e").replaceAll("-", "%2d"), "accounts");
  await mkdir(accountFolder, { recursive: true });
  for (const [user, password] of Object.entries(accounts)) {
    await writeFile(join(accountFolder, `${user}.dat`), `return { ["password"] = ${JSON.stringify(password)} };\n`);
  }
  if (certificate !== undefined) {
    await writeFile(join(folder, "cert.pem"), certificate.cert);
    await writeFile(join(folder, "key.pem"), certificate.key);
    await chmod(join(folder, "key.pem"), 0o600);
  }
  const lines = [
    "run_as_root = true",
    `data_path = "${folder}/data"`,
    `interfaces = { "${address}" }`,
    `c2s_ports = { ${port} }`,
    "s2s_ports = {}",
    "http_ports = {}",
    "https_ports = {}",
    `modules_enabled = { "saslauth", "disco", "ping"${tls === "none" ? "" : ', "tls"'} }`,
    `modules_disabled = { "s2s"${tls === "none" ? ', "tls"' : ""} }`,
    'authentication = "internal_plain"',
    `c2s_require_encryption = ${tls === "required"}`,
    "allow_unencrypted_plain_auth = false",
    'log = { { levels = { min = "info" }, to = "console" } }',
    `VirtualHost "${domain}"`,
    ...(certificate === undefined ? [] : [`ssl = { certificate = "${folder}/cert.pem", key = "${folder}/key.pem" }`]),
  ];
  const file = join(folder, "prosody.cfg.lua");
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

async function answers(host: string, port: number, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await canConnect(host, port)) return;
    await sleep(50);
  }
  throw new Error(`prosody does not answer:\n${log()}`);
}

function canConnect(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).then((connected) => {
    socket.destroy();
    return connected as boolean;
  });
}
