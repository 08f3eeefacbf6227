import { AgentError, messageOf } from "../../cwmp/errors.ts";
import { mapOf, text } from "../../durable/read.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";
import type { Logger } from "../../ports/logger.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import { MemorySettings } from "./memory-settings.ts";
import type { Settings, StagedSettings } from "./settings.ts";

export interface StoredSettingsOptions {
  readonly factory: FactorySettings;
  readonly storage: PhoneStorage;
  readonly log: Pick<Logger, "warn">;
}

const PIECE = "settings";

/** Settings of a phone of a fleet: only differences from the factory settings are stored, in the phone's storage. */
export function createStoredSettings(options: StoredSettingsOptions): Settings {
  return new StoredSettings(options);
}

class StoredSettings extends MemorySettings {
  readonly #factory: FactorySettings;
  readonly #storage: PhoneStorage;
  readonly #log: StoredSettingsOptions["log"];
  /** A change is visible after it is durable. */
  readonly #queue = new SerialQueue();

  constructor({ factory, storage, log }: StoredSettingsOptions) {
    super(factory);
    this.#factory = factory;
    this.#storage = storage;
    this.#log = log;
  }

  /** Throws AgentError BACKEND_IO. */
  override async start(): Promise<void> {
    const piece = await this.#storage.load(PIECE);
    if (piece === null) return;
    for (const [key, value] of Object.entries(readPiece(piece))) {
      try {
        await super.stage(new Map([[key, value]])).apply();
      } catch (error) {
        this.#log.warn({ key }, `A stored setting is dropped: ${messageOf(error)}`);
      }
    }
  }

  override async stop(): Promise<void> {
    await this.#queue.settled();
  }

  override stage(changes: ReadonlyMap<BackendKey, string>): StagedSettings {
    const staged = super.stage(changes);
    return {
      apply: () =>
        this.#queue.run(async () => {
          if ([...changes].every(([key, value]) => this.get(key) === value)) return [];
          await this.#save(new Map([...this.own, ...changes]));
          return staged.apply();
        }),
    };
  }

  override factoryReset(): Promise<readonly BackendChange[]> {
    return this.#queue.run(async () => {
      await this.#storage.remove(PIECE);
      return super.factoryReset();
    });
  }

  async #save(own: ReadonlyMap<BackendKey, string>): Promise<void> {
    const different = [...own].filter(([key, value]) => this.#factory.get(key) !== value);
    await this.#storage.save(PIECE, Buffer.from(JSON.stringify(Object.fromEntries(different))));
  }
}

function readPiece(piece: Uint8Array): Readonly<Record<string, string>> {
  try {
    return mapOf(text)(JSON.parse(new TextDecoder().decode(piece)), "settings");
  } catch (error) {
    // The message of the parser quotes the text around the mistake.
    const reason = error instanceof SyntaxError ? "they are not valid JSON" : messageOf(error);
    throw new AgentError("BACKEND_IO", `the stored settings of the phone cannot be used: ${reason}`);
  }
}
