/** The ACS's own file server: sends and takes what a link stands for (file-links.ts). */
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { messageOf } from "../cwmp/errors.ts";
import { describeIoError } from "../system/io-errors.ts";
import { openPlain } from "../system/safe-file.ts";
import type { FileLink, FileLinks } from "./file-links.ts";

export interface FileServer {
  /** Whether it was a request for a file, valid or not: it is answered then. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, onValid: () => void): Promise<boolean>;
}

/** The result of a transfer: `error` is null if the file is complete. */
export interface FileReport {
  readonly link: FileLink;
  readonly bytes: number;
  readonly error: string | null;
}

export interface FileServerOptions {
  readonly links: FileLinks;
  readonly maxUploadBytes: number;
  readonly onFile: (report: FileReport) => void;
  readonly onRefused: (address: string, status: number, reason: string) => void;
}

const FILE_TARGET = /\/files\/[0-9a-f]{32}(?:\/|$)/;

interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly error: string | null;
}

export function createFileServer({ links, maxUploadBytes, onFile, onRefused }: FileServerOptions): FileServer {
  const serve = async (request: IncomingMessage, response: ServerResponse, link: FileLink): Promise<void> => {
    if (request.method === "HEAD" && link.kind === "fetch") return await head(response, link.path);
    const perform =
      link.kind === "fetch" ? sendFile(response, link.path) : takeFile(request, link.path, maxUploadBytes);
    const { status, bytes, error } = await perform;
    onFile({ link, bytes, error });
    if (response.headersSent) return;
    if (error !== null) response.setHeader("connection", "close");
    answer(response, status, error === null ? "" : `${error}\n`);
  };
  return {
    async handle(request, response, onValid) {
      if (!FILE_TARGET.test(request.url ?? "")) return false;
      const link = links.find(request.url ?? "");
      const methods = link?.kind === "bring" ? ["PUT", "POST"] : ["GET", "HEAD"];
      if (link === null || !methods.includes(request.method ?? "")) {
        const [status, reason] =
          link === null ? [404, "no such file"] : [405, `this URL allows ${methods.join(", ")} only`];
        onRefused(`${request.socket.remoteAddress ?? "unknown"}:${request.socket.remotePort ?? 0}`, status, reason);
        response.setHeader("connection", "close");
        answer(response, status, `${reason}\n`);
        return true;
      }
      onValid();
      await serve(request, response, link).catch((error: unknown) => {
        onFile({ link, bytes: 0, error: messageOf(error) });
        response.destroy();
      });
      return true;
    },
  };
}

async function head(response: ServerResponse, path: string): Promise<void> {
  const file = await open(path).catch(() => null);
  if (file === null) return answer(response, 404, "");
  try {
    response.writeHead(200, { "content-length": (await file.stat()).size }).end();
  } finally {
    await file.close();
  }
}

async function sendFile(response: ServerResponse, path: string): Promise<Outcome> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    return { status: 404, bytes: 0, error: describeIoError("cannot read the file", path, error) };
  }
  const { size } = await file.stat();
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": size });
  // Not more than was announced, though the file may grow meanwhile. The stream closes the file, whatever happens.
  const source = file.createReadStream({ end: Math.max(0, size - 1) });
  const sent = size === 0 ? pipeline([], response).finally(() => source.destroy()) : pipeline(source, response);
  return await sent.then(
    () => ({ status: 200, bytes: size, error: null }),
    (error: unknown) => ({ status: 500, bytes: 0, error: `the file was not sent completely: ${messageOf(error)}` }),
  );
}

/** Whole or not at all: it has its name when all of it has come. */
async function takeFile(request: IncomingMessage, path: string, maxBytes: number): Promise<Outcome> {
  const temporary = `${path}.${request.socket.remotePort ?? 0}.part`;
  let bytes = 0;
  try {
    const file = await openPlain(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    try {
      // The connection stays: the answer is still to be sent on it.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new TooLarge(maxBytes);
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return { status: 201, bytes, error: null };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if (error instanceof TooLarge) return { status: 413, bytes, error: error.message };
    return { status: 500, bytes, error: describeIoError("cannot save the file", path, error) };
  }
}

class TooLarge extends Error {
  override readonly name = "TooLarge";

  constructor(maxBytes: number) {
    super(`it is larger than ${maxBytes} bytes`);
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
