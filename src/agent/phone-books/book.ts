import { parseHttpUrl } from "../../cwmp/addresses.ts";
import { maskUrls } from "../../cwmp/mask.ts";
import type { SerialQueue } from "../../durable/serial-queue.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import { type FetchInTimePorts, fetchInTime, reasonOf } from "../files/fetch-in-time.ts";
import { fileServerOf } from "../files/file-server.ts";
import { countEntries, MAX_PHONE_BOOK_BYTES } from "./entries.ts";

/** One phone book, as far as it has been fetched. Holds no secret. */
export interface PhoneBookStatus {
  /** 0 to 4, as in `CUSTOM_PhoneBook0URL`. */
  readonly number: number;
  /** Its name on the display; may be empty. */
  readonly name: string;
  /** Masked. */
  readonly url: string;
  /** Null: not fetched yet. */
  readonly entries: number | null;
  /** When these entries were fetched, milliseconds since 1970. */
  readonly fetchedAt: number | null;
  /** Why the last fetch failed, as a sentence; null: it did not. */
  readonly problem: string | null;
}

export interface BookSettings {
  /** Empty: there is none. Holds secrets. */
  readonly url: string;
  readonly name: string;
}

export interface BookParts extends FetchInTimePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** A phone fetches one book at a time. */
  readonly queue: SerialQueue;
}

const HOUR_MS = 3_600_000;
/**
 * Time until it is fetched again: a day, shortened at random so that phones which were started together drift apart.
 */
const DAILY_MS = [18 * HOUR_MS, 24 * HOUR_MS] as const;
/** Time until a retry. */
const RETRY_MS = [HOUR_MS / 2, HOUR_MS] as const;

/** One place for a phone book: fetched when its URL is set, then daily, sooner after a failure. */
export class PhoneBook {
  readonly #number: number;
  readonly #parts: BookParts;
  #settings: BookSettings = { url: "", name: "" };
  #found: Pick<PhoneBookStatus, "entries" | "fetchedAt"> = { entries: null, fetchedAt: null };
  #problem: string | null = null;
  #timer: Timer | null = null;
  #fetching = new AbortController();

  constructor(number: number, parts: BookParts) {
    this.#number = number;
    this.#parts = parts;
  }

  /** Null: no book is set. */
  get status(): PhoneBookStatus | null {
    const { url, name } = this.#settings;
    if (url === "") return null;
    return { number: this.#number, name, url: maskUrls(url), ...this.#found, problem: this.#problem };
  }

  /** Applies the current settings; a new URL is fetched after this many milliseconds. */
  take(settings: BookSettings, delayMs: number): void {
    const before = this.#settings;
    this.#settings = settings;
    if (before.url === settings.url) return;
    this.stop();
    this.#fetching = new AbortController();
    this.#found = { entries: null, fetchedAt: null };
    this.#problem = null;
    if (settings.url === "") return;
    const url = parseHttpUrl(settings.url);
    if (url === null) this.#fail("phone books are fetched from http and https servers only");
    else this.#fetchIn(delayMs, fileServerOf(url));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#fetching.abort();
  }

  #fetchIn(delayMs: number, server: FileServer): void {
    const { signal } = this.#fetching;
    const { scheduler, queue } = this.#parts;
    this.#timer = scheduler.after(delayMs, "phone book", () => void queue.run(() => this.#fetch(server, signal)));
  }

  /** Never rejects. */
  async #fetch(server: FileServer, signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#parts;
    if (signal.aborted) return;
    try {
      const file = { server, maxBytes: MAX_PHONE_BOOK_BYTES, name: "end of fetching a phone book" };
      const entries = countEntries(await fetchInTime(file, this.#parts, signal));
      if (signal.aborted) return;
      this.#found = { entries, fetchedAt: clock.now() };
      this.#problem = null;
      log.info({ ...this.#place(), entries }, "A phone book was fetched");
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(maskUrls(reasonOf(error)));
    }
    this.#fetchIn(random.between(...(this.#problem === null ? DAILY_MS : RETRY_MS)), server);
  }

  /** Logged once, not at every try. */
  #fail(reason: string): void {
    const isNew = this.#problem !== reason;
    this.#problem = reason;
    if (isNew) this.#parts.log.warn({ ...this.#place(), reason }, "A phone book could not be fetched");
  }

  #place(): { readonly book: number; readonly server: string } {
    const { url } = this.#settings;
    return { book: this.#number, server: URL.canParse(url) ? new URL(url).host : "" };
  }
}
