import { messageOf } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import { type LanSettings, parseLanSettings } from "./lan-settings.ts";

/** The state that must survive a power cut during a network change. */
export interface NetworkState {
  /** The last settings confirmed by a session, or those at the phone's start. */
  readonly confirmed: LanSettings;
  /** A change that no session has confirmed yet; null: none. */
  readonly pending: PendingChange | null;
}

export interface PendingChange {
  /** The previous network file; null: there was none. */
  readonly previousFile: string | null;
  /** Starts without a session until it is rolled back at once. */
  readonly startsLeft: number;
  /** A rollback is in progress and must be completed. */
  readonly rollingBack: boolean;
}

export interface NetworkJournal {
  /** Null: no state yet. Throws AgentError BACKEND_IO. */
  load(): Promise<NetworkState | null>;
  /** Durable when it resolves. Throws AgentError BACKEND_IO. */
  save(state: NetworkState): Promise<void>;
}

const PIECE = "network";

/** Beside the phone's file: `phone.cfg.network`. */
export function createNetworkJournal(storage: PhoneStorage, log: Logger): NetworkJournal {
  return {
    async load() {
      const bytes = await storage.load(PIECE);
      if (bytes === null) return null;
      try {
        return parseState(JSON.parse(new TextDecoder().decode(bytes)));
      } catch (error) {
        log.error({ reason: messageOf(error) }, "The record of network changes cannot be read and is reset");
        return null;
      }
    },
    save: (state) => storage.save(PIECE, new TextEncoder().encode(`${JSON.stringify(state, null, 2)}\n`)),
  };
}

function parseState(raw: unknown): NetworkState {
  const { confirmed: rawConfirmed, pending } = groupOf(raw, "it");
  const confirmed = parseLanSettings(rawConfirmed);
  if (confirmed === null) throw new Error("confirmed holds no settings");
  return { confirmed, pending: pending === null ? null : parsePending(pending) };
}

function parsePending(raw: unknown): PendingChange {
  const { previousFile, startsLeft, rollingBack } = groupOf(raw, "pending");
  if (previousFile !== null && typeof previousFile !== "string") throw new Error("previousFile is not text");
  if (typeof startsLeft !== "number" || typeof rollingBack !== "boolean") throw new Error("pending is not complete");
  return { previousFile, startsLeft, rollingBack };
}

function groupOf(raw: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null) throw new Error(`${what} is not a group`);
  return raw as Readonly<Record<string, unknown>>;
}
