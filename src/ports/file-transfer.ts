/** Where a file is, or goes: a URL of the ACS's choice, with what it gave to log in there (empty: nothing). */
export interface FileServer {
  /** http: or https:, without user information. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface DownloadedFile {
  /** On this machine, in a fixed folder, under a name of our own (C-286). */
  readonly path: string;
  readonly bytes: number;
}

/** How far a download has come. */
export interface TransferProgress {
  readonly bytes: number;
  /** Null where the server does not say. */
  readonly totalBytes: number | null;
}

/**
 * Files over HTTP (TR-069 3.4.3), on connections of their own. What goes wrong between us and the server is a CwmpFault
 * 9010..9017 (C-181); the signal ends a transfer with AgentError SESSION_ABORTED, a full disk is AgentError STATE_IO.
 */
export interface FileTransfer {
  /**
   * The whole file, durable when it resolves; what was there under that name is replaced, a part is removed.
   *
   * @param name lower-case letters, digits and dashes
   * @param onProgress hears of every piece that has arrived
   */
  download(
    server: FileServer,
    name: string,
    signal: AbortSignal,
    onProgress?: (progress: TransferProgress) => void,
  ): Promise<DownloadedFile>;
  /** A small file, kept nowhere. A larger one than `maxBytes` is fault 9010, noticed before it is taken in. */
  fetch(server: FileServer, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** PUT (C-036). */
  upload(server: FileServer, content: Uint8Array, signal: AbortSignal): Promise<void>;
  /** A file that was downloaded whole, also before a restart; null where there is none. */
  find(name: string): Promise<DownloadedFile | null>;
  /** Its content. */
  read(name: string): Promise<Uint8Array>;
  /** Removes every file of the folder but these. Never throws. */
  keepOnly(names: readonly string[]): Promise<void>;
}
