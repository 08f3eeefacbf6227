import type { PhoneCalls } from "../../ports/backend.ts";

/** How whoever sits before a simulated phone makes it call. */
export interface Handset extends PhoneCalls {
  /** The lines that can call; absent: they cannot. */
  onUse(calls: PhoneCalls): void;
}

/** A handset of lines that cannot call, until they say otherwise. */
export function createHandset(): Handset {
  let lines: PhoneCalls | null = null;
  const use = (): PhoneCalls => {
    if (lines === null) throw new Error("the lines of this phone do not speak SIP: set backend.sip to real");
    return lines;
  };
  return {
    onUse(calls) {
      lines = calls;
    },
    dial: async (account, number) => use().dial(account, number),
    hangUp: () => use().hangUp(),
  };
}
