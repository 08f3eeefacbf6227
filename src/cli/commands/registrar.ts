import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { messageOf } from "../../cwmp/errors.ts";
import { printable, printableJson } from "../../system/printable.ts";
import { CliExit, type CliIo, EXIT_FAILED, UsageError } from "../io.ts";
import type { RegistrarSettings } from "../registrar/start-registrar.ts";
import { untilShutdownSignal } from "../stop-signals.ts";
import { systemPorts } from "../system-ports.ts";
import { wholeNumber } from "../whole-number.ts";

interface RegistrarOptions {
  readonly address: string;
  readonly port: number;
  readonly realm: string;
  readonly user?: readonly string[];
  readonly userFile?: string;
  readonly refuse?: readonly string[];
  readonly minExpires: number;
  readonly maxExpires: number;
  readonly cert?: string;
  readonly key?: string;
  readonly tlsPort: number;
  readonly json?: boolean;
}

const EXAMPLES = `
To register a phone, set its account's SIP server and port (docs/sip.md). At
a terminal, Enter shows who is registered.

Examples:
  akuvox-cpe registrar --user 1001:secret
  akuvox-cpe registrar --user-file users.txt --refuse 1002=403 --json
`;

export function registerRegistrar(program: Command, io: CliIo): void {
  program
    .command("registrar")
    .description("run a small SIP registrar, for demos and tests, or if you have none")
    .option("-p, --port <number>", "UDP and TCP port; 0: any free one", wholeNumber(0, 65_535), 5060)
    .option("--address <address>", "address to listen on", "127.0.0.1")
    .option("--realm <text>", "realm of the Digest challenge", "akuvox-cpe")
    .option("--user <name:password>", "a user; may be repeated", repeated)
    .option(
      "--user-file <file>",
      "users, name:password on a line each, from a file or stdin (-): ps does not show them",
    )
    .option("--refuse <user=status>", "refuse a user with a status of 400 to 699; may be repeated", repeated)
    .option("--min-expires <seconds>", "the shortest registration", wholeNumber(1, 86_400), 60)
    .option("--max-expires <seconds>", "the longest registration", wholeNumber(1, 86_400), 3_600)
    .option("--cert <file>", "also serve TLS, with this certificate, PEM")
    .option("--key <file>", "the private key of that certificate, PEM")
    .option("--tls-port <number>", "TCP port of TLS; 0: any free one", wholeNumber(0, 65_535), 5061)
    .option("--json", "print events as JSON lines")
    .addHelpText("after", EXAMPLES)
    .action((options: RegistrarOptions) => runRegistrar(options, io));
}

async function runRegistrar(options: RegistrarOptions, io: CliIo): Promise<void> {
  const { startRegistrar } = await import("../registrar/start-registrar.ts");
  const { registrarLine, whoIsThere } = await import("../registrar/registrar-lines.ts");
  const ports = await systemPorts(io);
  const time = (): string => new Date(ports.clock.now()).toISOString().slice(11, 19);
  const settings: RegistrarSettings = {
    ...{ address: options.address, port: options.port, realm: options.realm, tls: await tlsOf(options, io) },
    users: usersOf([...(options.user ?? []), ...(await userLines(options, io))]),
    refusals: refusalsOf(options.refuse ?? []),
    ...{ minExpiresSeconds: options.minExpires, maxExpiresSeconds: options.maxExpires },
    event(event) {
      if (options.json === true) io.stdout(`${printableJson(JSON.stringify(event))}\n`);
      else io.stdout(`${time()}  ${printable(registrarLine(event))}\n`);
    },
  };
  const running = await startRegistrar(settings, ports).catch((error: unknown) => {
    io.stderr(`error: ${printable(messageOf(error))}\n`);
    throw new CliExit(EXIT_FAILED);
  });
  const secure = running.tlsPort === null ? "" : `, TLS port ${running.tlsPort}`;
  if (options.json === true) io.stdout(`${JSON.stringify({ kind: "listening", port: running.port })}\n`);
  else io.stdout(`SIP registrar at ${options.address}, UDP and TCP port ${running.port}${secure}\n`);
  const show = (): void =>
    io.stdout(whoIsThere(running.registrar.bindings, ports.clock.monotonic(), io.terminal?.columns ?? null));
  const atTerminal = io.terminal !== null && process.stdin.isTTY;
  if (atTerminal) process.stdin.on("data", show);
  try {
    await untilShutdownSignal();
  } finally {
    if (atTerminal) process.stdin.pause();
    await running.close();
  }
}

async function userLines({ userFile }: RegistrarOptions, io: CliIo): Promise<readonly string[]> {
  if (userFile === undefined) return [];
  const { privateText } = await import("../private-text.ts");
  return (await privateText(userFile, "--user-file", io)).split(/\r?\n/).filter((line) => line.trim() !== "");
}

async function tlsOf({ cert, key, tlsPort }: RegistrarOptions, io: CliIo): Promise<RegistrarSettings["tls"]> {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) throw new UsageError("--cert and --key go together");
  const { privateText } = await import("../private-text.ts");
  const certText = await readFile(cert, "utf8").catch((error: unknown) => {
    throw new UsageError(`--cert cannot be read: ${messageOf(error)}`);
  });
  return { port: tlsPort, cert: certText, key: await privateText(key, "--key", io) };
}

function usersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf(":");
      if (at < 1) throw new UsageError("a user must be name:password");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function refusalsOf(texts: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    texts.map((text): [string, number] => {
      const [, user = "", status] = /^(.+)=([4-6]\d\d)$/.exec(text) ?? [];
      if (status === undefined) throw new UsageError("--refuse must be user=status, with a status of 400 to 699");
      return [user, Number(status)];
    }),
  );
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
