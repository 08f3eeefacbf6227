import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { AcsCertificate } from "./acs.ts";
import { openWire, type Wire } from "./disturbed-wire.ts";

/** Where phones look for their configuration files (AutoP). */
export interface FileServer {
  /** `http://127.0.0.1:<port>/prov/`, or with https. */
  readonly url: string;
  /** The connection between the phone and the server. */
  readonly wire: Wire;
  /** How often the last file of a look was requested since `offer`. */
  readonly looks: number;
  /** These files and no others from now on, by name. */
  offer(files: ReadonlyMap<string, Buffer>): void;
  /** True: no request is answered until it is false again. */
  hold(isHeld: boolean): void;
  close(): Promise<void>;
}

const FOLDER = "/prov/";
export const MAC_ADDRESS = "0C:11:05:00:00:07";
/** Of the campaign's phone: by its model, and by its MAC address, which is requested last. */
export const COMMON_FILE = "r000000000053.cfg";
export const DEVICE_FILE = "0c1105000007.cfg";

/** A file server for one phone at a time, on loopback. */
export async function startFileServer(tls: AcsCertificate | null): Promise<FileServer> {
  let offered: ReadonlyMap<string, Buffer> = new Map();
  let looks = 0;
  let waiting: (() => void)[] | null = null;
  const answer = (name: string, response: ServerResponse): void => {
    const bytes = offered.get(name) ?? null;
    if (name === DEVICE_FILE) looks += 1;
    response.on("error", () => {});
    response.writeHead(bytes === null ? 404 : 200, { "Content-Length": bytes?.length ?? 0 }).end(bytes ?? "");
  };
  const listener: RequestListener = (request, response) => {
    request.on("error", () => {}).resume();
    const now = (): void => answer((request.url ?? "").slice(FOLDER.length), response);
    if (waiting === null) now();
    else waiting.push(now);
  };
  const release = (): void => {
    const due = waiting ?? [];
    waiting = null;
    for (const now of due) now();
  };
  const server: Server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = await openWire((server.address() as AddressInfo).port);
  return {
    url: `${tls === null ? "http" : "https"}://127.0.0.1:${wire.port}${FOLDER}`,
    wire,
    get looks() {
      return looks;
    },
    offer(files) {
      offered = files;
      looks = 0;
    },
    hold(isHeld) {
      if (isHeld) waiting ??= [];
      else release();
    },
    async close() {
      release();
      await wire.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
