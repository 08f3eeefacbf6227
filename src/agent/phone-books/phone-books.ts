import { messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Feature } from "../feature.ts";
import { type BookParts, PhoneBook, type PhoneBookStatus } from "./book.ts";

/** Fetches the phone books that are set, and knows how many entries each has. */
export interface PhoneBooks extends Feature {
  /** Of the books that are set, in their order. */
  readonly status: readonly PhoneBookStatus[];
}

export interface PhoneBooksOptions extends Omit<BookParts, "queue"> {
  readonly tree: ParameterTree;
  /** False: the phone's firmware does it. */
  readonly enabled: boolean;
}

const BOOKS = "Device.UserInterface.CUSTOM_RemotePhoneBook.";
const NUMBERS = [0, 1, 2, 3, 4] as const;
/** Phones that get their power back together do not ask at once. */
const START_SPREAD_MS = 60_000;

export function createPhoneBooks(options: PhoneBooksOptions): PhoneBooks {
  const { tree, enabled, random, log } = options;
  const queue = new SerialQueue();
  const planning = new SerialQueue();
  const books = NUMBERS.map((number) => new PhoneBook(number, { ...options, queue }));
  let stopped = false;
  const plan = async (delayMs: () => number): Promise<void> => {
    const paths = NUMBERS.flatMap((number) => [urlPath(number), namePath(number)]);
    const values = await tree.readSecrets(paths);
    if (stopped) return;
    for (const [number, book] of books.entries()) {
      const value = (path: string): string => values.get(path) ?? "";
      book.take({ url: value(urlPath(number)), name: value(namePath(number)) }, delayMs());
    }
  };
  const changed = (): void => {
    planning
      .run(() => plan(() => 0))
      .catch((error) => log.error({ reason: messageOf(error) }, "Phone books could not be taken over"));
  };
  return {
    get status() {
      return books.flatMap(({ status }) => status ?? []);
    },
    async start() {
      if (!enabled) return;
      tree.onChange(({ paths }) => {
        if (!stopped && [...paths].some((path) => path.startsWith(BOOKS))) changed();
      });
      await planning.run(() => plan(() => random.between(0, START_SPREAD_MS)));
    },
    async stop() {
      stopped = true;
      await planning.settled();
      for (const book of books) book.stop();
      await queue.settled();
    },
    requests: () => [],
  };
}

function urlPath(number: number): string {
  return `${BOOKS}CUSTOM_PhoneBook${number}URL`;
}

function namePath(number: number): string {
  return `${BOOKS}CUSTOM_PhoneBook${number}Name`;
}
