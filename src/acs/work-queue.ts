import type { CallSource, QueuedCall, RpcCall, RpcOutcome } from "./calls.ts";
import type { Device } from "./devices.ts";

/** Queued calls for a device, or for the next device with a session. */
export interface WorkQueue {
  /** @param device null: any. Never rejects. */
  add(device: Device | null, call: RpcCall, more: boolean): Promise<RpcOutcome>;
  /** The device's own calls first. */
  sourceFor(device: Device): CallSource;
  /** Called for every added call; returns the function that removes the listener. */
  onAdded(listener: () => void): () => void;
  /** Settles all that is left as lost. */
  clear(devices: readonly Device[], reason: string): void;
}

export function createWorkQueue(): WorkQueue {
  const forAny: QueuedCall[] = [];
  const listeners = new Set<() => void>();
  return {
    add: (device, call, more) =>
      new Promise((resolve) => {
        (device?.queue ?? forAny).push({ call, more, settle: resolve });
        for (const listener of [...listeners]) listener();
      }),
    sourceFor: (device) => ({ next: () => device.queue.shift() ?? forAny.shift() }),
    onAdded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear(devices, reason) {
      for (const queue of [forAny, ...devices.map((device) => device.queue)]) {
        for (const { settle } of queue.splice(0)) settle({ kind: "lost", reason });
      }
    },
  };
}
