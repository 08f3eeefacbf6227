/** The part of `@xmpp/client` 0.14 that is used here; the package has no types of its own. */
declare module "@xmpp/client" {
  export interface Element {
    readonly name: string;
    readonly attrs: Record<string, string | undefined>;
    getName(): string;
    getNS(): string | undefined;
    getChildElements(): readonly Element[];
    text(): string;
  }

  /** What the library asks of a socket, beside the events `connect`, `data`, `error` and `close`. */
  export interface SocketLike {
    readonly secure: boolean;
    connect(parameters: unknown): void;
    write(data: string, done: (error?: Error | null) => void): void;
    end(): void;
  }

  export interface Transport {
    socketParameters(service: string): unknown;
    Socket: new () => SocketLike;
  }

  export interface TransportClass {
    readonly prototype: Transport;
    new (): Transport;
  }

  export interface IncomingStanza {
    readonly name: string;
    readonly stanza: Element;
    readonly type: string;
    readonly id: string;
    readonly from: { toString(): string } | null;
    /** The only child of an IQ of type get or set. */
    readonly element?: Element;
  }

  export interface SaslMechanism {
    readonly name: string;
    readonly clientFirst: boolean;
    response(credentials: { readonly username: string; readonly password: string }): Promise<string> | string;
    challenge(text: string): unknown;
  }

  export interface Client {
    readonly saslFactory: { create(names: readonly string[]): SaslMechanism | null };
    readonly transports: TransportClass[];
    readonly reconnect: { stop(): void };
    readonly middleware: { use(handler: (stanza: IncomingStanza, next: () => unknown) => unknown): void };
    readonly iqCaller: { request: (stanza: Element, timeoutMs?: number) => Promise<Element> };
    isSecure(): boolean;
    connect(service: string): Promise<unknown>;
    open(stream: { readonly domain: string }): Promise<unknown>;
    send(stanza: Element): Promise<void>;
    stop(): Promise<unknown>;
    on(event: "error", listener: (error: unknown) => void): void;
    on(event: "disconnect", listener: () => void): void;
    on(event: "online", listener: (jabberId: { toString(): string }) => void): void;
    on(event: "send", listener: (stanza: Element) => void): void;
    removeListener(event: "send", listener: (stanza: Element) => void): void;
  }

  export type Authenticate = (
    credentials: { readonly username: string; readonly password: string },
    mechanism: string,
  ) => Promise<void>;

  export interface ClientOptions {
    readonly service: string;
    readonly domain: string;
    readonly username: string;
    readonly resource?: string;
    /** For the steps of opening a stream, in milliseconds. */
    readonly timeout: number;
    readonly credentials: (
      authenticate: Authenticate,
      mechanisms: readonly string[],
      fast: unknown,
      entity: Client,
    ) => Promise<void>;
  }

  export function client(options: ClientOptions): Client;
  export function xml(
    name: string,
    attributes?: Readonly<Record<string, string | undefined>>,
    ...children: readonly (Element | string)[]
  ): Element;
}
