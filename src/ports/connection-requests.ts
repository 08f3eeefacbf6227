/** Where connection requests come in. Many agents can share one port: the token in the path tells them apart. */
export interface ConnectionRequestEndpoint {
  /** The path, without the leading slash; random, kept over restarts. */
  readonly token: string;
  /** Which phone it is, in the log; left out where the port has one. */
  readonly phone?: string;
  /** The URL that a person has set for it, behind a proxy or a forwarded port; null: none. Its path leads here too. */
  cpeUrl(): string | null;
  /** As currently set. While either is empty every request is refused. */
  credentials(): { readonly username: string; readonly password: string };
  /** An authenticated request. The 200 has been sent when this is called. */
  requested(): void;
  /** False while the phone cannot take a request (stopping, rebooting, TR-069 off): answered with 503. */
  available(): boolean;
}

export interface ConnectionRequestListener {
  /** The address that is listened on; null when it is every address, so that the phone's own LAN address leads here. */
  readonly host: string | null;
  readonly port: number;
  close(): Promise<void>;
}

export interface ConnectionRequests {
  listen(endpoint: ConnectionRequestEndpoint): Promise<ConnectionRequestListener>;
}
