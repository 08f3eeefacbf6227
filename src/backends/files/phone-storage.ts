import { AgentError } from "../../cwmp/errors.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import { removeFile, writeFileAtomic } from "../../system/atomic-file.ts";
import { describeIoError, hasCode } from "../../system/io-errors.ts";
import { readShared } from "../../system/safe-file.ts";

/** Not stored: lost when the process ends. */
export function createMemoryStorage(): PhoneStorage {
  return new MemoryStorage();
}

class MemoryStorage implements PhoneStorage {
  /** Null: nothing has been saved yet, as with most phones of a fleet. */
  #pieces: Map<string, Uint8Array> | null = null;

  async load(name: string): Promise<Uint8Array | null> {
    return this.#pieces?.get(name) ?? null;
  }

  async save(name: string, content: Uint8Array): Promise<void> {
    this.#pieces ??= new Map();
    this.#pieces.set(name, content);
  }

  async remove(name: string): Promise<void> {
    this.#pieces?.delete(name);
  }
}

/** Beside the phone's file: `phone.cfg` has its firmware in `phone.cfg.firmware`. */
export function createFileStorage(phoneFile: string): PhoneStorage {
  const pathOf = (name: string) => `${phoneFile}.${name}`;
  const guarded = async <T>(action: string, name: string, run: (path: string) => Promise<T>): Promise<T> => {
    try {
      return await run(pathOf(name));
    } catch (error) {
      throw new AgentError("BACKEND_IO", describeIoError(action, pathOf(name), error), { cause: error });
    }
  };
  return {
    load: (name) =>
      guarded("cannot read", name, (path) =>
        readShared(path).catch((error: unknown) => {
          if (hasCode(error, "ENOENT")) return null;
          throw error;
        }),
      ),
    save: (name, content) =>
      guarded("cannot write", name, async (path) => {
        await writeFileAtomic(path, content, { mode: 0o600 });
      }),
    remove: (name) => guarded("cannot remove", name, (path) => removeFile(path)),
  };
}
