import type { InformedEvent } from "../acs/envelopes.ts";

/** An event that an Inform must bring, or may. */
interface Expected extends InformedEvent {
  must: boolean;
  /** It must come if the last answer was not read after all. */
  mustIfUnread: boolean;
  /** Stood in the last Inform. */
  told: boolean;
}

/** Confirmed by a TransferCompleteResponse, not by the InformResponse (TR-069 3.7.1.5, Table 8). */
const OF_TRANSFERS = ["M Download", "M Upload", "M ScheduleDownload"];
/** Raised with these causes, and never without one (C-087). */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  "7 TRANSFER COMPLETE": OF_TRANSFERS,
  "3 SCHEDULED": ["M ScheduleInform"],
};
/** Not raised by what the campaign does: not judged. */
const NOT_JUDGED = ["2 PERIODIC", "6 CONNECTION REQUEST", "8 DIAGNOSTICS COMPLETE", "10 AUTONOMOUS TRANSFER COMPLETE"];

/**
 * The events that the phone must still report to the ACS. Reported ones without a known confirmation may come again.
 */
export class EventLedger {
  #expected: Expected[] = [];
  /** Since the last start. */
  #delivered: Expected[] = [];

  /** @param must false: its cause was not answered, so that it may come or not */
  expect({ code, commandKey }: InformedEvent, must = true): void {
    const single = !code.startsWith("M ");
    const known = single ? this.#expected.find((event) => event.code === code) : undefined;
    if (known === undefined) this.#expected.push({ code, commandKey, must, mustIfUnread: must, told: false });
    else known.must = known.mustIfUnread = known.must || must;
  }

  /** `0 BOOTSTRAP` drops what is not delivered, or may drop it. The next Inform has it. */
  bootstrap(must: boolean): void {
    for (const event of this.#expected) if (event.code !== "1 BOOT") event.must = event.mustIfUnread = false;
    this.expect({ code: "0 BOOTSTRAP", commandKey: "" }, must);
  }

  /** A start of the phone: what Table 8 lets a reboot drop may be gone. */
  started(): void {
    this.#delivered = [];
    for (const event of this.#expected) {
      event.told = false;
      if (event.code === "4 VALUE CHANGE") event.must = false;
    }
    this.expect({ code: "1 BOOT", commandKey: "" });
  }

  /** @returns what is wrong with the events of an Inform */
  informed(events: readonly InformedEvent[]): readonly string[] {
    for (const event of this.#expected) event.told = false;
    return [...events.flatMap((event) => this.#take(event)), ...apart(events)];
  }

  /** The InformResponse is on its way: whether the phone reads it is not known. */
  answered(): void {
    for (const event of this.#expected) if (event.told && !OF_TRANSFERS.includes(event.code)) event.must = false;
  }

  /** It never arrived. */
  unread(): void {
    for (const event of this.#expected) if (event.told) event.must = event.mustIfUnread;
  }

  /** The phone has read the InformResponse. */
  confirmed(): void {
    this.#drop(({ code, told }) => told && !OF_TRANSFERS.includes(code));
  }

  transferAnswered(commandKey: string): void {
    const event = this.#transfer(commandKey);
    if (event !== undefined) event.must = false;
  }

  /** The phone has read the TransferCompleteResponse for this CommandKey. */
  transferConfirmed(commandKey: string): void {
    const transfer = this.#transfer(commandKey);
    this.#drop((event) => event === transfer);
  }

  /** Events delivered since the last start may come once more. */
  mayRepeat(): void {
    for (const event of this.#delivered) this.expect(event, false);
  }

  /** Events that must still come. */
  get owed(): readonly string[] {
    return this.#expected.filter(({ must }) => must).map(({ code, commandKey }) => `${code} ${commandKey}`.trim());
  }

  #drop(isOver: (event: Expected) => boolean): void {
    this.#delivered.push(...this.#expected.filter(isOver));
    this.#expected = this.#expected.filter((event) => !isOver(event));
  }

  #transfer(commandKey: string): Expected | undefined {
    return this.#expected.find((event) => OF_TRANSFERS.includes(event.code) && event.commandKey === commandKey);
  }

  #take({ code, commandKey }: InformedEvent): readonly string[] {
    if (NOT_JUDGED.includes(code) || Object.hasOwn(CAUSES, code)) return [];
    const known = this.#expected.find((one) => one.code === code && one.commandKey === commandKey && !one.told);
    if (known === undefined) {
      return [`${`${code} ${commandKey}`.trim()} is told though it is not due, or was delivered before`];
    }
    known.told = true;
    return [];
  }
}

/** C-087: events of one cause are reported together. */
function apart(events: readonly InformedEvent[]): readonly string[] {
  const codes = events.map(({ code }) => code);
  return Object.entries(CAUSES).flatMap(([code, causes]) => {
    const caused = codes.some((one) => causes.includes(one));
    return caused === codes.includes(code)
      ? []
      : [`${code} and its cause do not stand in one Inform: ${codes.join(", ")}`];
  });
}
