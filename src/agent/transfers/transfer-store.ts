import { CwmpFault } from "../../cwmp/errors.ts";
import { type DurableCell, type DurableState, stateDocument } from "../../durable/durable-state.ts";
import { listOf, nullOr, number, oneOf, shape, text, wholeNumber, withDefault } from "../../durable/read.ts";
import type { TransferProgress } from "../../ports/file-transfer.ts";
import { readFailure } from "../autonomous/transfer-report.ts";
import { type FormerAcs, isAutonomous, type TransferMethod, type TransferRecord, type TransferStep } from "./record.ts";

/** All transfers of one phone. Promises to the ACS are durable when they resolve; so is each step of a transfer. */
export interface TransferStore {
  readonly all: readonly TransferRecord[];
  get(id: number): TransferRecord | undefined;
  /** Assigns the next number. AgentError STATE_IO: it is not queued. */
  add(record: Omit<TransferRecord, "id">): Promise<TransferRecord>;
  /**
   * Removes those with this key and returns their numbers. CwmpFault 9021 if one cannot be cancelled any more;
   * STATE_IO: all stay.
   */
  cancel(commandKey: string): Promise<readonly number[]>;
  /**
   * Null if it no longer exists, such as after a CancelTransfer.
   *
   * @param formerAcs set in the same step; left out: unchanged
   */
  learn(id: number, change: Partial<TransferRecord>, formerAcs?: FormerAcs | null): Promise<TransferRecord | null>;
  /** The ACS to report to about a configuration file that has set another ACS, or none; see `Farewell`. */
  readonly formerAcs: FormerAcs | null;
  learnFormerAcs(change: (now: FormerAcs | null) => FormerAcs | null): Promise<void>;
  remove(ids: readonly number[]): Promise<void>;
  /** The received part of its file; null while nothing arrives. Not durable. */
  noteProgress(id: number, progress: TransferProgress | null): void;
  progressOf(id: number): TransferProgress | null;
  /** Tries to save everything; whether that worked. */
  isSaved(): Promise<boolean>;
}

interface Transfers {
  readonly next: number;
  readonly transfers: readonly TransferRecord[];
  readonly formerAcs: FormerAcs | null;
}

const METHODS: readonly TransferMethod[] = ["Download", "Upload", "ScheduleDownload", "Autonomous"];
const STEPS: readonly TransferStep[] = ["waiting", "transferring", "installing", "rebooting", "reporting"];
const CANCELLABLE: readonly TransferStep[] = ["waiting", "transferring"];

const TRANSFERS_DOCUMENT = stateDocument<Transfers>(
  "transfers",
  { next: 1, transfers: [], formerAcs: null },
  shape({
    next: number,
    transfers: listOf(
      shape<TransferRecord>({
        id: number,
        method: oneOf(METHODS),
        commandKey: text,
        fileType: text,
        url: text,
        username: text,
        password: text,
        fileSize: number,
        targetFileName: text,
        step: oneOf(STEPS),
        requestedAt: number,
        dueAt: number,
        windows: listOf(shape({ startAt: number, endAt: number, maxRetries: number })),
        tries: number,
        installs: number,
        versionBefore: text,
        startedAt: nullOr(number),
        completedAt: nullOr(number),
        failure: nullOr(readFailure),
      }),
    ),
    // Documents of version 0.1.0 hold none.
    formerAcs: withDefault(nullOr(shape({ url: text, username: text, password: text, failures: wholeNumber })), null),
  }),
);

export async function openTransferStore(state: DurableState): Promise<TransferStore> {
  return new Store(await state.open(TRANSFERS_DOCUMENT));
}

class Store implements TransferStore {
  readonly #cell: DurableCell<Transfers>;
  /** Null: nothing arrives. */
  #progress: Map<number, TransferProgress> | null = null;

  constructor(cell: DurableCell<Transfers>) {
    this.#cell = cell;
  }

  get all(): readonly TransferRecord[] {
    return this.#cell.current.transfers;
  }

  get(id: number): TransferRecord | undefined {
    return this.all.find((known) => known.id === id);
  }

  async add(added: Omit<TransferRecord, "id">): Promise<TransferRecord> {
    let id = 0;
    await this.#cell.update((now) => {
      id = now.next;
      return { ...now, next: id + 1, transfers: [...now.transfers, { ...added, id }] };
    });
    return { ...added, id };
  }

  async cancel(commandKey: string): Promise<readonly number[]> {
    let found: readonly TransferRecord[] = [];
    await this.#cell.update((now) => {
      found = now.transfers.filter((record) => !isAutonomous(record) && record.commandKey === commandKey);
      if (found.some(({ step }) => !CANCELLABLE.includes(step))) throw new CwmpFault(9021);
      return { ...now, transfers: now.transfers.filter((record) => !found.includes(record)) };
    });
    return found.map(({ id }) => id);
  }

  async learn(
    id: number,
    change: Partial<TransferRecord>,
    formerAcs?: FormerAcs | null,
  ): Promise<TransferRecord | null> {
    await this.#cell.learn((now) => ({
      ...now,
      formerAcs: formerAcs === undefined ? now.formerAcs : formerAcs,
      transfers: now.transfers.map((item) => (item.id === id ? { ...item, ...change } : item)),
    }));
    return this.get(id) ?? null;
  }

  noteProgress(id: number, progress: TransferProgress | null): void {
    if (progress === null) this.#progress?.delete(id);
    else {
      this.#progress ??= new Map();
      this.#progress.set(id, progress);
    }
  }

  progressOf(id: number): TransferProgress | null {
    return this.#progress?.get(id) ?? null;
  }

  get formerAcs(): FormerAcs | null {
    return this.#cell.current.formerAcs;
  }

  async learnFormerAcs(change: (now: FormerAcs | null) => FormerAcs | null): Promise<void> {
    await this.#cell.learn((now) => ({ ...now, formerAcs: change(now.formerAcs) }));
  }

  isSaved(): Promise<boolean> {
    return this.#cell.learn((now) => now);
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.#cell.learn((now) => ({ ...now, transfers: now.transfers.filter(({ id }) => !ids.includes(id)) }));
  }
}
