import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export interface KamailioOptions {
  readonly users: Readonly<Record<string, string>>;
  /** Shorter registrations get a 423. */
  readonly minExpires: number;
  /** Longer ones are cut; 3600 unless given. */
  readonly maxExpires?: number;
  readonly algorithm?: "MD5" | "SHA-256";
  /** PEM; absent: no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** In a network of its own, where phones are reached at the address that their REGISTER came from; absent: on loopback. */
  readonly network?: { readonly address: string; start(program: string, args: readonly string[]): ChildProcess };
}

/** A real SIP proxy and registrar, on loopback unless told otherwise: UDP and TCP on one port. */
export interface Kamailio {
  readonly port: number;
  /** Only with TLS. */
  readonly tlsPort: number;
  /** `REGISTER 1001 expires=60 cseq=1 via=UDP` for each REGISTER that was let in, and what else it has logged. */
  log(): string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const MODULES = "tm sl rr pv maxfwd usrloc registrar textops siputils auth xlog kex corex tmx".split(" ");
const START_MS = 30_000;

/** The program `kamailio` of the Debian package, until the test ends. Throws where it is not installed. */
export async function startKamailio(
  t: { after(run: () => Promise<void>): void },
  options: KamailioOptions,
): Promise<Kamailio> {
  const folder = await mkdtemp(join(tmpdir(), "akuvox-cpe-kamailio-"));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const file = join(folder, "kamailio.cfg");
  await writeFile(file, configuration(port, tlsPort, folder, options));
  if (options.tls !== undefined) {
    await writeFile(join(folder, "cert.pem"), options.tls.cert);
    await writeFile(join(folder, "key.pem"), options.tls.key, { mode: 0o600 });
    await writeFile(
      join(folder, "tls.cfg"),
      `[server:default]\nmethod = TLSv1.2+\ncertificate = ${folder}/cert.pem\nprivate_key = ${folder}/key.pem\n`,
    );
  }
  let log = "";
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  const start = async (): Promise<void> => {
    const args = ["-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-w", folder, "-Y", folder];
    const running =
      options.network?.start("kamailio", args) ?? spawn("kamailio", args, { stdio: ["ignore", "pipe", "pipe"] });
    child = running;
    const failed = once(running, "error").then(([error]) => Promise.reject(error as Error));
    for (const stream of [running.stdout, running.stderr]) {
      stream?.on("data", (data: Buffer) => {
        log += data.toString();
      });
    }
    // Another network cannot be asked from here: whoever registers there asks again and again.
    if (options.network === undefined) await Promise.race([answers(port, () => log), failed]);
  };
  await start();
  t.after(async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  });
  return { port, tlsPort, log: () => log, kill, start };
}

function configuration(port: number, tlsPort: number, folder: string, options: KamailioOptions): string {
  const { users, minExpires, maxExpires = 3_600, algorithm = "MD5", tls, network } = options;
  const address = network?.address ?? "127.0.0.1";
  const passwords = Object.entries(users).map(
    ([user, password]) => `  if ($fU == "${user}") { $var(password) = "${password}"; $var(known) = 1; }`,
  );
  const modules = [...MODULES, ...(tls === undefined ? [] : ["tls"]), ...(network === undefined ? [] : ["nathelper"])];
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
auto_aliases=no
dns=no
listen=udp:${address}:${port}
listen=tcp:${address}:${port}
${tls === undefined ? "" : `listen=tls:${address}:${tlsPort}\nenable_tls=yes`}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib64/kamailio/modules/:/usr/lib/kamailio/modules/"
${modules.map((name) => `loadmodule "${name}.so"`).join("\n")}
modparam("auth", "algorithm", "${algorithm}")
modparam("registrar", "min_expires", 1)
modparam("registrar", "max_expires", ${maxExpires})
modparam("usrloc", "db_mode", 0)
modparam("tm", "fr_timer", 4000)
${network === undefined ? "" : 'modparam("nathelper|registrar", "received_avp", "$avp(RECEIVED)")'}
${tls === undefined ? "" : `modparam("tls", "config", "${folder}/tls.cfg")`}
request_route {
  force_rport();
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("REGISTER")) {
    if ($hdr(Expires) != "0" && $(hdr(Expires){s.int}) < ${minExpires}) {
      append_to_reply("Min-Expires: ${minExpires}\\r\\n");
      sl_send_reply("423", "Interval Too Brief");
      exit;
    }
    $var(known) = 0;
${passwords.join("\n")}
    if ($var(known) == 0) { sl_send_reply("403", "No such user"); exit; }
    if (!pv_www_authenticate("$fd", "$var(password)", "0")) { www_challenge("$fd", "1"); exit; }
${network === undefined ? "" : "    fix_nated_register();"}
    xlog("L_ERR", "REGISTER $fU expires=$hdr(Expires) cseq=$cs via=$proto\\n");
    save("location");
    exit;
  }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK") && !t_check_trans()) { exit; }
    t_relay();
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
  if (is_method("INVITE")) { record_route(); }
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
}
`;
}

/** Until it answers an OPTIONS for nobody. */
async function answers(port: number, log: () => string): Promise<void> {
  const untilMs = performance.now() + START_MS;
  while (performance.now() < untilMs) {
    const answer = await optionsStatus(port, "nobody", 500);
    if (answer !== null) return;
    await sleep(50);
  }
  throw new Error(`kamailio does not answer: ${log().slice(-2_000)}`);
}

/** The status of an OPTIONS for that user; null: no answer. 200 is the phone's own, 404 says that it is not registered. */
export async function optionsStatus(port: number, user: string, withinMs = 5_000): Promise<number | null> {
  const socket = createSocket("udp4");
  try {
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const id = Math.random().toString(36).slice(2);
    const lines = [
      `OPTIONS sip:${user}@127.0.0.1:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${socket.address().port};branch=z9hG4bK${id};rport`,
      ...["Max-Forwards: 70", `From: <sip:probe@127.0.0.1>;tag=${id}`, `To: <sip:${user}@127.0.0.1>`],
      ...[`Call-ID: ${id}`, "CSeq: 1 OPTIONS", "Content-Length: 0", "", ""],
    ];
    const answer = new Promise<number>((resolve) => {
      socket.on("message", (bytes: Buffer) => {
        const status = Number(/^SIP\/2\.0 (\d{3})/.exec(bytes.toString())?.[1]);
        if (status >= 200) resolve(status);
      });
    });
    socket.send(lines.join("\r\n"), port, "127.0.0.1");
    return await Promise.race([answer, sleep(withinMs, null, { ref: false })]);
  } finally {
    socket.close();
  }
}
