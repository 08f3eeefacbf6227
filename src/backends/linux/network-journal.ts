import { messageOf } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import { type LanSettings, parseLanSettings } from "./lan-settings.ts";

/** What must outlive a power cut while the way to the ACS is being changed. */
export interface NetworkState {
  /** The settings that have last been proven by a session, or that the phone started with. */
  readonly confirmed: LanSettings;
  /** A change that no session has proven yet; null: none. */
  readonly pending: PendingChange | null;
}

export interface PendingChange {
  /** The network file as it was; null: there was none. */
  readonly previousFile: string | null;
  /** So many more starts without a session, and it is taken back at once. */
  readonly startsLeft: number;
  /** It is being taken back: to be finished whatever happens. */
  readonly rollingBack: boolean;
}

export interface NetworkJournal {
  /** Null: nothing is known yet. Throws AgentError BACKEND_IO. */
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
