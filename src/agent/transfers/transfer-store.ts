import { CPE_FAULTS, type FaultCode } from "../../cwmp/faults.ts";
import type { StateDocument, StateStore } from "../../ports/state-store.ts";
import type { TransferFailure, TransferMethod, TransferRecord, TransferStep, Window } from "./record.ts";

/** All transfers of one phone; every change is durable when it resolves. */
export interface TransferStore {
  readonly all: readonly TransferRecord[];
  get(id: number): TransferRecord | undefined;
  /** Gives it the next number. */
  add(record: Omit<TransferRecord, "id">): Promise<TransferRecord>;
  /** Null where it is gone, as after a CancelTransfer. */
  update(id: number, change: Partial<TransferRecord>): Promise<TransferRecord | null>;
  remove(ids: readonly number[]): Promise<void>;
}

interface Transfers {
  readonly next: number;
  readonly transfers: readonly TransferRecord[];
}

const TRANSFERS_DOCUMENT: StateDocument<Transfers> = {
  name: "transfers",
  version: 1,
  empty: () => ({ next: 1, transfers: [] }),
  parse: (raw) => {
    const { next, transfers } = record(raw, "transfers");
    if (!Array.isArray(transfers)) throw new Error("transfers is not a list");
    return { next: number(next, "next"), transfers: transfers.map(readRecord) };
  },
};

export async function openTransferStore(state: StateStore): Promise<TransferStore> {
  let current = await state.load(TRANSFERS_DOCUMENT);
  let queue: Promise<void> = Promise.resolve();
  /** One change after the other. What could not be saved has not happened. */
  const change = (changed: (now: Transfers) => Transfers): Promise<void> => {
    const done = queue.then(async () => {
      const next = changed(current);
      if (next === current) return;
      await state.save(TRANSFERS_DOCUMENT, next);
      current = next;
    });
    queue = done.catch(() => {});
    return done;
  };
  const get = (id: number): TransferRecord | undefined => current.transfers.find((known) => known.id === id);
  return {
    get all() {
      return current.transfers;
    },
    get,
    async add(added) {
      let id = 0;
      await change(({ next, transfers }) => {
        id = next;
        return { next: next + 1, transfers: [...transfers, { ...added, id }] };
      });
      return { ...added, id };
    },
    async update(id, changes) {
      await change((now) => {
        const transfers = now.transfers.map((item) => (item.id === id ? { ...item, ...changes } : item));
        return get(id) === undefined ? now : { ...now, transfers };
      });
      return get(id) ?? null;
    },
    remove: (ids) => change((now) => ({ ...now, transfers: now.transfers.filter(({ id }) => !ids.includes(id)) })),
  };
}

const METHODS: readonly TransferMethod[] = ["Download", "Upload", "ScheduleDownload"];
const STEPS: readonly TransferStep[] = ["waiting", "transferring", "installing", "rebooting", "reporting"];

function readRecord(raw: unknown): TransferRecord {
  const value = record(raw, "a transfer");
  return {
    id: number(value.id, "id"),
    method: oneOf(METHODS, value.method, "method"),
    commandKey: text(value.commandKey, "commandKey"),
    fileType: text(value.fileType, "fileType"),
    url: text(value.url, "url"),
    username: text(value.username, "username"),
    password: text(value.password, "password"),
    fileSize: number(value.fileSize, "fileSize"),
    targetFileName: text(value.targetFileName, "targetFileName"),
    step: oneOf(STEPS, value.step, "step"),
    requestedAt: number(value.requestedAt, "requestedAt"),
    dueAt: number(value.dueAt, "dueAt"),
    windows: list(value.windows, "windows").map(readWindow),
    tries: number(value.tries, "tries"),
    installs: number(value.installs, "installs"),
    versionBefore: text(value.versionBefore, "versionBefore"),
    startedAt: value.startedAt === null ? null : number(value.startedAt, "startedAt"),
    completedAt: value.completedAt === null ? null : number(value.completedAt, "completedAt"),
    failure: value.failure === null ? null : readFailure(value.failure),
  };
}

function readWindow(raw: unknown): Window {
  const { startAt, endAt, maxRetries } = record(raw, "a window");
  return {
    startAt: number(startAt, "startAt"),
    endAt: number(endAt, "endAt"),
    maxRetries: number(maxRetries, "maxRetries"),
  };
}

function readFailure(raw: unknown): TransferFailure {
  const { code, text: words } = record(raw, "a failure");
  if (!Object.hasOwn(CPE_FAULTS, String(code))) throw new Error("a fault code is unknown");
  return { code: Number(code) as FaultCode, text: text(words, "text") };
}

function record(raw: unknown, name: string): Record<string, unknown> {
  if (typeof raw !== "object" || raw === null) throw new Error(`${name} is not an object`);
  return raw as Record<string, unknown>;
}

function list(raw: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(raw)) throw new Error(`${name} is not a list`);
  return raw;
}

function text(raw: unknown, name: string): string {
  if (typeof raw !== "string") throw new Error(`${name} is not a text`);
  return raw;
}

function number(raw: unknown, name: string): number {
  if (typeof raw !== "number" || !Number.isFinite(raw)) throw new Error(`${name} is not a number`);
  return raw;
}

function oneOf<T extends string>(known: readonly T[], raw: unknown, name: string): T {
  const found = known.find((item) => item === raw);
  if (found === undefined) throw new Error(`${name} is unknown`);
  return found;
}
