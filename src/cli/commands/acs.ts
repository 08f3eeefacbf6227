import { type Command, Option } from "commander";
import { printable } from "../../system/printable.ts";
import type { AcsCommandOptions, AcsPorts } from "../acs/set-up.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../io.ts";
import { untilShutdownSignal } from "../stop-signals.ts";
import { wholeNumber } from "../whole-number.ts";

const EXAMPLES = `
Without a script the ACS answers every Inform and sends no RPCs. At a terminal it accepts commands: type help.
To connect a phone, set its tr069.acs.url, username and password (see config.example.yaml).

Examples:
  akuvox-cpe acs --auth none                               plain http, every phone is accepted
  akuvox-cpe acs --tls --auth-file login.txt               https with a generated CA
  akuvox-cpe acs --script provision.yaml --trace trace     RPCs per session; saves every envelope
  akuvox-cpe acs --connection-request all --every 30       asks all phones for sessions
  akuvox-cpe acs --pnp http://127.0.0.1:8080/prov/         gives bare phones the URL of their files
  akuvox-cpe acs --stun 3478 --address 192.0.2.1           reaches phones behind a NAT too (docs/nat.md)

Scripts are described in docs/acs-scripts.md.
`;

export function registerAcs(program: Command, io: CliIo): void {
  program
    .command("acs")
    .description("run a small ACS, for demos and tests, or if you have none")
    .option("-p, --port <number>", "port to listen on; 0: any free one", wholeNumber(0, 65_535), 7557)
    .option("--address <address>", "address to listen on", "127.0.0.1")
    .option("--auth <user:password>", "login that phones must use, or none (default: none)")
    .option("--auth-file <file>", "the same as one line of a file, or from stdin (-): ps does not show it")
    .addOption(new Option("--auth-scheme <scheme>", "how").choices(["digest", "basic"]).default("digest"))
    .option("--tls", "serve https, with a generated certificate authority")
    .option("--tls-folder <dir>", "folder for the files of that authority (default: a temporary one)")
    .option("--cert <file>", "serve https with this certificate, PEM")
    .option("--key <file>", "the private key of that certificate, PEM")
    .option("-s, --script <file>", "RPCs for the phones, session by session, YAML")
    .option("-t, --trace <dir>", "save every envelope as a numbered file, passwords masked")
    .option("--uploads <dir>", "folder for files that phones upload to this ACS (default: a temporary one)")
    .option("--cpe-auth <user:password>", "login for connection requests, if this ACS has not set one itself")
    .option("--cpe-auth-file <file>", "the same from a file, or stdin (-)")
    .option("--xmpp <user@domain:password>", "account for XMPP connection requests (docs/xmpp.md)")
    .option("--xmpp-file <file>", "the same from a file, or stdin (-)")
    .option("--xmpp-server <host:port>", "its server, if that is not its domain")
    .option("--xmpp-ca <file>", "certificate authority of that server, PEM")
    .option("--connection-request <device>", "send connection requests to this phone (its serial number), or to all")
    .option("--udp", "send them by UDP, to the address that the phone has found by STUN (docs/nat.md)")
    .option("--every <seconds>", "interval of the connection requests", wholeNumber(1, 86_400), 60)
    .option("--stun <port>", "answer STUN on this UDP port, to reach phones behind a NAT", wholeNumber(0, 65_535))
    .option("--pnp <url>", "give this URL to phones that ask the network for their files by SIP PnP (docs/autop.md)")
    .option("--pnp-port <number>", "the UDP port that they ask; 0: any free one", wholeNumber(0, 65_535), 5060)
    .addOption(new Option("--control <channel>", "accept commands as JSON lines").choices(["stdio"]))
    .addHelpText("after", EXAMPLES)
    .action((options: AcsCommandOptions) => runAcs(options, io));
}

async function runAcs(options: AcsCommandOptions, io: CliIo): Promise<void> {
  const { AcsError } = await import("../../acs/errors.ts");
  try {
    await serve(options, io);
  } catch (error) {
    if (!(error instanceof AcsError)) throw error;
    io.stderr(`error: ${printable(error.message)}\n`);
    throw new CliExit(EXIT_FAILED);
  }
}

async function serve(options: AcsCommandOptions, io: CliIo): Promise<void> {
  const { startAcs } = await import("../acs/set-up.ts");
  const { requestRegularly, serveControl, serveReadable } = await import("../acs/serve.ts");
  const ports = await systemPorts(io);
  const { withPrivateTexts } = await import("../acs/private-options.ts");
  const running = await startAcs(await withPrivateTexts(options, io), ports);
  const warn = (message: string): void => io.stderr(`${printable(message)}\n`);
  const { connectionRequest: device, udp = false, every } = options;
  const stopRequests =
    device === undefined ? () => {} : requestRegularly(running, { device, udp }, every, ports.scheduler, warn);
  try {
    await (options.control === "stdio" ? serveControl : serveReadable)(running, io, untilShutdownSignal());
  } finally {
    stopRequests();
    await running.close();
  }
}

async function systemPorts(io: CliIo): Promise<AcsPorts> {
  const { createSystemClock } = await import("../../system/clock.ts");
  const { createScheduler } = await import("../../system/scheduler.ts");
  const { createSystemRandom } = await import("../../system/system-random.ts");
  const { createLogger } = await import("../logging.ts");
  const log = await createLogger({ level: "warn", format: "auto", destination: { write: io.writeLog } });
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, (err, timer) => log.error({ err, timer }, "a timer failed"));
  return { clock, scheduler, random: createSystemRandom(), log };
}
