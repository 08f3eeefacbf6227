import type { PlannedPhone } from "./plan.ts";

/** Some phones in a row, of a list that is not copied for them. */
export interface PhoneRange {
  readonly phones: readonly PlannedPhone[];
  readonly from: number;
  readonly to: number;
}

/** How phones are found by what people know of them: in the time that the answer takes, however many there are. */
export class Directory {
  readonly #byName: ReadonlyMap<string, PlannedPhone>;
  readonly #byGroup: ReadonlyMap<string, readonly PlannedPhone[]>;
  readonly #names: SortedPhones;
  readonly #serialNumbers: SortedPhones;

  constructor(phones: readonly PlannedPhone[]) {
    this.#byName = new Map(phones.map((phone) => [phone.name, phone]));
    const groups = new Map<string, PlannedPhone[]>();
    for (const phone of phones) {
      const others = groups.get(phone.group.name);
      if (others === undefined) groups.set(phone.group.name, [phone]);
      else others.push(phone);
    }
    this.#byGroup = groups;
    this.#names = new SortedPhones(phones, ({ name }) => name);
    this.#serialNumbers = new SortedPhones(phones, ({ identity }) => identity.serialNumber);
  }

  named(name: string): PlannedPhone | undefined {
    return this.#byName.get(name);
  }

  /** Mostly one; none, or several where products of one maker count alike. */
  withSerialNumber(serialNumber: string): readonly PlannedPhone[] {
    const { phones, from, to } = this.#serialNumbers.startingWith(serialNumber);
    return phones.slice(from, to).filter(({ identity }) => identity.serialNumber === serialNumber);
  }

  ofGroup(name: string): PhoneRange {
    return wholeOf(this.#byGroup.get(name) ?? []);
  }

  /** Whose name or serial number begins so, in whatever case. */
  startingWith(text: string): PhoneRange {
    const [names, serialNumbers] = [this.#names.startingWith(text), this.#serialNumbers.startingWith(text)];
    if (sizeOf(names) === 0) return serialNumbers;
    if (sizeOf(serialNumbers) === 0) return names;
    return wholeOf([...new Set([...phonesIn(names), ...phonesIn(serialNumbers)])]);
  }
}

export function wholeOf(phones: readonly PlannedPhone[]): PhoneRange {
  return { phones, from: 0, to: phones.length };
}

export function sizeOf({ from, to }: PhoneRange): number {
  return to - from;
}

export function phonesIn({ phones, from, to }: PhoneRange): readonly PlannedPhone[] {
  return phones.slice(from, to);
}

export function startsWith({ name, identity }: PlannedPhone, text: string): boolean {
  const wanted = text.toLowerCase();
  return name.startsWith(wanted) || identity.serialNumber.toLowerCase().startsWith(wanted);
}

/** Phones by a text of theirs. */
class SortedPhones {
  readonly #phones: readonly PlannedPhone[];
  readonly #keys: readonly string[];

  constructor(phones: readonly PlannedPhone[], keyOf: (phone: PlannedPhone) => string) {
    const keyed = phones.map((phone) => ({ phone, key: keyOf(phone).toLowerCase() }));
    keyed.sort((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)));
    this.#phones = keyed.map(({ phone }) => phone);
    this.#keys = keyed.map(({ key }) => key);
  }

  startingWith(text: string): PhoneRange {
    const wanted = text.toLowerCase();
    const from = this.#first((key) => key >= wanted);
    return { phones: this.#phones, from, to: this.#first((key) => key > wanted && !key.startsWith(wanted)) };
  }

  /** Where it begins to hold; it holds for all behind. */
  #first(holds: (key: string) => boolean): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#keys[middle] ?? "")) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
