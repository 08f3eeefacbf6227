import { constants } from "node:fs";
import { type FileHandle, lstat, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AgentError, isAgentError, messageOf } from "../cwmp/errors.ts";
import type { Scheduler } from "../ports/clock.ts";
import type { CheckAddress } from "../ports/datagrams.ts";
import type { DownloadedFile, FileServer, FileTransfer, TransferProgress } from "../ports/file-transfer.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import { replaceFile, signatureOf } from "../system/atomic-file.ts";
import { makeFolder, syncFolder, type UnconfirmedFolder, warnOncePerFolder } from "../system/durable-folder.ts";
import { describeIoError } from "../system/io-errors.ts";
import { openPlain, readPlain, refuseLink } from "../system/safe-file.ts";
import { secureContextOf, type TlsOptions } from "./connector.ts";
import { exchangeFile, type FileAnswer, type FileExchangeOptions } from "./file-exchange.ts";
import { createInsecureWays } from "./insecure-ways.ts";
import { otherFault } from "./transfer-faults.ts";

export interface FileServersOptions {
  readonly tls: TlsOptions;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** A larger file is fault 9010. */
  readonly maxFileBytes: number;
  /** For DNS, TCP and TLS together. */
  readonly connectMs: number;
  /** Longest silence of the server. 60 s unless given. */
  readonly silenceMs?: number;
  readonly userAgent: string;
  /** Whether a host may be asked (`hostname` of a URL); others are fault 9001. Each may unless given. */
  readonly isAllowed?: (hostname: string) => boolean;
  /** Of servers; each may be connected to unless given. */
  readonly checkAddress?: CheckAddress | undefined;
  /** Whether Basic without TLS and a redirect from https to http are refused; else they are warned about. */
  readonly refuseInsecure: boolean;
  readonly log: Logger;
}

const SILENCE_MS = 60_000;
const PART = ".part";

/** The way to file servers, shared by the phones of a process. Each phone has a folder of its own for its downloads. */
export interface FileServers {
  /** @param folder made when it is missing; holds nothing but this phone's downloads. */
  into(folder: string): FileTransfer;
}

/** Files over HTTP/1.1 and TLS (TR-069 3.4.3). Throws AgentError CONFIG when certificates or key cannot be used. */
export function createFileServers(options: FileServersOptions): FileServers {
  const { scheduler, random, userAgent, log } = options;
  const shared: Shared = {
    exchange: {
      secureContext: secureContextOf(options.tls),
      scheduler,
      random,
      connectMs: options.connectMs,
      silenceMs: options.silenceMs ?? SILENCE_MS,
      userAgent,
      isAllowed: options.isAllowed ?? (() => true),
      checkAddress: options.checkAddress,
      insecure: createInsecureWays({ refuse: options.refuseInsecure, log }),
    },
    maxFileBytes: options.maxFileBytes,
    unconfirmed: warnOncePerFolder(log),
    log,
  };
  return { into: (folder) => new FolderTransfer(shared, folder) };
}

interface Shared {
  readonly exchange: FileExchangeOptions;
  readonly maxFileBytes: number;
  readonly unconfirmed: UnconfirmedFolder;
  readonly log: Logger;
}

class FolderTransfer implements FileTransfer {
  readonly #shared: Shared;
  readonly #folder: string;

  constructor(shared: Shared, folder: string) {
    this.#shared = shared;
    this.#folder = folder;
  }

  async download(
    server: FileServer,
    name: string,
    signal: AbortSignal,
    onProgress: (progress: TransferProgress) => void = () => {},
  ): Promise<DownloadedFile> {
    const { exchange, maxFileBytes, unconfirmed } = this.#shared;
    const folder = this.#folder;
    const path = pathOf(folder, name);
    await inFolder(folder, async () => {
      await refuseLink(folder);
      await makeFolder(folder, { mode: 0o700, unconfirmed });
    });
    return exchangeFile(exchange, { server, content: null, signal }, (answer) =>
      writeDownload(answer, path, { maxFileBytes, unconfirmed, onProgress }),
    );
  }

  fetch(server: FileServer, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return exchangeFile(this.#shared.exchange, { server, content: null, signal }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of bounded(answer, maxBytes)) chunks.push(chunk);
      return Buffer.concat(chunks);
    });
  }

  upload(server: FileServer, content: Uint8Array, signal: AbortSignal): Promise<void> {
    return exchangeFile(this.#shared.exchange, { server, content, signal }, async ({ body }) => {
      for await (const _chunk of body);
    });
  }

  async find(name: string): Promise<DownloadedFile | null> {
    const path = pathOf(this.#folder, name);
    const found = await lstat(path).catch(() => null);
    return found === null || !found.isFile() ? null : { path, bytes: found.size };
  }

  async read(name: string): Promise<Uint8Array> {
    const path = pathOf(this.#folder, name);
    return inFolder(this.#folder, () => readPlain(path));
  }

  async keepOnly(names: readonly string[]): Promise<void> {
    const folder = this.#folder;
    try {
      await refuseLink(folder);
      for (const entry of await readdir(folder).catch(() => [])) {
        if (!names.includes(entry)) await rm(join(folder, entry), { force: true });
      }
    } catch (error) {
      this.#shared.log.warn(
        { reason: messageOf(error) },
        describeIoError("cannot remove downloads from", folder, error),
      );
    }
  }
}

/** The name is the agent's own, never a word of the ACS (C-286). */
function pathOf(folder: string, name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) throw new Error("not the name of a download");
  return join(folder, name);
}

interface DownloadOptions {
  readonly maxFileBytes: number;
  readonly unconfirmed: UnconfirmedFolder;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** Whatever stands there with its name, such as a link, goes. */
async function openNew(path: string): Promise<FileHandle> {
  await rm(path, { force: true });
  return openPlain(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY);
}

async function writeDownload(
  answer: FileAnswer,
  path: string,
  { maxFileBytes, unconfirmed, onProgress }: DownloadOptions,
): Promise<DownloadedFile> {
  const part = `${path}${PART}`;
  let bytes = 0;
  let signature = "";
  try {
    const file = await inFolder(part, () => openNew(part));
    try {
      for await (const chunk of bounded(answer, maxFileBytes)) {
        bytes += chunk.length;
        await inFolder(part, () => file.writeFile(chunk));
        onProgress({ bytes, totalBytes: answer.bytes });
      }
      await inFolder(part, () => file.sync());
      signature = await inFolder(part, async () => signatureOf(await file.stat({ bigint: true })));
    } finally {
      await file.close();
    }
    await inFolder(part, async () => {
      await replaceFile(part, path, signature);
      await syncFolder(dirname(path), unconfirmed);
    });
    return { path, bytes };
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
}

/** The body, as long as it is no larger than that. */
async function* bounded({ body, bytes }: FileAnswer, maxBytes: number): AsyncIterable<Buffer> {
  const tooLarge = () => otherFault(`the file is larger than the limit of ${maxBytes} bytes`, "download");
  if ((bytes ?? 0) > maxBytes) throw tooLarge();
  let taken = 0;
  for await (const chunk of body) {
    taken += chunk.length;
    if (taken > maxBytes) throw tooLarge();
    yield chunk;
  }
}

async function inFolder<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAgentError(error)) throw error;
    throw new AgentError("STATE_IO", describeIoError("cannot keep a download in", path, error), { cause: error });
  }
}
