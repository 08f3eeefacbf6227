import { join } from "node:path";
import { AgentError, isAgentError } from "../../cwmp/errors.ts";
import type { Logger } from "../../ports/logger.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import type { StateDocument, StateStore } from "../../ports/state-store.ts";
import { makeFolder, warnOncePerFolder } from "../../system/durable-folder.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { DamagedDocument, decodeDocument, encodeDocument } from "../document-text.ts";
import { lockFolder } from "../folder-lock.ts";
import type { StateRecord } from "./record.ts";
import { StateLog } from "./state-log.ts";

/** The storage of one phone: the agent's state, and the phone's own. */
export interface KeptPhone {
  readonly state: StateStore;
  /** Its settings, firmware and the like; a factory reset of the agent's state does not touch it. */
  readonly storage: PhoneStorage;
}

/** The durable state of all phones of a fleet. */
export interface PhonesStore {
  /** @param id the phone's permanent identity: OUI, product class and serial number */
  phone(id: string): KeptPhone;
  /** Waits for what is being written, and frees the folder for another process. */
  close(): Promise<void>;
}

export interface PhonesStoreOptions {
  /** Created when it is missing, with mode 0700. */
  readonly folder: string;
  readonly log: Logger;
  readonly rewriteFromBytes?: number;
}

/** The file of a folder that has the state of a fleet. */
export const STATE_FILE = "phones.state";

/**
 * One file for all phones, mode 0600. One process may have a folder open at a time.
 *
 * @throws AgentError STATE_IO when the folder cannot be used, or is in use; STATE_VERSION
 */
export async function openPhonesStore({ folder, log, ...limits }: PhonesStoreOptions): Promise<PhonesStore> {
  const unconfirmed = warnOncePerFolder(log);
  const path = join(folder, STATE_FILE);
  const guarded = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (isAgentError(error)) throw error;
      throw new AgentError("STATE_IO", describeIoError("cannot use the state folder", folder, error), { cause: error });
    }
  };
  await guarded(() => makeFolder(folder, { mode: 0o700, unconfirmed }));
  const unlock = await guarded(() => lockFolder(folder, join(folder, "lock")));
  try {
    const file = await guarded(() => StateLog.open({ ...limits, path, log, unconfirmed }));
    return {
      phone(id) {
        const own = encodeURIComponent(id);
        return {
          state: new LoggedState(`agent:${own}`, { file, path, log }),
          storage: new LoggedStorage(`phone:${own}`, { file, path, log }),
        };
      },
      async close() {
        await file.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface Place {
  readonly file: StateLog;
  readonly path: string;
  readonly log: Logger;
}

/** Of one owner in the file. */
abstract class Owned {
  protected readonly owner: string;
  protected readonly place: Place;

  constructor(owner: string, place: Place) {
    this.owner = owner;
    this.place = place;
  }

  protected async guarded<T>(code: "STATE_IO" | "BACKEND_IO", action: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw new AgentError(code, describeIoError(action, this.place.path, error), { cause: error });
    }
  }
}

class LoggedState extends Owned implements StateStore {
  async load<T>(document: StateDocument<T>): Promise<T> {
    const { owner } = this;
    const { file, path, log } = this.place;
    const text = await this.guarded("STATE_IO", "cannot read the state in", () => file.read(owner, document.name));
    if (text === null) return document.empty();
    try {
      return decodeDocument(document, text, `the state document "${document.name}" in ${path}`);
    } catch (error) {
      if (!(error instanceof DamagedDocument)) throw error;
      const kept = await this.#setAside(document.name, text);
      log.error(
        { file: path, owner, document: document.name, kept, reason: error.message },
        `the state document "${document.name}" is damaged (${error.message}): it is kept as ${kept}, and this part of the state starts empty`,
      );
      return document.empty();
    }
  }

  save<T>(document: StateDocument<T>, value: T): Promise<void> {
    // Taken now: the caller may go on changing the value.
    const text = encodeDocument(document, value).trimEnd();
    return this.#append({ kind: "put", owner: this.owner, name: document.name, text });
  }

  erase(): Promise<void> {
    return this.#append({ kind: "forget", owner: this.owner });
  }

  async #setAside(name: string, text: string): Promise<string> {
    const { owner } = this;
    let count = 1;
    while ((await this.place.file.read(owner, `${name}.damaged-${count}`)) !== null) count++;
    const kept = `${name}.damaged-${count}`;
    await this.#append({ kind: "put", owner, name: kept, text });
    await this.#append({ kind: "remove", owner, name });
    return kept;
  }

  #append(record: StateRecord): Promise<void> {
    return this.guarded("STATE_IO", "cannot save the state in", () => this.place.file.append(record));
  }
}

class LoggedStorage extends Owned implements PhoneStorage {
  async load(name: string): Promise<Uint8Array | null> {
    const { file } = this.place;
    const text = await this.guarded("BACKEND_IO", "cannot read", () => file.read(this.owner, name));
    return text === null ? null : Buffer.from(text, "base64");
  }

  save(name: string, content: Uint8Array): Promise<void> {
    const text = Buffer.from(content).toString("base64");
    return this.#append({ kind: "put", owner: this.owner, name, text });
  }

  remove(name: string): Promise<void> {
    return this.#append({ kind: "remove", owner: this.owner, name });
  }

  #append(record: StateRecord): Promise<void> {
    return this.guarded("BACKEND_IO", "cannot write", () => this.place.file.append(record));
  }
}
