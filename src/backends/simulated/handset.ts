import type { PhoneCalls } from "../../ports/backend.ts";

/** Lets the person at a simulated phone place calls. */
export interface Handset extends PhoneCalls {
  /** Sets the lines that can call; absent: none can. */
  onUse(calls: PhoneCalls): void;
}

/** A handset whose lines cannot call until they are connected. */
export function createHandset(): Handset {
  return new OneHandset();
}

class OneHandset implements Handset {
  #lines: PhoneCalls | null = null;

  onUse(calls: PhoneCalls): void {
    this.#lines = calls;
  }

  async dial(account: number, number: string): Promise<void> {
    return this.#use().dial(account, number);
  }

  hangUp(): void {
    this.#use().hangUp();
  }

  #use(): PhoneCalls {
    if (this.#lines === null) throw new Error("the lines of this phone do not speak SIP: set backend.sip to real");
    return this.#lines;
  }
}
