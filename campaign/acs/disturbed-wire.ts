import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export const WIRE_FAULTS = ["delay", "drop", "reset", "truncate", "corrupt"] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

/** One disturbance: of the piece number `at` since it was asked for, counted from 1 over both directions. */
export interface Disturbance {
  readonly at: number;
  readonly fault: WireFault;
  /** Called when something on its way to the phone was lost. */
  readonly lost: () => void;
}

export interface Wire {
  readonly port: number;
  /** Pieces that have passed since `disturb` was called. */
  readonly pieces: number;
  disturb(disturbance: Disturbance | null): void;
  close(): Promise<void>;
}

const DELAY_MS = 300;

/** A TCP proxy on loopback in front of another port. */
export async function openWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let pieces = 0;
  let disturbance: Disturbance | null = null;
  const server = createServer({ noDelay: true }, (phone) => {
    const acs = connect({ port: target, host: "127.0.0.1", noDelay: true });
    for (const [socket, other] of [[phone, acs] as const, [acs, phone] as const]) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.end();
      });
    }
    const pass = (from: Socket, to: Socket): void => {
      let isSilent = false;
      from.on("data", (piece: Buffer) => {
        pieces += 1;
        if (isSilent || to.destroyed) return;
        const now = disturbance?.at === pieces ? disturbance : null;
        if (now === null) to.write(piece);
        else {
          isSilent = now.fault === "drop";
          if (to === phone && now.fault !== "delay") now.lost();
          harm(now.fault, piece, from, to);
        }
      });
    };
    pass(phone, acs);
    pass(acs, phone);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get pieces() {
      return pieces;
    },
    disturb(next) {
      pieces = 0;
      disturbance = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function harm(fault: WireFault, piece: Buffer, from: Socket, to: Socket): void {
  if (fault === "delay") {
    from.pause();
    setTimeout(() => {
      to.write(piece);
      from.resume();
    }, DELAY_MS);
  } else if (fault === "reset") {
    from.resetAndDestroy();
    to.resetAndDestroy();
  } else if (fault === "truncate") {
    to.end(piece.subarray(0, Math.floor(piece.length / 2)));
    from.destroy();
  } else if (fault === "corrupt") {
    const damaged = Buffer.from(piece);
    const at = Math.floor(damaged.length / 2);
    damaged[at] = (damaged[at] ?? 0) ^ 0x20;
    to.write(damaged);
  }
}
