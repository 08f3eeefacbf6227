/** From the command line's options to a running ACS. */
import { readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { type Acs, createAcs } from "../../acs/acs.ts";
import type { AcsAuthentication } from "../../acs/authentication.ts";
import type { ConnectionRequestCredentials } from "../../acs/devices.ts";
import { type AcsTls, readTlsFiles } from "../../acs/http-front.ts";
import { SECRET_PARAMETERS } from "../../acs/secret-parameters.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { createTraceWriter, type TraceWriter } from "../../net/trace.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import { describeMessage } from "../../soap/describe.ts";
import { secretMask } from "../../soap/mask.ts";
import { makeTemporaryFolder } from "../../system/temporary-folder.ts";
import { pathRisks } from "../../system/trusted-path.ts";
import { UsageError } from "../io.ts";
import { type PnpCommandOptions, type RunningPnp, startPnp } from "./pnp.ts";
import { setUpXmpp, type XmppCommandOptions } from "./xmpp.ts";

export interface AcsCommandOptions extends XmppCommandOptions, PnpCommandOptions {
  readonly port: number;
  readonly address: string;
  /** `user:password`, or `none`; absent: none. */
  readonly auth?: string;
  /** A file with that value, or `-` for stdin; likewise the other two. */
  readonly authFile?: string;
  readonly cpeAuthFile?: string;
  readonly authScheme: "digest" | "basic";
  readonly tls?: boolean;
  readonly tlsFolder?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly script?: string;
  readonly trace?: string;
  /** Folder for the files that phones upload to this ACS itself. */
  readonly uploads?: string;
  /** `user:password` for connection requests to phones that this ACS has not provisioned. */
  readonly cpeAuth?: string;
  readonly connectionRequest?: string;
  readonly udp?: boolean;
  readonly every: number;
  readonly stun?: number;
  readonly control?: "stdio";
}

export interface AcsPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

export interface RunningAcs {
  readonly acs: Acs;
  /** The throwaway CA's certificate, where there is one: what a phone must trust. */
  readonly caFile: string | null;
  /** Null: PnP is off. */
  readonly pnp: RunningPnp | null;
  close(): Promise<void>;
}

/** Throws UsageError, FindingsError (script), AcsError, and AgentError LISTEN (PnP). */
export async function startAcs(options: AcsCommandOptions, ports: AcsPorts): Promise<RunningAcs> {
  const script = options.script === undefined ? undefined : await readScript(options.script);
  const authentication = authenticationOf(options);
  const cpeAuth = options.cpeAuth === undefined ? undefined : credentialsIn(options.cpeAuth, "--cpe-auth");
  warnOfOthers(options, ports.log);
  const xmpp = await setUpXmpp(options, ports.scheduler);
  const pnp = await startPnp(options, ports);
  const tls = await setUpTls(options, ports).catch(async (error: unknown) => {
    await pnp?.close();
    throw error;
  });
  const trace = options.trace === undefined ? null : openTrace(options.trace, ports.log);
  const close = async (): Promise<void> => {
    await pnp?.close();
    await trace?.close();
    if (tls?.temporary) await rm(tls.temporary, { recursive: true, force: true });
  };
  const acs = await createAcs({
    address: options.address,
    port: options.port,
    authentication,
    ...(tls === null ? {} : { tls: tls.files }),
    ...(script === undefined ? {} : { script }),
    ...(trace === null ? {} : { trace: trace.observe }),
    uploads: { folder: uploadFolder(options.uploads) },
    ...(xmpp === null ? {} : { xmpp }),
    ...(cpeAuth === undefined ? {} : { connectionRequestCredentials: cpeAuth }),
    udp: { datagrams: createDatagrams(ports.log), stunPort: options.stun ?? null },
    ...ports,
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    acs,
    caFile: tls?.caFile ?? null,
    pnp,
    async close() {
      await acs.close();
      await close();
    },
  };
}

/** The given folder, or a temporary one that is created on demand and kept. */
function uploadFolder(named: string | undefined): () => Promise<string> {
  let folder = named === undefined ? null : Promise.resolve(named);
  return () => {
    folder ??= makeTemporaryFolder("akuvox-cpe-uploads-");
    return folder;
  };
}

/** Warns if others may change its inputs or read its files (docs/decisions/0031). */
function warnOfOthers({ key, trace, tlsFolder, uploads }: AcsCommandOptions, log: Logger): void {
  const paths = [
    { option: "--key", path: key, role: "secret" },
    { option: "--trace", path: trace, role: "folder" },
    { option: "--uploads", path: uploads, role: "folder" },
    { option: "--tls-folder", path: tlsFolder, role: "folder" },
  ] as const;
  for (const { option, path, role } of paths) {
    for (const { message } of path === undefined ? [] : pathRisks(path, role)) log.warn({}, `${option}: ${message}`);
  }
}

function authenticationOf({ auth = "none", authScheme }: AcsCommandOptions): AcsAuthentication {
  if (auth === "none") return { scheme: "none" };
  const { username, password } = credentialsIn(auth, "--auth");
  return { scheme: authScheme, users: new Map([[username, password]]) };
}

function credentialsIn(text: string, option: string): ConnectionRequestCredentials {
  const colon = text.indexOf(":");
  if (colon < 1) throw new UsageError(`${option} must be user:password${option === "--auth" ? " or none" : ""}`);
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function readScript(file: string) {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError(`cannot read the script: ${messageOf(cause)}`);
  });
  const { parseScript } = await import("../../acs/script-file.ts");
  return parseScript(text, file);
}

interface TlsSetUp {
  readonly files: AcsTls;
  readonly caFile: string | null;
  /** A folder that is removed when the ACS ends. */
  readonly temporary: string | null;
}

async function setUpTls(options: AcsCommandOptions, ports: AcsPorts): Promise<TlsSetUp | null> {
  const { cert, key, tls } = options;
  if ((cert === undefined) !== (key === undefined)) throw new UsageError("--cert and --key must be used together");
  if (cert !== undefined && key !== undefined)
    return { files: await readTlsFiles(cert, key), caFile: null, temporary: null };
  if (tls !== true && options.tlsFolder === undefined) return null;
  const { createThrowawayCa, writeThrowawayCa } = await import("../../system/certificates/throwaway-ca.ts");
  const names = new Set(["127.0.0.1", "localhost", hostname().toLowerCase(), options.address]);
  const ca = await createThrowawayCa([...names], ports);
  const temporary = options.tlsFolder === undefined ? await makeTemporaryFolder("akuvox-cpe-acs-") : null;
  const paths = await writeThrowawayCa(ca, temporary ?? options.tlsFolder ?? ".");
  return { files: ca, caFile: paths.ca, temporary };
}

function openTrace(folder: string, log: Logger): TraceWriter {
  return createTraceWriter({
    folder,
    mask: secretMask(SECRET_PARAMETERS),
    describe: describeMessage,
    log,
  });
}
