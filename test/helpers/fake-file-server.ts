import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { AgentError, CwmpFault } from "../../src/cwmp/errors.ts";
import type { FileServer, FileTransfer, TransferProgress } from "../../src/ports/file-transfer.ts";

/** A file server in this process, with the folder of downloads that outlives a restart of the agent. */
export interface FakeFileServer {
  readonly fileTransfer: FileTransfer;
  /** What a URL serves: a text, bytes, or a failure. */
  serve(url: string, content: string | Uint8Array | Error): void;
  /** What downloads tell of their progress as soon as they are asked for. */
  arrived(progress: TransferProgress): void;
  /** The next request is answered when this is called; without a call they are answered at once. */
  hold(): () => void;
  /** Every request so far, with what it brought. */
  readonly requests: readonly { readonly server: FileServer; readonly content: string | null }[];
  /** Downloads that are kept. */
  readonly kept: ReadonlySet<string>;
}

/** Made with the first download of each server: most have none. */
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function createFakeFileServer(): FakeFileServer {
  const served = new Map<string, string | Uint8Array | Error>();
  const requests: { server: FileServer; content: string | null }[] = [];
  const kept = new Set<string>();
  let folder: string | null = null;
  let progress: TransferProgress | null = null;
  let held: Promise<void> = Promise.resolve();
  const pathOf = (name: string): string => {
    if (folder === null) {
      folder = mkdtempSync(join(tmpdir(), "akuvox-cpe-files-"));
      folders.push(folder);
    }
    return join(folder, name);
  };
  const asked = async (server: FileServer, content: string | null, signal: AbortSignal): Promise<void> => {
    const { url, username, password } = server;
    requests.push({ server: { url, username, password }, content });
    const aborted = new Promise<void>((_resolve, reject) => {
      const fail = (): void => reject(new AgentError("SESSION_ABORTED", "broken off"));
      if (signal.aborted) fail();
      signal.addEventListener("abort", fail);
    });
    await Promise.race([held, aborted]);
  };
  return {
    serve: (url, content) => void served.set(url, content),
    arrived(told) {
      progress = told;
    },
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => release();
    },
    requests,
    kept,
    fileTransfer: {
      async download(server, name, signal, onProgress) {
        if (progress !== null) onProgress?.(progress);
        await asked(server, null, signal);
        const content = served.get(server.url) ?? new CwmpFault(9016);
        if (content instanceof Error) throw content;
        writeFileSync(pathOf(name), content);
        kept.add(name);
        return { path: pathOf(name), bytes: Buffer.byteLength(content) };
      },
      async fetch(server, maxBytes, signal) {
        await asked(server, null, signal);
        const content = served.get(server.url) ?? new CwmpFault(9016);
        if (content instanceof Error) throw content;
        const bytes = Buffer.from(content);
        if (bytes.length > maxBytes) throw new CwmpFault(9010, `larger than ${maxBytes} bytes`);
        return bytes;
      },
      async upload(server, content, signal) {
        await asked(server, Buffer.from(content).toString("utf8"), signal);
        const answer = served.get(server.url);
        if (answer instanceof Error) throw answer;
      },
      find: async (name) =>
        kept.has(name) ? { path: pathOf(name), bytes: (await readFile(pathOf(name))).length } : null,
      read: (name) => readFile(pathOf(name)),
      async keepOnly(names) {
        for (const name of kept) if (!names.includes(name)) kept.delete(name);
      },
    },
  };
}
