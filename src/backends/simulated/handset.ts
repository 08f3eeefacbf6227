import type { PhoneCalls } from "../../ports/backend.ts";

/** How whoever sits before a simulated phone makes it call. */
export interface Handset extends PhoneCalls {
  /** The lines that can call; absent: they cannot. */
  onUse(calls: PhoneCalls): void;
}

/** A handset of lines that cannot call, until they say otherwise. */
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
