/** An IP address, without brackets, and a port. */
export interface InternetAddress {
  readonly host: string;
  readonly port: number;
}

/** Throws an Error that says why nothing may be sent to `address`. @param name what it was looked up for, or the address itself. */
export type CheckAddress = (address: string, name: string) => void;

/** A UDP socket. Datagrams may be lost silently. */
export interface DatagramSocket {
  /** Host null: every address of this machine. */
  readonly local: { readonly host: string | null; readonly port: number };
  send(bytes: Uint8Array, to: InternetAddress): void;
  /** The first IP address of a name that this socket can send to, IPv4 before IPv6. Throws an Error that says why there is none. */
  resolve(name: string): Promise<string>;
  /** The address of this machine that what is sent to `to` leaves with. Throws an Error where no route leads there. */
  sourceAddress(to: InternetAddress): Promise<string>;
  close(): Promise<void>;
}

export interface BindOptions {
  /** Null: every address of this machine, IPv4 and IPv6. */
  readonly address: string | null;
  /** 0: any free port. */
  readonly port: number;
  /** An IPv4 multicast group: nothing but what is sent to it is received, by the interface of `address`, beside others who do so. */
  readonly group?: string;
  /** What the port is for, in the error of one that cannot be had. */
  readonly purpose?: string;
  onMessage(bytes: Uint8Array, from: InternetAddress): void;
}

/** UDP. */
export interface Datagrams {
  /** Throws AgentError LISTEN. */
  bind(options: BindOptions): Promise<DatagramSocket>;
}
