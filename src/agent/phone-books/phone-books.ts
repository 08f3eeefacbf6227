import { messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Feature } from "../core/feature.ts";
import { type BookParts, PhoneBook, type PhoneBookStatus } from "./book.ts";

/** Fetches the configured phone books and counts their entries. */
export interface PhoneBooks extends Feature {
  /** Of the books that are set, in their order. */
  readonly status: readonly PhoneBookStatus[];
}

export interface PhoneBooksOptions extends Omit<BookParts, "queue"> {
  readonly tree: ParameterTree;
}

const BOOKS = "Device.UserInterface.CUSTOM_RemotePhoneBook.";
const NUMBERS = [0, 1, 2, 3, 4] as const;
/** Spreads the requests of phones that regain power together. */
const START_SPREAD_MS = 60_000;

/** @param enabled false: the phone's firmware fetches them */
export function createPhoneBooks(options: PhoneBooksOptions, enabled: boolean): PhoneBooks {
  return new Books(options, enabled);
}

class Books implements PhoneBooks {
  readonly #options: PhoneBooksOptions;
  readonly #enabled: boolean;
  readonly #queue = new SerialQueue();
  readonly #planning = new SerialQueue();
  /** In the order of their numbers; null: none has ever been set. */
  #books: readonly PhoneBook[] | null = null;
  #stopped = false;

  constructor(options: PhoneBooksOptions, enabled: boolean) {
    this.#options = options;
    this.#enabled = enabled;
  }

  get status(): readonly PhoneBookStatus[] {
    return (this.#books ?? []).flatMap(({ status }) => status ?? []);
  }

  async start(): Promise<void> {
    if (!this.#enabled) return;
    const { tree, random } = this.#options;
    tree.onChange(({ paths }) => {
      if (!this.#stopped && [...paths].some((path) => path.startsWith(BOOKS))) this.#changed();
    });
    await this.#planning.run(() => this.#plan(() => random.between(0, START_SPREAD_MS)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#planning.settled();
    for (const book of this.#books ?? []) book.stop();
    await this.#queue.settled();
  }

  #changed(): void {
    this.#planning
      .run(() => this.#plan(() => 0))
      .catch((error) =>
        this.#options.log.error({ reason: messageOf(error) }, "Phone book settings could not be applied"),
      );
  }

  async #plan(delayMs: () => number): Promise<void> {
    const paths = NUMBERS.flatMap((number) => [urlPath(number), namePath(number)]);
    const values = await this.#options.tree.readSecrets(paths);
    if (this.#stopped) return;
    const value = (path: string): string => values.get(path) ?? "";
    const settings = NUMBERS.map((number) => ({ url: value(urlPath(number)), name: value(namePath(number)) }));
    if (this.#books === null && settings.every(({ url }) => url === "")) return;
    this.#books ??= this.#create();
    for (const [number, book] of this.#books.entries()) {
      const { url = "", name = "" } = settings[number] ?? {};
      book.take({ url, name }, delayMs());
    }
  }

  #create(): readonly PhoneBook[] {
    const { fileTransfer, scheduler, clock, random, log } = this.#options;
    const parts = { fileTransfer, scheduler, clock, random, log, queue: this.#queue };
    return NUMBERS.map((number) => new PhoneBook(number, parts));
  }
}

function urlPath(number: number): string {
  return `${BOOKS}CUSTOM_PhoneBook${number}URL`;
}

function namePath(number: number): string {
  return `${BOOKS}CUSTOM_PhoneBook${number}Name`;
}
