import type { StateRecord } from "./record.ts";

/** Where a line stands in the file, with its end. */
export interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** Which lines of the state file of a fleet are in force. The texts stay in the file. */
export class RecordIndex {
  readonly #owners = new Map<string, Map<string, Place>>();
  /** There are few names, and many owners that have them. */
  readonly #names = new Map<string, string>();
  #liveBytes = 0;

  /** Of the lines in force, all together. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  find(owner: string, name: string): Place | undefined {
    return this.#owners.get(owner)?.get(name);
  }

  apply(record: StateRecord, place: Place): void {
    const { kind, owner } = record;
    const own = this.#owners.get(owner) ?? new Map<string, Place>();
    if (kind === "forget") {
      for (const { bytes } of own.values()) this.#liveBytes -= bytes;
      this.#owners.delete(owner);
      return;
    }
    this.#liveBytes -= own.get(record.name)?.bytes ?? 0;
    if (kind === "remove") {
      own.delete(record.name);
      return;
    }
    own.set(this.#same(record.name), place);
    this.#owners.set(owner, own);
    this.#liveBytes += place.bytes;
  }

  /** In the order of the file. */
  places(): readonly Place[] {
    return [...this.#owners.values()].flatMap((own) => [...own.values()]).sort((one, other) => one.at - other.at);
  }

  /** The lines in force have been copied one behind the other, in the order of `places`, from `start` on. */
  moved(start: number): void {
    let at = start;
    const next = new Map<Place, Place>();
    for (const place of this.places()) {
      next.set(place, { at, bytes: place.bytes });
      at += place.bytes;
    }
    for (const own of this.#owners.values()) for (const [name, place] of own) own.set(name, next.get(place) ?? place);
  }

  #same(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, name);
    return name;
  }
}
