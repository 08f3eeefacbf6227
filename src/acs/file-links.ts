/** Files of this machine for downloads and uploads, each under an unguessable path. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { makeFolder } from "../system/durable-folder.ts";
import { describeIoError } from "../system/io-errors.ts";
import type { RpcCall } from "./calls.ts";
import type { Device } from "./devices.ts";

export interface FileLink {
  /** `fetch`: the file at `path` goes to the phone. `bring`: what the phone sends becomes the file at `path`. */
  readonly kind: "fetch" | "bring";
  readonly device: string;
  readonly path: string;
}

export interface FileLinks {
  /**
   * The call with the URL of its local file in place, and, of a Download, its size. Others stay as they are.
   *
   * @param origin `http://host:port`, as the phone reaches this ACS.
   * @throws Error that says what is wrong with the file or the folder
   */
  withUrl(call: RpcCall, device: Device, origin: string): Promise<RpcCall>;
  /** @param target of an HTTP request, such as `/files/…/name`; null: no link. */
  find(target: string): FileLink | null;
}

export interface UploadOptions {
  /** Asked for each time a phone is to bring a file; made where it is missing. */
  readonly folder: () => Promise<string>;
  /** Of one file; default 64 MiB. */
  readonly maxBytes?: number;
  /** In the life of the ACS; default 1000. */
  readonly maxFiles?: number;
}

export interface FileLinksOptions {
  readonly uploads?: UploadOptions;
  readonly clock: Clock;
  readonly random: Random;
}

/** Of a fleet whose phones each fetch a file of their own; the oldest link goes first. */
const MAX_LINKS = 16_384;
/** A link is good for one file, however often it is brought. */
const MAX_UPLOADS = 1000;
const LINK = /\/files\/([0-9a-f]{32})\//;

export function createFileLinks(options: FileLinksOptions): FileLinks {
  return new Links(options);
}

class Links implements FileLinks {
  readonly #options: FileLinksOptions;
  readonly #byToken = new Map<string, FileLink>();
  #uploads = 0;

  constructor(options: FileLinksOptions) {
    this.#options = options;
  }

  async withUrl(call: RpcCall, device: Device, origin: string): Promise<RpcCall> {
    if (call.local === undefined) return call;
    if (call.name === "Upload") {
      const path = await this.#uploadPath(call.args.fileType, device);
      return { ...call, args: { ...call.args, url: `${origin}${this.#add("bring", device, path)}` } };
    }
    const size = await sizeOf(call.local);
    const url = `${origin}${this.#add("fetch", device, call.local)}`;
    const fileSize = "fileSize" in call.args ? call.args.fileSize || size : size;
    // Only the two transfers have a local file, and both have these members.
    return { ...call, args: { ...call.args, url, fileSize } } as RpcCall;
  }

  find(target: string): FileLink | null {
    const token = LINK.exec(target)?.[1];
    return token === undefined ? null : (this.#byToken.get(token) ?? null);
  }

  #add(kind: FileLink["kind"], device: Device, path: string): string {
    const [oldest] = this.#byToken.keys();
    if (this.#byToken.size >= MAX_LINKS && oldest !== undefined) this.#byToken.delete(oldest);
    const token = Buffer.from(this.#options.random.bytes(16)).toString("hex");
    this.#byToken.set(token, { kind, device: device.id, path });
    return `/files/${token}/${encodeURIComponent(basename(path))}`;
  }

  /** The time keeps files of an earlier run apart; a phone's serial number is untrusted text. */
  async #uploadPath(fileType: string, { deviceId }: Device): Promise<string> {
    const { uploads, clock } = this.#options;
    if (uploads === undefined) throw new Error("this ACS accepts no uploads");
    const most = uploads.maxFiles ?? MAX_UPLOADS;
    if (this.#uploads >= most) throw new Error(`this ACS already has ${most} upload links, the maximum: restart it`);
    const folder = await uploads.folder();
    await makeFolder(folder, { mode: 0o700 });
    this.#uploads += 1;
    const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
    const name = fileType.startsWith("2") ? "log.txt" : "config.cfg";
    return join(folder, `${time}-${fileNamePart(deviceId.serialNumber)}-${this.#uploads}-${name}`);
  }
}

/** Throws an Error for what is no file. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw new Error(describeIoError("cannot read the file", path, error));
  });
  if (!found.isFile()) throw new Error(`${path} is not a file`);
  return found.size;
}

/** A text of the phone as one path segment, which cannot lead to another folder. */
export function fileNamePart(text: string): string {
  return (
    text
      .slice(0, 64)
      .replace(/[^A-Za-z0-9._-]/g, "_")
      .replace(/^\.+/, "_") || "_"
  );
}

/** Whether a text that stands for a URL is the path of a file: it has no scheme. An empty one is neither. */
export function isLocalPath(text: string): boolean {
  return text !== "" && !/^[a-z][a-z0-9+.-]*:/i.test(text);
}
