import { Directory } from "./directory.ts";
import type { PlannedPhone } from "./plan.ts";

/** The phones that a fleet has now, started or not. */
export class Roster {
  #phones: PlannedPhone[];
  /** Those before it have been started. */
  #next = 0;
  /** Made on demand: most fleets never need it. */
  #directory: Directory | null = null;

  constructor(phones: readonly PlannedPhone[]) {
    this.#phones = [...phones];
  }

  get size(): number {
    return this.#phones.length;
  }

  /** In the order in which they are started; grows and shrinks as phones are added and removed. */
  get phones(): readonly PlannedPhone[] {
    return this.#phones;
  }

  get directory(): Directory {
    this.#directory ??= new Directory(this.#phones);
    return this.#directory;
  }

  /** The next one to be started; undefined: all have been. */
  takeNext(): PlannedPhone | undefined {
    const next = this.#phones[this.#next];
    if (next !== undefined) this.#next++;
    return next;
  }

  add(phones: readonly PlannedPhone[]): void {
    // Not in place: who looks at the list sees it as it was.
    this.#phones = [...this.#phones, ...phones];
    this.#directory = null;
  }

  remove(phones: ReadonlySet<PlannedPhone>): void {
    const started = this.#phones.slice(0, this.#next).filter((phone) => !phones.has(phone));
    this.#phones = [...started, ...this.#phones.slice(this.#next).filter((phone) => !phones.has(phone))];
    this.#next = started.length;
    this.#directory = null;
  }
}
