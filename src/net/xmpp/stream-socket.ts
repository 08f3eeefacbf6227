import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { SocketLike } from "@xmpp/client";
import { isSecured } from "../node-tls.ts";
import { openStreamSocket, type StreamTarget } from "./starttls.ts";

/**
 * The socket under the library's stream. The library's own way to TLS takes no certificate authority and cannot be forced,
 * so TLS is there before the library's stream begins.
 */
export class StreamSocket extends EventEmitter implements SocketLike {
  readonly #target: StreamTarget;
  #socket: Socket | null = null;
  #destroyed = false;
  secure = false;

  constructor(target: StreamTarget) {
    super();
    this.#target = target;
  }

  connect(): void {
    const using = (socket: Socket): void => {
      this.#socket = socket;
      if (this.#destroyed) socket.destroy();
    };
    openStreamSocket(this.#target, using).then(
      (socket) => this.#take(socket),
      (error: unknown) => {
        this.destroy();
        this.emit("error", error);
        this.emit("close", true);
      },
    );
  }

  write(data: string, done: (error?: Error | null) => void): void {
    if (this.#socket === null || this.#socket.destroyed) done(new Error("the connection is closed"));
    else this.#socket.write(data, done);
  }

  end(): void {
    this.#socket?.end();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#socket?.destroy();
  }

  /** The library throws at some stanzas, such as one from no valid Jabber ID: that ends the connection, not the process. */
  #receive(data: Buffer): void {
    try {
      this.emit("data", data);
    } catch (error) {
      this.destroy();
      this.emit("error", error);
    }
  }

  #take(socket: Socket): void {
    this.#socket = socket;
    this.secure = isSecured(socket);
    socket.on("data", (data) => this.#receive(data));
    socket.on("error", (error) => this.emit("error", error));
    socket.on("close", (dirty) => this.emit("close", dirty));
    socket.resume();
    if (socket.destroyed) this.emit("close", true);
    else this.emit("connect");
  }
}
