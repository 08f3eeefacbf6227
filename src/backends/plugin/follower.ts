import { AgentError, messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Settings } from "../settings/settings.ts";
import type { PlugInHardware } from "./plug-in.ts";
import { plainError } from "./plug-in-errors.ts";

/** Sends a plug-in its settings: first all, then each change, in order and none twice. */
export interface Follower {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The agent is about to store these. Throws AgentError BACKEND_REFUSED or BACKEND_IO; returns the undo function. */
  prepare(values: ReadonlyMap<BackendKey, string>): Promise<() => Promise<void>>;
  /**
   * Changes from any source. Never throws: failures are logged, and the value is sent again with the next change of the
   * key.
   */
  settingsChanged(keys: readonly BackendKey[]): Promise<void>;
}

export interface FollowerOptions {
  readonly plugIn: PlugInHardware;
  readonly settings: Settings;
  readonly keys: readonly BackendKey[];
  readonly log: Logger;
}

export function createFollower({ plugIn, settings, keys, log }: FollowerOptions): Follower {
  /** The values that the plug-in has accepted. Null while it is down: its start sends all. */
  let told: Map<BackendKey, string> | null = null;
  const queue = new SerialQueue();

  async function send(values: ReadonlyMap<BackendKey, string>): Promise<ReadonlyMap<BackendKey, string>> {
    const known = told;
    if (known === null) return new Map();
    const changes = new Map([...values].filter(([key, value]) => known.get(key) !== value));
    if (changes.size === 0) return changes;
    await plugIn.apply?.(changes);
    const before = new Map([...changes.keys()].map((key) => [key, known.get(key) ?? ""]));
    for (const [key, value] of changes) known.set(key, value);
    return before;
  }

  const stored = (wanted: Iterable<BackendKey>) => new Map([...wanted].map((key) => [key, settings.get(key) ?? ""]));

  async function sendAndLog(values: () => ReadonlyMap<BackendKey, string>): Promise<void> {
    try {
      await queue.run(() => send(values()));
    } catch (error) {
      log.error({ call: "apply", reason: messageOf(error) }, "The phone does not follow a change of its settings");
    }
  }

  return {
    async start() {
      const all = stored(keys);
      await plugIn.start?.(all);
      told = all;
    },
    async stop() {
      const wasUp = told !== null;
      told = null;
      await queue.settled();
      if (wasUp) await plugIn.stop?.();
    },
    async prepare(values) {
      try {
        const before = await queue.run(() => send(values));
        return () => sendAndLog(() => before);
      } catch (error) {
        const { kind, reason } = plainError(error);
        throw new AgentError(kind === "refused" ? "BACKEND_REFUSED" : "BACKEND_IO", reason, { cause: error });
      }
    },
    settingsChanged: (changed) => sendAndLog(() => stored(changed)),
  };
}
